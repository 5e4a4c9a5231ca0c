"""paper_tables.py : the tables and curves of docs/paper.md from the results of verif/paper.sh.

SPDX-License-Identifier: MIT

Usage: paper_tables.py NETS OWN OTHERS OUT
NETS has NET.json of `engram estimate`; OWN and OTHERS have TEST.BY.NET.SEED.json of trainings, OTHERS those of
paper_torch.py and its sizes.json. Writes OUT/nets, kernels, dropout (tables), OUT/accuracy and OUT/loss (columns to plot).
Takes what is there; needs the net "paper". Everything follows `paper` on the same splits. Standard library only.
"""
import glob
import json
import os
import sys
from math import sqrt
from statistics import mean, stdev

TESTS = {"car.segment": "airplane, car by segment", "car.recording": "by recording",
         "engine.segment": "airplane, engine by segment", "engine.recording": "by recording",
         "engine.author": "by author"}
OTHERS = {"mobilenet": "MobileNet V2", "resnet": "ResNet-18", "efficientnet": "EfficientNet-Lite0",
          "pretrained": "EfficientNet-Lite0, pre-trained", "mcunet": "MCUNet-like"}
NAMES = {"paper": "`paper`, 16-bit", "paper8": "`paper8`, 8-bit", "twin": "floating-point twin", **OTHERS}
PAPER = {"paper": "about 0.1 M; < 10 MOPS", "mobilenet": "about 3.4 M; 0.3 G", "resnet": "about 11.7 M; 1.8 G",
         "efficientnet": "about 5.3 M; 0.39 G", "mcunet": "< 1 M; about 70 MOPS"}
EPOCHS_SHOWN = (1, 5, 10, 15, 30)


def multiply_accumulates(kernel, filters=3, units=64, classes=2, size=28):
    """Of one picture's inference by the paper's net with this kernel."""
    places = (size - kernel + 1) ** 2
    return places * kernel * kernel * filters + places * filters * units + units * classes


def read_runs(folder):
    """{net: {(test, seed): the training}}"""
    found = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.*.*.*.json"))):
        # Of the net's name a dot may be part: paper-dropout-0.3.
        task, by, *net, seed, _ = os.path.basename(path).split(".")
        with open(path, encoding="utf-8") as file:
            result = json.load(file)
        run = result["runs"][0]
        run["seconds"] = result.get("cpu_seconds") or sum(epoch["cpu_seconds"] for epoch in run["epochs"])
        found.setdefault(".".join(net), {})[f"{task}.{by}", int(seed)] = run
    return found


def spread(values, digits=1, sign=""):
    """Mean and standard error of it."""
    if not values:
        return "-"
    text = f"{mean(values):{sign}.{digits}f}"
    return text + (f" ± {stdev(values) / sqrt(len(values)):.{digits}f}" if len(values) > 1 else "")


def accuracies(runs, test):
    return [100 * run["test"]["accuracy"] for (name, _), run in runs.items() if name == test]


def less(runs, base):
    """Differences on the same splits, points; one value a seed, the mean of those tests that both have."""
    by_seed = {}
    for (test, seed), run in runs.items():
        if (test, seed) in base:
            by_seed.setdefault(seed, []).append(100 * (run["test"]["accuracy"] - base[test, seed]["test"]["accuracy"]))
    return [mean(values) for values in by_seed.values()]


def at(runs, test, epoch, key):
    return [run["epochs"][epoch - 1][key] for (name, _), run in runs.items()
            if name == test and len(run["epochs"]) >= epoch]


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def head(*cells):
    return row(*cells) + "|" + "---|" * len(cells) + "\n"


def counted(number):
    for least, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= least:
            return f"{number / least:.3g} {unit}"
    return str(number)


def plural(count, what):
    return f"{count} {what}" + ("s" if count != 1 else "")


def seeds_of(runs):
    return len({seed for _, seed in runs})


