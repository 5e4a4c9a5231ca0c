# weights.sh : weights that other programs write, and IDX files as others name them.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh

tiny="$nets/tiny.yaml"

# weights_file FILE DTYPE BYTES FIRST [METADATA]: the tiny net's tensors of numbers of so many bytes, all 0 but the first,
# whose bytes are given for printf.
weights_file() {
  a=$((18 * $3)) b=$((882 * $3)) c=$((918 * $3))
  header=$(printf '{%s"conv.weight":{"dtype":"%s","shape":[2,1,3,3],"data_offsets":[0,%d]},"dense1.weight":{"dtype":"%s",
"shape":[12,72],"data_offsets":[%d,%d]},"output.weight":{"dtype":"%s","shape":[3,12],"data_offsets":[%d,%d]}}' \
    "${5:-}" "$2" $a "$2" $a $b "$2" $b $c)
  length=${#header}
  {
    # shellcheck disable=SC2059 # bytes
    printf "$(printf '\\%03o\\%03o' $((length & 255)) $((length >> 8)))\\0\\0\\0\\0\\0\\0"
    printf '%s' "$header"
    # shellcheck disable=SC2059 # bytes
    printf "$4"
    head -c $((c - $3)) /dev/zero
  } > "$1"
}

# 0.75 in each type, which is on the grid; and a number that is not.
for type in 'F16 2 \000\072 \001\000' 'BF16 2 \100\077 \200\063' 'F32 4 \000\000\100\077 \000\000\200\063' \
  'F64 8 \000\000\000\000\000\000\350\077 \232\231\231\231\231\231\271\077'; do
  # shellcheck disable=SC2086 # words
  set -- $type
  begin "weights of $1"
  weights_file exact "$1" "$2" "$3"
  run "$engram" import --net "$tiny" --from exact -o taken --json
  status 0
  json .layers.conv.rounded 0
  json .layers.conv.largest 0.75
  weights_file inexact "$1" "$2" "$4"
  run "$engram" import --net "$tiny" --from inexact -o taken --json
  status 0
  json .layers.conv.rounded 1
done

begin 'metadata of null'
weights_file null F32 4 '\000\000\100\077' '"__metadata__":null,'
run "$engram" import --net "$tiny" --from null -o taken
status 0

begin 'weights of integers are refused'
weights_file integers I16 2 '\000\001'
run "$engram" import --net "$tiny" --from integers -o none
status 2
err 'found dtype I16, allowed F16, BF16, F32 or F64'

# ---- IDX files

run "$engram" synth -o sounds --recordings 5 --seconds 1
run "$engram" features -o set sounds
net="$nets/paper8.yaml"

begin 'Kaggle names: a dot in front of idx'
mkdir -p kaggle/train-images-idx3-ubyte kaggle/t10k-images-idx3-ubyte # folders that its archives bring along
for set in train t10k; do
  cp set/images-idx3-ubyte kaggle/$set-images.idx3-ubyte
  cp set/labels-idx1-ubyte kaggle/$set-labels.idx1-ubyte
done
run "$engram" train --net "$net" --data kaggle --epochs 1 --json
status 0
silent
json .runs[0].pictures.test 30
gzip kaggle/*ubyte 2> /dev/null
run "$engram" train --net "$net" --data kaggle --epochs 1 --json
status 0
silent
json .runs[0].pictures.test 30

begin 'several pairs in one folder: it is said which is taken'
cp -r kaggle several
cp set/images-idx3-ubyte several/images-idx3-ubyte
cp set/labels-idx1-ubyte several/labels-idx1-ubyte
run "$engram" train --net "$net" --data several --epochs 1 --save w
status 0
err 'several: takes images-idx3-ubyte, not train-images.idx3-ubyte.gz, t10k-images.idx3-ubyte.gz'
run "$engram" eval --net "$net" --data several --load w
err 'several: takes images-idx3-ubyte, not train-images.idx3-ubyte.gz'
run "$engram" train --net "$net" --data set --epochs 1
silent
