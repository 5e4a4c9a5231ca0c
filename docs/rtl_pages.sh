#!/bin/sh
# rtl_pages.sh : a page for each RTL module, from its own comments, parameters and ports.
# SPDX-License-Identifier: MIT
#
# Usage: rtl_pages.sh RTL OUTPUT
set -eu
rtl=$1 output=$2
mkdir -p "$output"

list() { # names, each a link
  for name in $1; do
    if [ -f "$rtl/$name.v" ]; then printf '[%s](%s.md) ' "$name" "$name"; else printf '`%s` ' "$name"; fi
  done
}

for file in "$rtl"/engram_*.v; do
  module=$(basename "$file" .v)
  parts=$(sed -n 's/^ *\(engram_[a-z0-9_]*\) \(#(\|u_\).*/\1/p' "$file" | sort -u | tr '\n' ' ')
  users=$(grep -lE "^ *$module (#\(|u_)" "$rtl"/*.v | grep -v "/$module.v" | xargs -r -n 1 basename -s .v | tr '\n' ' ')
  awk -v module="$module" -v parts="$(list "$parts")" -v users="$(list "$users")" '
    function rest(line) { return line ~ /\/\// ? substr(line, index(line, "//") + 3) : "" }
    function row(name, value, text) { printf "| `%s` | %s | %s |\n", name, value, text }
    function flush() { if (pending != "") row(pending, what, text); pending = "" }
    NR == 1 { sub(/^\/\/ [a-z0-9_]* : /, ""); printf "# %s\n\n%s", module, toupper(substr($0, 1, 1)) substr($0, 2); next }
    state == "" && /^\/\/ SPDX/ { printf "\n"; next }
    state == "" && /^\/\/ */ { sub(/^\/\/ */, ""); if ($0 == "") printf "\n"; else printf "%s%s", NR == 2 ? " " : "", NR == 2 ? $0 : $0 "\n"; next }
    state == "" && /^module.*#\(/ { state = "parameters"; printf "\n## Parameters\n\n| parameter | default | meaning |\n|---|---|---|\n"; next }
    state == "" && /^module.*\(/ { state = "ports"; printf "\n## Ports\n\n| port | width | meaning |\n|---|---|---|\n"; next }
    state == "parameters" && /^\) \(/ { flush(); state = "ports"; printf "\n## Ports\n\n| port | width | meaning |\n|---|---|---|\n"; next }
    state == "parameters" && /^ *parameter/ {
      flush(); line = $0; text = rest(line); sub(/ *\/\/.*/, "", line); sub(/,? *$/, "", line)
      name = line; sub(/ *=.*/, "", name); sub(/.* /, "", name); sub(/^[^=]*= */, "", line)
      pending = name; what = line; next }
    state == "parameters" && /^ *\/\// && pending != "" && $0 ~ /^        / { text = text " " rest($0); next }
    state == "ports" && /^\);/ { flush(); state = "body"; next }
    state == "ports" && /^ *\/\// { if ($0 ~ /^        / && pending != "") text = text " " rest($0)
      else { flush(); printf "| | | **%s** |\n", rest($0) } next }
    state == "ports" && /^ *(input|output)/ {
      flush(); line = $0; text = rest(line); sub(/ *\/\/.*/, "", line); sub(/,? *$/, "", line)
      name = line; sub(/.* /, "", name)
      width = 1; if (match(line, /\[.*\]/)) { width = substr(line, RSTART, RLENGTH); gsub(/\|/, "\\|", width); width = "`" width "`" }
      pending = name; what = width; next }
    END {
      if (parts != "") printf "\nMade of: %s\n", parts
      if (users != "") printf "\nStands in: %s\n", users
      else printf "\nStands in the emitted `engram_core`.\n"
    }' "$file" | sed 's/ *$//' >"$output/$module.md"
done