def labelled(name, runs, most):
    """With the number of seeds, and of missing trainings, where that is not what the others have."""
    seeds, all_of_them = seeds_of(runs), seeds_of(runs) * len(TESTS)
    missing = "" if len(runs) == all_of_them else f", {plural(all_of_them - len(runs), 'training')} missing"
    return name if seeds == most and not missing else f"{name} ({seeds} of {plural(most, 'seed')}{missing})"


def settings(own, others):
    base = own["paper"]
    text = [f"Engram's nets: {plural(seeds_of(base), 'seed')}, {max(len(run['epochs']) for run in base.values())} epochs."]
    if others:
        most = max(map(seeds_of, others.values()))
        lengths = {len(run["epochs"]) for runs in others.values() for run in runs.values()}
        text.append(f"PyTorch's nets: {plural(most, 'seed')}, {max(lengths)} epochs.")
    else:
        text.append("PyTorch's nets: none were trained.")
    for task, classes in (("car", "airplane, car"), ("engine", "airplane, engine")):
        run = next((run for (test, _), run in base.items() if test.startswith(task)), None)
        if run:
            text.append(f"{sum(run['pictures'].values())} pictures of {classes}.")
    return " ".join(text) + "\n"


def sizes_table(sizes, estimate):
    text = head("net", "parameters", "multiply-accumulates, 28x28", "as defined for ImageNet", "the paper's Table 2")
    text += row(NAMES["paper"], counted(estimate["weights"]), counted(multiply_accumulates(4)), "-", PAPER["paper"])
    for net, found in sizes.items():
        weights, work, full_weights, full_work = found
        text += row(NAMES[net], counted(weights), counted(work), f"{counted(full_weights)}; {counted(full_work)}", PAPER[net])
    return text


def accuracy_table(nets, base, most_of):
    text = head("net", *TESTS.values(), "less `paper`, points")
    for net, runs in nets.items():
        text += row(labelled(NAMES[net], runs, most_of[net]), *(spread(accuracies(runs, test)) for test in TESTS),
                    "" if runs is base else spread(less(runs, base), sign="+"))
    return text


def time_table(nets):
    def a_picture(runs):
        return mean(run["seconds"] / sum(epoch["pictures"] for epoch in run["epochs"]) for run in runs.values())

    own = a_picture(nets["paper"])
    text = head("net", "CPU seconds an epoch", "CPU seconds a training", "a step, times `paper`", "epoch chosen")
    for net, runs in nets.items():
        seconds = [run["seconds"] for run in runs.values()]
        epochs = [run["seconds"] / len(run["epochs"]) for run in runs.values()]
        chosen = [1 + max(range(len(run["epochs"])), key=lambda i, run=run: (
            run["epochs"][i]["validation_accuracy"], -run["epochs"][i]["validation_loss"])) for run in runs.values()]
        text += row(NAMES[net], f"{mean(epochs):.3g}", f"{mean(seconds):.3g}", f"{a_picture(runs) / own:.3g}",
                    f"{mean(chosen):.0f}")
    return text


def curve_table(nets):
    text = head("net", *(f"epoch {epoch}" for epoch in EPOCHS_SHOWN))
    for net, runs in nets.items():
        cells = []
        for epoch in EPOCHS_SHOWN:
            accuracy = [100 * value for value in at(runs, "car.segment", epoch, "validation_accuracy")]
            loss = at(runs, "car.segment", epoch, "validation_loss")
            cells.append(f"{mean(accuracy):.1f} %, {mean(loss):.3f}" if loss else "-")
        text += row(NAMES[net], *cells)
    return text


