#!/bin/sh
# table.sh : puts a table between its marks in a page, "<!-- begin: TARGET -->" and "<!-- end: TARGET -->".
# SPDX-License-Identifier: MIT
#
# Usage: table.sh TARGET TABLE PAGE
set -eu
grep -qF "<!-- begin: $1 " "$3" && grep -qF "<!-- end: $1 " "$3" || {
  echo "table.sh: $3: no marks of '$1'" >&2
  exit 1
}
awk -v table="$2" -v begin="<!-- begin: $1 " -v end="<!-- end: $1 " '
  index($0, begin) == 1 { print; while ((getline line <table) > 0) print line; skip = 1 }
  index($0, end) == 1 { skip = 0 }
  !skip' "$3" >"$2.page"
cat "$2.page" >"$3"
