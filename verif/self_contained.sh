#!/bin/sh
# self_contained.sh : whether an HTML page needs nothing but itself: well-formed, no script, no reference to anything
# outside, a policy that would not let it. Says what is wrong, status 1.
# SPDX-License-Identifier: MIT
#
# Usage: self_contained.sh PAGE
set -u
page=$1 status=0

wrong() {
  echo "$page: $1" >&2
  status=1
}

[ -s "$page" ] || wrong 'is not there or empty'
if command -v xmllint > /dev/null; then
  xmllint --nonet --noout "$page" || wrong 'is not well-formed'
else
  echo "SKIP $page well-formed: xmllint (libxml2-utils) is not there"
  [ -z "${CI:-}" ] || status=1
fi
# Texts are escaped, so that what looks like a tag or an attribute is one.
tags=$(grep -oE '<[^>]*>' "$page")
printf '%s\n' "$tags" | grep -iE '^<(script|link|iframe|frame|object|embed|base|form|a)[ />]' &&
  wrong 'has such an element'
printf '%s\n' "$tags" | grep -iE ' (href|xlink:href|srcset|action|poster|background|on[a-z]+)=' &&
  wrong 'has such an attribute'
printf '%s\n' "$tags" | grep -E ' src=' | cut -c 1-200 | grep -vE ' src="data:(image/png|audio/wav);base64,' &&
  wrong 'has a source outside'
sed -n '/<style>/,/<\/style>/p' "$page" | grep -iE 'url\(|@import|https?:' && wrong 'has a style from outside'
grep -qF "content=\"default-src 'none'; img-src data:; media-src data:;" "$page" || wrong 'has no policy'
exit $status