def kernel_table(own, estimates):
    most = max(map(seeds_of, own.values()))
    text = head("net", "kernel", "parameters", "multiply-accumulates", "cycles to infer, to train", *TESTS.values(),
                "less 4x4, points")
    for net in ("paper", "paper8"):
        for kernel in (3, 4, 5, 6):
            name = net if kernel == 4 else f"{net}-kernel{kernel}"
            if name in own:
                estimate = estimates[name]
                text += row(labelled(f"`{net}`", own[name], most), f"{kernel}x{kernel}", f"{estimate['weights']:,}",
                            f"{multiply_accumulates(kernel):,}",
                            f"{estimate['infer_cycles']:,}, {estimate['train_cycles']:,}",
                            *(spread(accuracies(own[name], test)) for test in TESTS),
                            "" if kernel == 4 else spread(less(own[name], own[net]), sign="+"))
    return text


def last_epoch(runs, key):
    return mean(run["epochs"][-1][key] for run in runs.values())


def dropout_table(own):
    most = max(map(seeds_of, own.values()))
    text = head("net", "dropout", *TESTS.values(), "less 0.5, points", "last epoch: accuracy training, validation",
                "loss training, validation")
    for net in ("paper", "paper8"):
        for share, name in (("none", f"{net}-dropout-false"), ("0.3", f"{net}-dropout-0.3"), ("0.5", net),
                            ("0.7", f"{net}-dropout-0.7")):
            if name not in own:
                text += row(f"`{net}`", share, "not trained", *[""] * 7)
                continue
            runs = own[name]
            text += row(labelled(f"`{net}`", runs, most), share, *(spread(accuracies(runs, test)) for test in TESTS),
                        "" if name == net else spread(less(runs, own[net]), sign="+"),
                        f"{100 * last_epoch(runs, 'accuracy'):.1f}, {100 * last_epoch(runs, 'validation_accuracy'):.1f}",
                        f"{last_epoch(runs, 'loss'):.3f}, {last_epoch(runs, 'validation_loss'):.3f}")
    return text


def curves(nets, key, scale):
    """Columns by epoch of airplane, car by segment; ? where a net has trained for fewer epochs."""
    nets = {net: runs for net, runs in nets.items() if at(runs, "car.segment", 1, key)}
    last = max(len(run["epochs"]) for runs in nets.values() for run in runs.values())
    text = "epoch " + " ".join('"' + NAMES[net].replace("`", "") + '"' for net in nets) + "\n"
    for epoch in range(1, last + 1):
        values = [at(runs, "car.segment", epoch, key) for runs in nets.values()]
        text += f"{epoch} " + " ".join(f"{scale * mean(value):.5g}" if value else "?" for value in values) + "\n"
    return text


def main():
    folder, own_folder, others_folder, out = sys.argv[1:]
    own, others = read_runs(own_folder), read_runs(others_folder)
    if "paper" not in own:
        sys.exit(f"paper: {own_folder}: found no training of the net paper")
    estimates = {}
    for path in glob.glob(os.path.join(folder, "*.json")):
        with open(path, encoding="utf-8") as file:
            estimates[os.path.basename(path)[:-len(".json")]] = json.load(file)
    sizes = {}
    if os.path.exists(os.path.join(others_folder, "sizes.json")):
        with open(os.path.join(others_folder, "sizes.json"), encoding="utf-8") as file:
            sizes = json.load(file)
    nets = {net: runs for net, runs in ((net, {**own, **others}.get(net)) for net in NAMES) if runs}
    most_of = {net: max(map(seeds_of, (others if net in others else own).values())) for net in nets}
    os.makedirs(out, exist_ok=True)
    tables = {
        "nets": settings(own, others) + "\n### Sizes\n\n" + sizes_table(sizes, estimates["paper"])
        + "\n### Accuracy on the test, %\n\n" + accuracy_table(nets, own["paper"], most_of)
        + "\n### Training time\n\n" + time_table(nets)
        + "\n### Accuracy and loss on validation, airplane and car by segment\n\n" + curve_table(nets),
        "kernels": kernel_table(own, estimates), "dropout": dropout_table(own),
        "accuracy": curves(nets, "validation_accuracy", 100), "loss": curves(nets, "validation_loss", 1)}
    for name, text in tables.items():
        with open(os.path.join(out, name), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
