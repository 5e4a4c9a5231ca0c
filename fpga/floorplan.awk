# floorplan.awk : a lane's multipliers and memories beside each other, lanes in a row: Yosys' commands for it.
# SPDX-License-Identifier: MIT
#
# Usage: awk -f floorplan.awk PROBES DEVICE.sites CELL.names...   PROBES: engram_probes.txt, which says where lanes and
#                                                                banks stand
#                                                                CELL.names: the names of the core's cells of a type,
#                                                                as Yosys' `select -write` has them
#
# Left to itself, nextpnr's static placer puts multipliers and memories where the free places are when all else is placed,
# far from what they work with, and does not move them any more. Here a site is a column of a row: some multipliers and
# some memories. Lanes take sites in the order of their numbers, one after another to and fro through the rows; sites in
# the device's middle stay free for all that has no lanes. A core whose lanes take more sites than there are is left alone.

BEGIN { site = last = free = 0 }  # subscripts: unset, they would be empty words

# Of a name: its layer, "lane" or "bank", the number. The lane's path stands somewhere in the name, behind the core's own.
function lane_of(name, count, part, first, last, path, core) {
  count = split(name, part, /[.\/]/)
  for (first = 1; first <= count; core = core part[first++] ".") {
    path = part[first]
    for (last = first + 1; last <= count; last++) {
      path = path "." part[last]
      if (path in kind_of) {
        kind = kind_of[path]
        number = number_of[path]
        layer = core layer_of[path]
        return 1
      }
    }
  }
  return 0
}

FNR == 1 { file++; type = FILENAME; sub(/.*\//, "", type); sub(/\..*/, "", type) }
/^#/ { next }
file == 1 {
  if ($1 == "lane" || $1 == "bank") { kind_of[$7] = $1; number_of[$7] = $3; layer_of[$7] = substr($2, 1, index($2, ".") - 1) }
  next
}
file == 2 && $1 == "columns" {
  for (i = 2; i <= NF; i++) x[columns++] = $i
  next
}
file == 2 {
  types[kinds++] = $1
  for (i = 3; $i != "places"; i++) y[$1, rows_of[$1]++] = $i
  for (i++; i <= NF; i++) place[$1, places[$1]++] = $i
  rows = rows_of[$1]
  next
}
{
  if (!lane_of($0)) { others[type]++; next }
  if (!seen[layer]++) layers[layer_count++] = layer
  at = ++cells[layer, kind, number, type]
  cell[layer, kind, number, type, at] = $0
  if (number >= count[layer, kind]) count[layer, kind] = number + 1
}

# One cell onto the present site or, where it has no place left for it, the next one.
function put(type, name) {
  while (taken[site, type] == places[type]) site++
  plan[site, type, taken[site, type]++] = name
}

# Cells onto sites 0, 1, ...: plan, taken, last. A bank has the weights of one lane or of several, or of half a lane.
function plan_lanes() {
  for (l = 0; l < layer_count; l++) {
    layer = layers[l]
    lanes = count[layer, "lane"] > 0 ? count[layer, "lane"] : count[layer, "bank"]
    banks = count[layer, "bank"]
    for (lane = 0; lane < lanes; lane++) {
      first = int((lane * banks + lanes - 1) / lanes)
      behind = int(((lane + 1) * banks + lanes - 1) / lanes)
      # A lane that does not fit into what is left of a site begins a new one.
      for (k = 0; k < kinds; k++) {
        type = types[k]
        need = cells[layer, "lane", lane, type]
        for (bank = first; bank < behind; bank++) need += cells[layer, "bank", bank, type]
        if (taken[site, type] > 0 && taken[site, type] + need > places[type]) { site++; k = -1 }
      }
      begin = site
      for (k = 0; k < kinds; k++) {
        type = types[k]
        site = begin
        for (i = 1; i <= cells[layer, "lane", lane, type]; i++) put(type, cell[layer, "lane", lane, type, i])
        for (bank = first; bank < behind; bank++)
          for (i = 1; i <= cells[layer, "bank", bank, type]; i++) put(type, cell[layer, "bank", bank, type, i])
        if (site > last) last = site
      }
      site = last
    }
  }
}

# Which of the device's sites are used, by their distance from the middle: the first ones stay free for what has no lanes.
function choose_sites() {
  for (k = 0; k < kinds; k++) {
    need = int((others[types[k]] + places[types[k]] - 1) / places[types[k]])
    if (need > free) free = need
  }
  if (free > sites - used) free = sites - used
  type = types[0]
  middle_x = (x[0] + x[columns-1]) / 2
  middle_y = (y[type, 0] + y[type, rows-1]) / 2
  for (i = 0; i < free + used; i++) {
    nearest = -1
    for (s = 0; s < sites; s++) {
      dx = x[s % columns] - middle_x
      dy = y[type, int(s / columns)] - middle_y
      distance = dx * dx + dy * dy
      if (!(s in chosen) && (nearest < 0 || distance < least)) { nearest = s; least = distance }
    }
    chosen[nearest] = i >= free
  }
}

# To and fro through the rows.
function print_plan() {
  site = 0
  for (row = 0; row < rows; row++)
    for (i = 0; i < columns; i++) {
      column = row % 2 ? columns - 1 - i : i
      if (!chosen[row * columns + column]) continue
      for (k = 0; k < kinds; k++) {
        type = types[k]
        for (at = 0; at < taken[site, type]; at++) {
          split(place[type, at], part, "/")
          printf "setattr -set BEL \"X%d/Y%d/%s\" %s\n", x[column] + part[1], y[type, row], part[2], plan[site, type, at]
        }
      }
      site++
    }
}

END {
  plan_lanes()
  used = layer_count > 0 ? last + 1 : 0
  sites = columns * rows
  if (used > sites) { print "# " used " sites are needed, there are " sites; exit }
  choose_sites()
  print_plan()
}
