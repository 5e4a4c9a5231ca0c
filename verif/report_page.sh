#!/bin/sh
# report_page.sh : makes a report of a training and one of an evaluation from synthetic sounds, checks that each needs
# nothing but itself and, in Chromium without a network, that all its pictures and sounds load and nothing hangs over
# its edge; leaves pages and screenshots (light, dark, a telephone's width, paper) in WORK.
# SPDX-License-Identifier: MIT
#
# Usage: report_page.sh ENGRAM WORK
# shellcheck disable=SC2310 # `same` is one condition
set -eu
engram=$(realpath "$1") nets=$(realpath "$(dirname "$0")/../nets")
self_contained=$(realpath "$(dirname "$0")/self_contained.sh")
rm -rf "$2"
mkdir -p "$2/log"
cd "$2"
classes=airplane,car,engine,helicopter,train
failed=0

fail() {
  failed=$((failed + 1))
  echo "FAILED: $1"
}

# ---------------------------------------------------------------- the pages
sed 's/classes: 2/classes: 5/; s/output_lanes: 2/output_lanes: 5/' "$nets/paper8.yaml" > net.yaml
"$engram" synth --classes "$classes" --recordings 24 --seconds 3 -o sounds > log/synth
"$engram" features -o pictures sounds > log/features
"$engram" train --net net.yaml --data pictures --epochs 30 --split both --save weights --report train.html \
  --sounds sounds > log/train
"$engram" eval --net net.yaml --data pictures --load weights.best --report eval.html --sounds sounds > log/eval
for page in train eval; do
  sh "$self_contained" $page.html || fail "$page.html needs something else"
done

# ---------------------------------------------------------------- in a browser
if ! command -v chromium > /dev/null; then
  echo 'SKIP screenshots: chromium is not there (Debian: apt-get install chromium)'
  [ "$failed" = 0 ]
  exit
fi
# In a network name space of its own, where that is allowed, there is not even a loopback; else a proxy that is not there.
alone=''
if unshare -n true 2> /dev/null; then alone='unshare -n'; elif unshare -rn true 2> /dev/null; then alone='unshare -rn'; fi

# browse ARGUMENT...: Chromium, with a profile of its own.
browse() {
  rm -rf profile
  HOME=$PWD/profile timeout 120 $alone chromium --headless --no-sandbox --disable-gpu --hide-scrollbars \
    --disable-background-networking --proxy-server=127.0.0.1:9 --user-data-dir="$PWD/profile" "$@" 2> log/chromium
  rm -rf profile
}

# What the probe says of a page that was given it: numbers of elements, of those that are as they should be, and the page's
# height. The page's own policy stays, but for the probe itself.
cat > probe.js << 'END'
addEventListener("load", () => {
  const images = [...document.images], sounds = [...document.querySelectorAll("audio")];
  const report = () => {
    const shown = e => e.getBoundingClientRect().width > 0 && e.getBoundingClientRect().height > 0;
    const facts = {
      images: images.length, images_good: images.filter(i => i.naturalWidth > 0 && shown(i)).length,
      sounds: sounds.length,
      sounds_good: sounds.filter(s => Math.abs(s.duration - 0.3) < 0.001 && !s.error && shown(s)).length,
      curves: document.querySelectorAll("svg").length,
      curves_good: [...document.querySelectorAll("svg")].filter(s => shown(s) && s.querySelector("polyline")).length,
      over: document.documentElement.scrollWidth - innerWidth,
      requests: performance.getEntriesByType("resource").filter(r => !r.name.startsWith("data:")).length,
      height: document.documentElement.scrollHeight };
    document.body.textContent = "probe " + Object.entries(facts).map(f => f.join("=")).join(" ");
  };
  Promise.all(sounds.map(s => s.readyState > 0 || s.error ? 0 :
    new Promise(done => { s.onloadedmetadata = s.onerror = done; }))).then(report);
});
END

# probe PAGE WIDTH: prints "images=27 images_good=27 ...".
probe() {
  sed "s/style-src 'unsafe-inline'/& ; script-src 'unsafe-inline'/" "$1.html" > probed.html
  { printf '<script>'; cat probe.js; printf '</script>'; } >> probed.html
  browse --window-size="$2",1000 --virtual-time-budget=20000 --dump-dom "file://$PWD/probed.html" |
    sed -n 's/.*probe \([a-z_=0-9 -]*\).*/\1/p'
}

# value NAME: of the last probe.
value() {
  printf '%s\n' "$probed" | tr ' ' '\n' | sed -n "s/^$1=//p"
}

# same NAME: as many as there are, and not none, are as they should be.
same() {
  [ -n "$(value "$1")" ] && [ "$(value "$1")" -gt 0 ] && [ "$(value "$1")" = "$(value "$1_good")" ]
}

# look PAGE WIDTH
look() {
  probed=$(probe "$1" "$2")
  echo "$1.html at $2: $probed"
  same images || fail "$1.html: pictures are missing"
  same sounds || fail "$1.html: sounds are missing"
  [ "$1" != train ] || same curves || fail "$1.html: curves are missing"
  [ "$(value over)" = 0 ] || fail "$1.html: hangs over the edge"
  [ "$(value requests)" = 0 ] || fail "$1.html: asks for other files"
}

# shoot PAGE WIDTH NAME OPTION...
shoot() {
  page=$1 width=$2 name=$3
  shift 3
  browse --window-size="$width,$(value height)" --screenshot="$PWD/$name.png" "$@" "file://$PWD/$page.html"
  [ -s "$name.png" ] || fail "no screenshot $name.png"
}

for page in train eval; do
  look $page 1200
  shoot $page 1200 $page-light
  shoot $page 1200 $page-dark --blink-settings=preferredColorScheme=0
  look $page 500
  shoot $page 500 $page-narrow
  browse --no-pdf-header-footer --print-to-pdf="$PWD/$page.pdf" "file://$PWD/$page.html"
  [ -s $page.pdf ] || fail "no $page.pdf"
done

# The probe notices what is missing.
sed 's/src="data:image\/png;base64,iVBO/src="data:image\/png;base64,iVBX/; s/src="data:audio\/wav;base64,UklG/src="data:audio\/wav;base64,XklG/' \
  train.html > spoilt.html
probed=$(probe spoilt 1200)
if [ -z "$probed" ] || same images || same sounds; then fail 'a spoilt page is taken for a good one'; fi
rm probed.html spoilt.html probe.js
echo "screenshots in $2"
[ "$failed" = 0 ]
