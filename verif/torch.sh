#!/bin/sh
# torch.sh : runs what docs/pytorch.md shows: its blocks of Python become files, its commands are run in their order.
# SPDX-License-Identifier: MIT
#
# Usage: torch.sh ENGRAM PYTHON WORK PAGE
set -eu
engram=$(realpath "$1") python=$2 work=$3 page=$(realpath "$4")
nets=$(realpath "$(dirname "$0")/../nets")
if ! "$python" -c 'import torch, safetensors' 2>/dev/null; then
  echo "SKIP torch: $python cannot import torch and safetensors (make bench-deps)"
  exit 0
fi
rm -rf "$work"
mkdir -p "$work/bin"
ln -s "$engram" "$work/bin/engram"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$(realpath -s "$python")" >"$work/bin/python"
chmod +x "$work/bin/python"
ln -s "$nets" "$work/nets"
cd "$work"
awk '
  /^```python$/ { code = 1; next }
  /^```sh$/ { commands = 1; next }
  /^```/ { code = commands = 0; if (file) close(file); file = ""; next }
  code && !file { file = $2 }
  code { print >file }
  commands { print >"commands" }' "$page"
[ "$(grep -c '^python ' commands)" -ge 4 ] || { echo 'torch: FAIL: the page has lost its comparisons'; exit 1; }
# One thread: on a machine that is busy PyTorch's threads would wait for one another.
export OMP_NUM_THREADS=1
PATH=$PWD/bin:$PATH
sh -eux commands || { echo 'torch: FAIL'; exit 1; }

# A comparison that cannot fail would say nothing: other weights must be noticed.
if python compare.py start twin.csv 2e-5 >/dev/null 2>&1; then
  echo "torch: FAIL: other weights' outputs are taken for these"
  exit 1
fi
echo "torch: PASS: $(wc -l <commands) commands"
