# speed_table.awk : the tables of speed.sh, from lines "WHAT NAME NUMBER" of speed.c, speed_torch.py and speed_onnx.py.
# SPDX-License-Identifier: MIT
#
# A figure is the best of all rounds: the largest, but of the time for a weight. Ends with status 1 where a mark is missed.
BEGIN { width_count = split(widths, width, " "); batch_count = split(batches, batch, " ") }
{ key = $1 " " $2; if (!(key in best) || ($1 == "weight" ? $3 < best[key] : $3 > best[key])) best[key] = $3 }

function group(number,    text) {
  number = int(number + 0.5)
  for (; number >= 1000; number = int(number / 1000)) text = sprintf(",%03d%s", number % 1000, text)
  return number text
}

function shown(number) { return number ? group(number) : "-" }

# How many times as fast as another, where there is that.
function times(number, other) { return other ? sprintf("%.1f", number / other) : "-" }

function larger(a, b) { return a > b ? a : b }

# A row of the first table, beside `paper` in both columns.
function rival(text, train, infer) {
  printf "| %s | %s | %s | %s | %s |\n", text, shown(train), times(best["train paper_64"], train), shown(infer),
         times(best["infer paper_64"], infer)
}

# A figure and the mark it is to reach: at least that, or (below) at most.
function mark(text, number, least, below) {
  missed = below ? number > least : number < least
  bad = bad || missed
  printf "| %s | %.2f | %s %s%s |\n", text, number, below ? "at most" : "at least", least, missed ? " **MISSED**" : ""
}

function torch_best(what, units,    i, most) {
  for (i = 1; i <= batch_count; i++) most = larger(most, best[what " torch-" batch[i] "-" units])
  return most
}

function onnx_best(    i, most) {
  for (i = 1; i <= batch_count; i++)
    most = larger(most, larger(best["infer onnx-float-" batch[i]], best["infer onnx-int8-" batch[i]]))
  return most
}

function pictures(count) { return count == 1 ? "a picture a step" : count " pictures a step" }

function speeds(    i) {
  print "| | training, pictures/s | `paper` is so many times as fast | inference, pictures/s | `paper` is so many times as fast |"
  print "|---|---|---|---|---|"
  for (i = 1; torch == "true" && i <= batch_count; i++)
    rival("PyTorch, " pictures(batch[i]), best["train torch-" batch[i] "-64"], best["infer torch-" batch[i] "-64"])
  for (i = 1; onnx == "true" && i <= batch_count; i++)
    rival("ONNX Runtime, float32, " pictures(batch[i]), 0, best["infer onnx-float-" batch[i]])
  for (i = 1; onnx == "true" && i <= batch_count; i++)
    rival("ONNX Runtime, int8, " pictures(batch[i]), 0, best["infer onnx-int8-" batch[i]])
  rival("plain C, float32", best["plain-train paper_64"], best["plain-infer paper_64"])
  rival("`paper`, 16 bits", best["train paper_64"], best["infer paper_64"])
  rival("`paper8`, 8 bits", best["train paper8_64"], best["infer paper8_64"])
}

function by_width(    i, u) {
  printf "\n| units | `paper`, steps/s | ps a weight | `paper8`, steps/s | ps a weight | plain C, steps/s"
  for (i = 1; i <= batch_count; i++) printf " | PyTorch, %s", pictures(batch[i])
  print " | `paper` / PyTorch's best |"
  printf "|---|---|---|---|---|---"
  for (i = 1; i <= batch_count; i++) printf "|---"
  print "|---|"
  for (u = 1; u <= width_count; u++) {
    printf "| %d | %s | %d | %s | %d | %s", width[u], group(best["train paper_" width[u]]), best["weight paper_" width[u]],
           group(best["train paper8_" width[u]]), best["weight paper8_" width[u]], group(best["plain-train paper_" width[u]])
    for (i = 1; i <= batch_count; i++) printf " | %s", shown(best["train torch-" batch[i] "-" width[u]])
    printf " | %s |\n", times(best["train paper_" width[u]], torch_best("train", width[u]))
  }
}

# A row of the share of the peak: multiply-accumulates of one step, made and in all, at so many steps a second.
function share(text, net, what, made, all,    rate) {
  rate = best[what " " net]
  printf "| %s | %s | %s | %s | %s | %s |\n", text, group(made), group(all), sprintf("%.1f", rate * made / 1e9),
         percent(rate * made, net), percent(rate * all, net)
}

function percent(products, net) { return best["peak " net] ? sprintf("%.0f %%", products / best["peak " net] / 1e4) : "-" }

function shares(    i, net, n, names) {
  printf "\n| | multiply-accumulates made | without skipping | made a second, 10^9 | of the peak | with the skipped ones |\n"
  print "|---|---|---|---|---|---|"
  n = split("paper paper8", names, " ")
  for (i = 1; i <= n; i++) {
    net = names[i] "_64"
    share("`" names[i] "`, training", net, "train", best["train-work " net], best["train-all " net])
    share("`" names[i] "`, inference", net, "infer", best["infer-all " net], best["infer-all " net])
  }
}

function by_clock(    i, n, names) {
  print "\n| by the clock | pictures/s |"
  print "|---|---|"
  n = split("paper paper8", names, " ")
  for (i = 1; i <= n; i++) {
    printf "| `%s`: `engram train`, with validation | %s |\n", names[i], group(best["command " names[i] "_64"])
    printf "| `%s`: inference, all cores | %s |\n", names[i], group(best["threads " names[i] "_64"])
  }
}

# The slowest width's time for a weight, of the fastest one's.
function cliff(net,    u, time, least, most) {
  for (u = 1; u <= width_count; u++) {
    time = best["weight " net "_" width[u]]
    least = u == 1 || time < least ? time : least
    most = larger(most, time)
  }
  return most / least
}

function least_lead(net,    u, lead, least) {
  for (u = 1; u <= width_count; u++) {
    lead = best["train " net "_" width[u]] / torch_best("train", width[u])
    least = u == 1 || lead < least ? lead : least
  }
  return least
}

function marks() {
  print "\n| mark | reached | to reach |"
  print "|---|---|---|"
  mark("`paper`: time for a weight, the slowest width of the fastest", cliff("paper"), 1.5, 1)
  mark("`paper8`: the same", cliff("paper8"), 1.5, 1)
  if (torch == "true") {
    mark("`paper`: training, times PyTorch with a picture a step", best["train paper_64"] / best["train torch-1-64"], 10)
    mark("`paper8`: the same", best["train paper8_64"] / best["train torch-1-64"], 15)
    mark("`paper` at each width: training, times PyTorch's best batch", least_lead("paper"), 1)
    mark("`paper8` at each width: the same", least_lead("paper8"), 1)
  }
  if (onnx == "true") {
    mark("`paper`: inference, times ONNX Runtime's best", best["infer paper_64"] / onnx_best(), 1)
    mark("`paper8`: the same", best["infer paper8_64"] / onnx_best(), 1)
  }
  mark("memory of `engram train` at most, MB", larger(best["memory paper_64"], best["memory paper8_64"]), 200, 1)
}

END {
  speeds()
  by_width()
  shares()
  by_clock()
  marks()
  printf "\nIn these steps a gradient goes through %d (`paper`) and %d (`paper8`) of the 64 units, of which dropout keeps 32.\n",
         best["active paper_64"], best["active paper8_64"]
  exit bad
}
