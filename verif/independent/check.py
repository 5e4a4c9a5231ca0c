# SPDX-License-Identifier: MIT
"""Compares engram_model.py with the command `engram`, bit for bit, on random members of the family.

    check.py ENGRAM WORKDIR [--nets N] [--seed S] [--mutate NAME]

Draws N nets, pictures and options, trains 20 steps with the command and with the model, and compares weights, state,
counters, figures and probabilities. Net n of a run follows from the seed S + n alone. At the end the model is made
wrong on purpose, in one place at a time, and each of these errors must be noticed (--mutate NAME runs everything with
one of them, and must fail). The exit status is 1 where anything differs.
"""

import argparse
import collections
import contextlib
import csv
import dataclasses
import json
import math
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import time

import numpy as np

import engram_model as model

STEPS = 20
SINGLE_STEPS_EVERY = 10  # of so many nets one is also compared after each single step
WORDS = ["car", "airplane", "Zug", "a", "B", "helicopter", "ship", "10", "9", "tram", "\u00e4ther", "engine", "boat",
         "aa", "a-b", "x.y", "bus", "Car", "truck, heavy", 'a "b", c', "-"]


# Drawing a description


def log2_of(value):
    return round(math.log2(value))


def draw_bits(draw, style):
    """Mixed words, all of one size, or 16."""
    return {"mixed": lambda: draw.randint(4, 24), "narrow": lambda: draw.choice((6, 8, 8, 10)), "paper": lambda: 16,
            "wide": lambda: draw.randint(16, 24)}[style]()


def draw_shapes(draw):
    """Layers as the keys of a description, without formats; few are large."""
    height, width = draw.randint(1, 12), draw.randint(1, 12)
    if draw.random() < 0.1:
        height, width = draw.choice(((1, 64), (64, 1), (2, 33), (17, 3), (16, 16)))
    layers = []
    if draw.random() < 0.6:
        kernel = [draw.randint(1, min(8, height)), draw.randint(1, min(8, width))]
        if draw.random() < 0.4:
            kernel = draw.randint(1, min(8, height, width))
        layers.append({"conv": {"filters": draw.choice((1, 2, 3, 4, 5, 5, 16)), "kernel": kernel}})
    for _ in range(draw.choice((1, 1, 1, 1, 2, 2, 3, 3, 0))):
        dense = {"units": draw.randint(1, 40) if draw.random() < 0.9 or height * width > 99 else 300}
        for key in ("relu", "dropout"):
            if draw.random() < 0.5:
                dense[key] = draw.random() < 0.5
        if draw.random() < 0.3:
            dense["dropout"] = f"{draw.uniform(0.02, 0.98):.{draw.randint(1, 5)}f}"
        if dense.get("dropout", True) is True and draw.random() < 0.97:  # odd numbers are refused
            dense["units"] += dense["units"] % 2
        layers.append({"dense": dense})
    layers.append({"output": {"classes": draw.choice((2, 2, 2, 3, 3, 4, 5, 7, 11, 16))}})
    for layer in layers:
        if draw.random() < 0.1:
            next(iter(layer.values()))["freeze"] = draw.random() < 0.8
    return height, width, layers


def sizes(height, width, layers):
    """Rows, positions and columns of each layer."""
    inputs, result = height * width, []
    for layer in layers:
        ((kind, keys),) = layer.items()
        rows, positions = inputs, 1
        if kind == "conv":
            kernel = keys["kernel"] if isinstance(keys["kernel"], list) else [keys["kernel"]] * 2
            rows = kernel[0] * kernel[1]
            positions = (height - kernel[0] + 1) * (width - kernel[1] + 1)
        columns = keys[{"conv": "filters", "dense": "units", "output": "classes"}[kind]]
        result.append((rows, positions, columns))
        inputs = positions * columns
    return result


def draw_formats(draw, shapes, layers, frac, style):
    """Binary points that follow from how large values will be, so that few layers have only zeros or cuts."""
    value, values, inits = 74 / 2**frac, [74 / 2**frac], []
    for rows, _, _ in shapes:
        inits.append(model.clamp(-log2_of(rows) // 2 + draw.randint(-1, 2), -20, 0))
        value *= math.sqrt(rows) * 2 ** inits[-1] * 0.6
        values.append(value)
    grown = 0.4
    for number in reversed(range(len(layers))):
        (keys,) = layers[number].values()
        bits = [draw_bits(draw, style) for _ in range(3)]
        margin = draw.randint(-1, 2)
        keys["weights"] = {"bits": bits[0], "frac": max(-inits[number], bits[0] - 1 - inits[number] - max(0, margin)),
                           "init": inits[number]}
        unused_most = min(bits[0] - 4, keys["weights"]["frac"])
        if unused_most > 0 and draw.random() < 0.25:
            keys["weights"]["used"] = bits[0] - draw.randint(1, unused_most)
        keys["activations"] = {"bits": bits[1], "frac": bits[1] - 1 - log2_of(values[number + 1]) - draw.randint(-1, 4)}
        keys["gradients"] = {"bits": bits[2], "frac": bits[2] - 1 - log2_of(grown) - draw.randint(-2, 3)}
        grown *= math.sqrt(shapes[number][2]) * 2 ** inits[number] * 0.6
    return values


def draw_biases(draw, layers, style):
    """Biases of some layers: as they come, or in words of their own."""
    for layer in layers:
        (keys,) = layer.values()
        if draw.random() < 0.6:
            continue
        keys["bias"] = draw.random() < 0.9
        if draw.random() < 0.6:
            active, bits = keys["activations"], draw_bits(draw, style)
            frac = bits - 1 - (active["bits"] - 1 - active["frac"]) + draw.randint(-1, 3)
            keys["bias"] = {"bits": bits, "frac": model.clamp(frac, 0, 31)}
            if draw.random() < 0.5:
                keys["bias"]["init"] = draw.randint(-4, 0)


def value_frac(weights):
    """Of what sums take."""
    return weights["frac"] - weights["bits"] + weights.get("used", weights["bits"])


def limit_formats(layers, frac):
    """Moves binary points into what can be built, from the output to the input and back."""
    keys = [value for layer in layers for value in layer.values()]
    keys[-1]["gradients"]["frac"] = model.clamp(keys[-1]["gradients"]["frac"], 0, 15)
    for key in keys:
        for name in model.FORMAT_KEYS:
            key[name]["frac"] = model.clamp(key[name]["frac"], 0, 31)
    for _ in range(4):
        inputs = frac
        for number, key in enumerate(keys):
            weights, grown, active = (key[name] for name in ("weights", "gradients", "activations"))
            if number + 1 < len(keys):
                behind = keys[number + 1]
                most = value_frac(behind["weights"]) + behind["gradients"]["frac"]
                grown["frac"] = model.clamp(grown["frac"], max(0, most - 47), min(31, most))
            unused = weights["bits"] - weights.get("used", weights["bits"])
            weights["frac"] = model.clamp(weights["frac"], unused, min(31, inputs + grown["frac"]))
            weights["init"] = model.clamp(weights["init"], -weights["frac"],
                                          min(0, weights["bits"] - 1 - weights["frac"]))
            active["frac"] = model.clamp(active["frac"], 0, min(31, inputs + value_frac(weights)))
            if isinstance(key.get("bias"), dict):
                limit_bias(key["bias"], min(31, grown["frac"], inputs + value_frac(weights)))
            inputs = active["frac"]


def limit_bias(bias, finest):
    bias["frac"] = model.clamp(bias["frac"], 0, finest)
    if "init" in bias:
        bias["init"] = model.clamp(bias["init"], -bias["frac"], min(0, bias["bits"] - 1 - bias["frac"]))


def forget_some(draw, layers):
    """Leaves keys out, so that defaults stand in their place."""
    for layer in layers:
        (keys,) = layer.values()
        for key in list(keys["bias"]) if isinstance(keys.get("bias"), dict) else []:
            if draw.random() < 0.3:
                del keys["bias"][key]
        for name in model.FORMAT_KEYS:
            for key in list(keys[name]):
                if draw.random() < 0.08:
                    del keys[name][key]
            if not keys[name] or draw.random() < 0.08:
                del keys[name]


def spoil_one(draw, layers):
    """Moves one number of a format anywhere near: perhaps beyond what can be built."""
    (keys,) = draw.choice(layers).values()
    word = keys[draw.choice(model.FORMAT_KEYS)]
    key = draw.choice(sorted(word))
    word[key] += draw.choice((-1, 1, draw.randint(-12, 12), draw.randint(-30, 30)))


def draw_rate(draw, layers, values, frac):
    """So that updates are some last places of one of the layers' weights."""
    number = draw.randrange(len(layers))
    (keys,) = layers[number].values()
    step = values[number] * 0.2 * 2 ** keys["weights"]["frac"]
    return model.clamp(log2_of(step) - draw.randint(-3, 4), 0, 15) if draw.random() < 0.9 else draw.randint(0, 2)


def draw_depth(draw, pixels):
    """Fewer bits of a byte; now and then ones that do not go with the offset."""
    depth = draw.choice((1, 1, 2, 3, 5, 7))
    if "offset" in pixels and draw.random() < 0.9:
        pixels["offset"] >>= 8 - depth
    if depth > 1 or draw.random() < 0.5:
        pixels["bits"] = depth
    if depth == 1 and (len(pixels) == 2 or draw.random() < 0.7) or draw.random() < 0.02:
        pixels["threshold"] = draw.choice((1, 40, 128, 200, 255))


def draw_net(draw):
    """A description as a dictionary; a few cannot be built."""
    height, width, layers = draw_shapes(draw)
    style = draw.choice(("mixed", "mixed", "mixed", "narrow", "narrow", "paper", "wide"))
    frac = draw.choice((0, 5, 6, 6, 7, 7, 8, 8, 9, 12, 20, 31))
    values = draw_formats(draw, sizes(height, width, layers), layers, frac, style)
    draw_biases(draw, layers, style)
    limit_formats(layers, frac)
    if draw.random() < 0.2:
        spoil_one(draw, layers)
    training = {"rate": draw_rate(draw, layers, values, frac), "rounding": draw.choice(model.ROUNDINGS)}
    if training["rounding"] == "stochastic" and draw.random() < 0.8:
        training["random_bits"] = draw.randint(1, 16)
    if draw.random() < 0.5:
        forget_some(draw, layers)
    net = {"name": draw.choice(("n", "Net_1", "x" * 32)), "input": {"height": height, "width": width}, "layers": layers}
    if frac != 6 or draw.random() < 0.5:
        net["input"]["frac"] = frac
    if draw.random() < 0.6:
        net["input"]["offset"] = draw.choice((0, 1, 77, 127, 128, 129, 200, 255))
    if draw.random() < 0.2:
        draw_depth(draw, net["input"])
    for key in list(training):
        if draw.random() < 0.1 and (key, "random_bits" in training) != ("rounding", True):
            del training[key]
    if training:
        net["training"] = training
    if draw.random() < 0.2:
        net["layout"] = {"multipliers": "shared", "lanes": 1}
        if not any("dense" in layer for layer in layers):
            del net["layout"]["lanes"]
    return net


# Writing a description


def flow(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def block(draw, mapping, indent):
    """A mapping with each value on its line or in lines of its own."""
    text = ""
    for key, value in mapping.items():
        comment = "  # " + key if draw.random() < 0.1 else ""
        if isinstance(value, list) and value and isinstance(value[0], dict):
            text += f"{indent}{key}:{comment}\n" + "".join(list_item(draw, item, indent + "  ") for item in value)
        elif isinstance(value, dict) and value and draw.random() < 0.4:
            text += f"{indent}{key}:{comment}\n" + block(draw, value, indent + "  ")
        else:
            text += f"{indent}{key}: {flow(value)}{comment}\n"
    return text


def list_item(draw, item, indent):
    return indent + "- " + block(draw, item, indent + "  ")[len(indent) + 2 :]


def net_yaml(draw, net):
    return block(draw, net, "")


# Drawing pictures


def draw_pictures(draw, net, labels):
    """Noise, noise about the offset, extremes, or a pattern of each class in noise."""
    noise = np.random.RandomState(draw.randrange(2**32))
    shape = (len(labels), net.height, net.width)
    kind = draw.choice(("noise", "quiet", "extreme", "pattern", "pattern"))
    if kind == "noise":
        return noise.randint(0, 256, shape).astype(np.uint8)
    if kind == "quiet":
        return np.clip(model.zero_byte(net) + noise.randint(-20, 21, shape), 0, 255).astype(np.uint8)
    if kind == "extreme":
        return noise.choice((0, 255), shape).astype(np.uint8)
    patterns = noise.randint(0, 256, (net.classes + 3, net.height, net.width))
    return np.clip(patterns[labels] + noise.randint(-40, 41, shape), 0, 255).astype(np.uint8)


def draw_labels(draw, classes, least):
    """Classes of different size, in a random order."""
    counts = [draw.randint(least, least + draw.choice((0, 2, 6))) for _ in range(classes)]
    labels = [label for label, count in enumerate(counts) for _ in range(count)]
    draw.shuffle(labels)
    return np.array(labels)


def draw_files(draw, labels, names):
    """A file has pictures of one class that stand one behind the other."""
    files, numbers = [], []
    for place, label in enumerate(labels):
        if not files or labels[place - 1] != label or draw.random() < 0.5:
            files.append(label)
        numbers.append(len(files) - 1)
    return [f"{names[label]}/f-{number:03}.wav" for number, label in enumerate(files)], files, numbers


def draw_part_column(draw, files):
    """The column `part`: parts with or without validation, or folds."""
    values = draw.choice((["1", "2", "3"], ["train", "validation", "test"], ["test", "train"]))
    return {"name": "part", "values": sorted(values), "value": [draw.randrange(len(values)) for _ in files]}


def draw_sidecar(draw, net, labels, names):
    """dataset.json: files, recordings of one class or shared, and a column that is sometimes empty."""
    paths, classes, numbers = draw_files(draw, labels, names)
    shared = draw.random() < 0.4
    rooms = draw.randint(3, 12)
    recordings = [f"room {draw.randrange(rooms)}" if shared else f"{names[label]} {draw.randrange(20)}"
                  for label in classes]
    recordings = [path if draw.random() < 0.15 else name for path, name in zip(paths, recordings)]
    listed = sorted(set(recordings), key=str.encode)
    authors = [None if draw.random() < 0.2 else f"{draw.randrange(30)}" for _ in classes]
    values = sorted({author for author in authors if author}, key=str.encode)
    columns = [{"name": "class", "values": list(names), "value": [int(label) for label in classes]},
               {"name": "author", "values": values,
                "value": [values.index(author) if author else -1 for author in authors]}]
    if draw.random() < 0.3:
        columns.append(draw_part_column(draw, paths))
    segments = [numbers[:place].count(number) for place, number in enumerate(numbers)]
    pictures = {"count": len(labels), "height": net.height, "width": net.width,
                "recording": [listed.index(recordings[number]) for number in numbers], "file": numbers,
                "segment": segments}
    return {"format": "engram-dataset", "version": 1, "classes": list(names), "recordings": listed, "files": paths,
            "pictures": pictures, "view": "spectrum", "rate_hz": [22050] * len(paths),
            "bandwidth_hz": [11025] * len(paths), "columns": columns}


def write_idx(path, array):
    header = struct.pack(f">{1 + array.ndim}I", 0x800 + array.ndim, *array.shape)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


def write_pictures(draw, folder, pictures, labels):
    """Under the names of `engram features`, or MNIST's with some of them for the test."""
    parts = [("", slice(0, None))]
    if draw.random() < 0.3 and not (folder / "dataset.json").exists():
        last = draw.randint(1, 8) * draw.randint(0, 1)
        parts = [("train-", slice(0, len(labels) - last))] + [("t10k-", slice(len(labels) - last, None))] * (last > 0)
    for name, part in parts:
        write_idx(folder / f"{name}images-idx3-ubyte", pictures[part])
        write_idx(folder / f"{name}labels-idx1-ubyte", labels[part])


def draw_dataset(draw, folder, net):
    """Pictures and labels for a net; now and then with classes that --classes leaves out. Returns its list."""
    folder.mkdir(parents=True, exist_ok=True)
    classes = net.classes + draw.choice((0, 0, 0, 0, 1, 3) if net.classes < 14 else (0,))
    labels = draw_labels(draw, classes, draw.choice((3, 3, 4, 6)) if classes > 7 else draw.choice((3, 5, 9, 12)))
    names = [str(label) for label in range(classes)]
    if draw.random() < 0.5:
        names = draw.sample(WORDS, classes) if classes <= len(WORDS) else names
        (folder / "dataset.json").write_text(json.dumps(draw_sidecar(draw, net, labels, names)), encoding="utf-8")
    write_pictures(draw, folder, draw_pictures(draw, net, labels), labels)
    if classes == net.classes and draw.random() < 0.8:
        return None
    return draw.sample(names, net.classes)


# Drawing options


def draw_parts(draw, options, data):
    """What decides the split."""
    has_sidecar = bool(data.columns)
    options.split = draw.choice(("segment", "recording", "recording", "author") if has_sidecar else
                                ("segment", "recording"))
    if "part" in data.columns and draw.random() < 0.7:
        options.split = "part"
    elif not data.named.any() and draw.random() < 0.1:
        options.use_parts = [draw.choice(model.PARTS[:: draw.choice((1, 2))]) for _ in range(len(data))]
    folds = options.split == "part" and "1" in data.columns["part"]
    if folds or draw.random() < 0.3 and options.split != "part" and options.use_parts is None:
        count = 3 if folds and draw.random() < 0.9 else draw.randint(3, 4)
        options.rotation = (draw.randint(1, count), count)
    elif draw.random() < 0.2 and options.split != "part" and options.use_parts is None and not data.named.any():
        options.test = draw.randint(1, 8)


def draw_options(draw, net, classes, data):
    options = model.Options(seed=draw.choice((0, 1, draw.randrange(1000), draw.randrange(2**63), 2**64 - 1)))
    options.classes = classes
    if draw.random() < 0.3:
        options.rate = draw.randint(max(0, net.rate - 3), min(15, net.rate + 3))
    draw_parts(draw, options, model.choose_classes(data, classes))
    options.balance = draw.random() < 0.3
    if draw.random() < 0.4:
        options.shift, options.mirror = draw.choice(((1, False), (2, True), (0, True), (1, True), (3, False)))
        if draw.random() < 0.9:  # more is refused
            options.shift = min(options.shift, min(net.height, net.width) // 2)
    if draw.random() < 0.3:
        options.halve = tuple(sorted(draw.sample(range(1, 4), draw.randint(1, 2))))
    if draw.random() < 0.2:
        names = [layer.name for layer in net.layers]
        options.freeze = draw.sample(names, draw.randint(0, len(names)))
    if draw.random() < 0.2:
        options.patience = draw.randint(1, 3)
    if draw.random() < 0.2:
        options.epochs = draw.randint(1, 3)
    return options


def quote(name):
    return '"' + name.replace('"', '""') + '"' if "," in name else name


def part_words(options):
    """Options that say which pictures are in which part, beside --split."""
    words = []
    if options.rotation:
        words += ["--rotation", "%d/%d" % options.rotation]
    if options.test:
        words += ["--test", str(options.test)]
    if options.use_parts is not None:
        words += ["--use-parts", "use.csv"]
    return words


def class_words(options):
    return ["--classes", ",".join(map(quote, options.classes))] if options.classes else []


def repeated_words(options):
    """Options that are named again where a training goes on (order.md, "What a run keeps"): --split is not."""
    words = part_words(options)
    how = [f"shift={options.shift}"] * (options.shift > 0) + ["mirror"] * options.mirror
    words += ["--augment", ",".join(how)] if how else []
    words += ["--halve", ",".join(map(str, options.halve))] if options.halve else []
    words += ["--patience", str(options.patience)] if options.patience else []
    words += ["--balance"] if options.balance else []
    return words + class_words(options) + ["--epochs", str(options.epochs)]


def first_words(options):
    """Options that a weight file keeps."""
    words = ["--seed", str(options.seed)]
    words += ["--split", options.split] if options.use_parts is None else []
    words += ["--rate", str(options.rate)] if options.rate is not None else []
    return words + (["--freeze", ",".join(options.freeze) or "none"] if options.freeze is not None else [])


# The command


class Command:
    """Runs of `engram` in a folder of one net."""

    def __init__(self, engram, folder):
        self.engram, self.folder = engram, folder

    def run(self, *words):
        """Exit status, standard output, message."""
        done = subprocess.run([str(self.engram), *map(str, words)], cwd=self.folder, capture_output=True, text=True,
                              encoding="utf-8", check=False)
        return done.returncode, done.stdout, done.stderr.strip()

    def accepts(self):
        return self.run("estimate", "--net", "net.yaml", "--json")[0] == 0

    def train(self, *words):
        return self.run("train", "--net", "net.yaml", "--data", "data", "--json", *words)


# Comparing


class Differences:
    """What is not equal, in words."""

    def __init__(self):
        self.found = []
        self.compared = 0

    def expect(self, what, expected, found):
        self.compared += 1
        if expected != found:
            self.found.append(f"{what}: model {expected}, engram {found}")

    def expect_array(self, what, expected, found):
        self.compared += expected.size
        if expected.shape != found.shape:
            self.found.append(f"{what}: shape {expected.shape}, engram {found.shape}")
        elif not np.array_equal(expected, found):
            place = np.argwhere(expected != found)[0]
            self.found.append(f"{what}{list(map(int, place))}: model {expected[tuple(place)]}, "
                              f"engram {found[tuple(place)]} ({np.count_nonzero(expected != found)} differ)")


def how_text(options):
    words = [f"halve={','.join(map(str, options.halve))}"] * bool(options.halve)
    changes = [f"shift={options.shift}"] * (options.shift > 0) + ["mirror"] * options.mirror
    words += ["augment=" + ",".join(changes)] * bool(changes) + ["balance"] * options.balance
    return " ".join(words) or "-"


def compare_file(differences, path, run, snapshot, data_hash):
    """A weight file: each weight and the metadata."""
    tensors, metadata = model.read_safetensors(path)
    net, what = run.net, path.name
    names = [f"{layer.name}.weight" for layer in net.layers]
    names += [f"{layer.name}.bias" for layer in net.layers if layer.bias]
    differences.expect(what, sorted(names), sorted(tensors))
    for number, layer in enumerate(net.layers):
        expected = model.tensor_of(net, number, snapshot.weights[number])
        differences.expect_array(f"{what} {layer.name}.weight", expected, tensors[f"{layer.name}.weight"])
        if layer.bias:
            expected = model.bias_of(net, number, snapshot.weights[number])
            differences.expect_array(f"{what} {layer.name}.bias", expected, tensors[f"{layer.name}.bias"])
    freeze = sum(1 << number for number, frozen in enumerate(run.model.frozen) if frozen)
    expected = {"random_state": f"{snapshot.state:032x}", "steps": snapshot.steps, "rate": snapshot.rate,
                "freeze": freeze, "seed": run.options.seed, "epoch": snapshot.epoch, "position": snapshot.position,
                "data_hash": data_hash, "net_hash": model.net_hash(net), "net": net.name,
                "class_names": ",".join(map(quote, run.data.names)), "how": how_text(run.options)}
    for key, value in expected.items():
        differences.expect(f"{what} {key}", str(value), metadata.get(key))


def named(net, record):
    """Counters by layer's name, as --json has them."""
    return {key: {layer.name: count for layer, count in zip(net.layers, value)} if isinstance(value, list) else value
            for key, value in record.items()}


def compare_figures(differences, what, expected, found):
    for key, value in expected.items():
        differences.expect(f"{what} {key}", value, (found or {}).get(key))


def compare_run(differences, result, run, first_epoch):
    """What --json says of the epochs, and where the run stands."""
    found = result["runs"][0]
    epochs = run.epochs[first_epoch:]
    differences.expect("epochs", len(epochs), len(found["epochs"]))
    for expected, shown in zip(epochs, found["epochs"]):
        compare_figures(differences, f"epoch {expected['epoch']}", named(run.net, expected), shown)
    unfinished = None
    if run.figures.count:
        unfinished = {"epoch": run.epoch + 1, **named(run.net, run.record())}
        compare_figures(differences, "unfinished epoch", unfinished, found["unfinished_epoch"])
    differences.expect("unfinished epoch", unfinished is None, found["unfinished_epoch"] is None)
    expected = {"epoch": run.epoch, "position": run.position, "steps": run.model.steps, "best_epoch": run.best_epoch,
                "ended_by_patience": run.ended_by_patience,
                "pictures": {"train": len(run.trained), "validation": len(run.validation), "test": len(run.test)}}
    compare_figures(differences, "run", expected, found)
    test = run.test_figures()
    expected = {"count": test.count, "accuracy": test.accuracy, "loss": test.mean_loss}
    compare_figures(differences, "test", expected, found["test"])


def compare_parts(differences, path, run):
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    differences.expect("parts", [(str(number), str(label), model.PARTS[part])
                                 for number, (label, part) in enumerate(zip(run.data.labels, run.parts))],
                       [(row["picture"], row["label"], row["part"]) for row in rows])


def compare_replies(differences, path, run, pictures):
    """Each picture's class and probabilities, with 8 decimals."""
    with open(path, encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    probabilities, answers = run.model.infer(run.data.pictures[pictures])
    expected = [[str(number), str(run.data.labels[number]), str(answer)] + [f"{p / 32768:.8f}" for p in row]
                for number, answer, row in zip(pictures, answers, probabilities)]
    differences.expect("replies", len(expected), len(rows))
    for mine, shown in zip(expected, rows):
        differences.expect("reply", mine, shown)


# One case


class Case:
    """A net, its pictures and options in a folder, and what the command made of them."""

    def __init__(self, engram, folder, seed):
        self.seed, self.folder, self.command = seed, folder, Command(engram, folder)
        self.draw = random.Random(seed)
        self.refused = collections.Counter()
        self.differences = Differences()
        folder.mkdir(parents=True, exist_ok=True)

    def note_refusal(self, kind, reason, accepted):
        """Model and command must refuse the same."""
        if accepted:
            self.differences.found.append(f"{kind}: the model refuses ({reason}), engram does not")
        self.refused[kind] += 1

    def draw_all(self):
        """Draws again what is refused, by both."""
        while not self.differences.found:
            self.text = net_yaml(self.draw, draw_net(self.draw))
            (self.folder / "net.yaml").write_text(self.text)
            try:
                self.net = model.read_net(self.text)
            except model.Refused as reason:
                self.note_refusal("net", reason, self.command.accepts())
                continue
            if self.draw_training():
                return

    def draw_training(self):
        """A data set and options for the net; the command's training, unless both refuse."""
        for path in (self.folder / "data").glob("*"):
            path.unlink()
        classes = draw_dataset(self.draw, self.folder / "data", self.net)
        self.options = draw_options(self.draw, self.net, classes, model.read_dataset(self.folder / "data"))
        if self.options.use_parts is not None:
            rows = "".join(f"{number},{part}\n" for number, part in enumerate(self.options.use_parts))
            (self.folder / "use.csv").write_text("picture,part\n" + rows)
        words = [*first_words(self.options), *repeated_words(self.options)]
        self.words = [*words, "--steps", str(STEPS), "--save", "W", "--parts", "parts.csv"]
        status, output, message = self.command.train(*self.words)
        try:
            self.new_run()
        except model.Refused as reason:
            self.note_refusal("training", reason, status == 0)
            return False
        if status != 0:
            self.differences.found.append(f"engram refuses ({message}), the model does not")
            return False
        self.result = json.loads(output)
        self.part = self.draw.choice(("test", "validation", "train", "all"))
        self.evaluate()
        return True

    def evaluate(self):
        status, output, message = self.command.run(
            "eval", "--net", "net.yaml", "--data", "data", "--load", "W", "--replies", "replies.csv", "--json",
            "--part", self.part, *part_words(self.options), *class_words(self.options))
        if status != 0:
            self.differences.found.append(f"eval: {message}")
        self.evaluation = json.loads(output or "{}")

    def new_run(self):
        data = model.choose_classes(model.read_dataset(self.folder / "data"), self.options.classes)
        return model.Run(self.net, data, self.options)

    def compare(self):
        """The whole training anew in the model, beside what the command has written."""
        differences = Differences()
        run = self.new_run()
        first = list(run.model.weights)
        for _ in range(STEPS):
            if not run.over():
                run.step()
        self.features = {*net_features(self.net), *option_features(self.options, run.data), *run_features(run, first)}
        data_hash = model.data_hash(run.data, run.parts)
        compare_parts(differences, self.folder / "parts.csv", run)
        compare_file(differences, self.folder / "W", run, run.snapshot(), data_hash)
        compare_file(differences, self.folder / "W.best", run, run.best or run.snapshot(), data_hash)
        compare_run(differences, self.result, run, 0)
        pictures = range(len(run.data)) if self.part == "all" else np.flatnonzero(
            run.parts == model.PARTS.index(self.part))
        compare_replies(differences, self.folder / "replies.csv", run, pictures)
        figures = run.measure(pictures)
        metrics = {"count": figures.count, "accuracy": figures.accuracy, "loss": figures.mean_loss}
        compare_figures(differences, "eval", metrics, self.evaluation.get("metrics"))
        return differences

    def compare_single_steps(self):
        """A run that is stopped behind each step, and goes on."""
        differences = Differences()
        run = self.new_run()
        data_hash = model.data_hash(run.data, run.parts)
        words = first_words(self.options)
        for step in range(STEPS):
            status, output, message = self.command.train(*words, *repeated_words(self.options), "--steps", "1",
                                                         "--save", "S")
            differences.expect(f"step {step + 1}", (0, ""), (status, message if status else ""))
            if status:
                break
            run.forget_figures()
            epochs = len(run.epochs)
            if not run.over():
                run.step()
            compare_file(differences, self.folder / "S", run, run.snapshot(), data_hash)
            compare_file(differences, self.folder / "S.best", run, run.best or run.snapshot(), data_hash)
            compare_run(differences, json.loads(output), run, epochs)
            if differences.found:
                differences.found.insert(0, f"after step {step + 1}")
                break
            words = ["--load", "S"]
        return differences


# Deliberate errors: the attribute of the model's module or class that is replaced, and by what


def wrong_update(weights, u, s, word, rounding, random_bits, rho):
    return RIGHT_UPDATE(weights, u, s, word, "truncate" if rounding == "nearest" else "nearest", random_bits, rho)


def wrong_flatten(pictures, kernel):
    """Taps column by column."""
    view = np.lib.stride_tricks.sliding_window_view(pictures, kernel, axis=(1, 2))
    return view.swapaxes(3, 4).reshape(len(pictures), -1, kernel[0] * kernel[1])


def wrong_gradient(self, number, values, gradient):
    """The convolution's gradient with filters outermost."""
    layer = self.net.layers[number]
    if layer.kind == "conv":
        return model.windows(values, layer.kernel)[0].T @ gradient.reshape(layer.units, layer.positions).T
    return RIGHT_PRODUCT(self, number, values, gradient)


def wrong_backward(self, number, _weights, gradient, gate):
    return RIGHT_BACKWARD(self, number, self.matrix(number), gradient, gate)


def wrong_bias_product(self, number, gradient):
    return RIGHT_BIAS_PRODUCT(self, number, gradient) * 2


def wrong_scale(self, number, sums):
    """The share of what was rounded already."""
    layer = self.net.layers[number]
    if not layer.dropped:
        return RIGHT_SCALE(self, number, sums)
    return model.round_shift(sums, layer.forward_shift) * layer.kept, 4


def wrong_shuffle(items, generator):
    for i in range(len(items) - 1, 0, -1):
        j = generator.next() % i if i > 1 else 0
        items[i], items[j] = items[j], items[i]


RIGHT_UPDATE, RIGHT_PRODUCT, RIGHT_BACKWARD = model.update_words, model.Model.product, model.Model.backward
RIGHT_SCALE, RIGHT_BIAS_PRODUCT = model.Model.scaled, model.Model.bias_product
RIGHT_KEPT, RIGHT_HASH, RIGHT_AUGMENT, RIGHT_ORDER = (
    model.kept_units, model.hash_of, model.augment, model.epoch_order)
MUTANTS = {
    "normaliser-truncates": (model, "round_shift", lambda sums, shift: sums >> shift),
    "update-rounding": (model, "update_words", wrong_update),
    "taps-transposed": (model, "windows", wrong_flatten),
    "filters-outermost": (model.Model, "product", wrong_gradient),
    "bias-product": (model.Model, "bias_product", wrong_bias_product),
    "new-weights-backward": (model.Model, "backward", wrong_backward),
    "other-unit-kept": (model, "kept_units", lambda stream, layer: ~RIGHT_KEPT(stream, layer)),
    "draw-less-one": (model, "kept_units", lambda stream, layer: RIGHT_KEPT(
        stream, dataclasses.replace(layer, dropped=max(0, layer.dropped - 1)) if layer.dropped > 1 else layer)),
    "share-rounded-twice": (model.Model, "scaled", wrong_scale),
    "key-shifted": (model, "hash_of", lambda numbers, key, bits: RIGHT_HASH(numbers, key >> 1, bits)),
    "split-shuffle": (model, "shuffle", wrong_shuffle),
    "order-next-epoch": (model, "epoch_order", lambda seed, epoch, count: RIGHT_ORDER(seed, epoch + 1, count)),
    "augment-mirrored": (model, "augment", lambda picture, *rest: RIGHT_AUGMENT(picture, *rest)[:, ::-1]),
    "balance-deck": (model, "deck", lambda pictures, seed, place, number: list(pictures)),
}


@contextlib.contextmanager
def mutant(name):
    """The model with one error, or as it is without a name."""
    if name is None:
        yield
        return
    owner, attribute, wrong = MUTANTS[name]
    right = getattr(owner, attribute)
    setattr(owner, attribute, wrong)
    try:
        yield
    finally:
        setattr(owner, attribute, right)


def notices(name, cases):
    """Whether the comparison fails for one of the cases when the model has the error."""
    with mutant(name):
        for case in cases:
            try:
                if case.compare().found:
                    return True
            except model.Refused:
                return True
    return False


# Numbers that stand on the pages

TINY = """name: tiny
input: {height: 8, width: 8}
layers:
  - conv: {filters: 2, kernel: 3, gradients: {frac: 16}}
  - dense: {units: 12, weights: {frac: 16, init: -5}, gradients: {frac: 15}}
  - output: {classes: 3, weights: {frac: 15, init: -3}}
"""


def page_examples():
    """What is computed, and what a page has: the model against the documents, without the command."""
    yield "net hash (description.md)", model.net_hash(model.read_net(TINY)), "06b1443815079342"
    yield "first bits (formats.md)", model.random_stream(model.initial_state(1), 8), 0b11000001
    for seed, state in ((0, 0x373C4F3550DCB2FAE220A8397B1DCDAF), (1, 0x5F75C6D0B2C77633910A2DEC89025CC1),
                        (2, 0x5FE4230805FE0F21975835DE1C9756CE)):
        yield f"state of seed {seed} (formats.md)", model.initial_state(seed), state
    state = model.random_advance(model.initial_state(1), 130)
    yield "130 shifts later (formats.md)", state, 0x4E128CD3ABC978D2A5FC3409BD919614
    yield "epoch 0 (order.md)", model.epoch_order(1, 0, 10), [4, 2, 1, 3, 7, 9, 5, 0, 6, 8]
    yield "epoch 1 (order.md)", model.epoch_order(1, 1, 10), [3, 8, 0, 1, 7, 2, 4, 9, 5, 6]
    generator, shuffled = model.SplitMix64(1), [list(range(10)), list(range(10, 20))]
    for groups in shuffled:
        model.shuffle(groups, generator)
    yield "shuffles (order.md)", shuffled, [[4, 2, 8, 1, 9, 3, 0, 6, 7, 5], [12, 15, 17, 13, 11, 14, 19, 18, 16, 10]]
    picture = np.arange(9, dtype=np.uint8).reshape(3, 3)
    shown = [[4, 3, 99], [7, 6, 99], [99, 99, 99]]  # -1 down, -1 right, of the mirrored picture
    yield "augmentation (order.md)", model.augment(picture, 99, 1, 0, 0, 1, True).tolist(), shown


def check_pages():
    wrong = [(what, found, page) for what, found, page in page_examples() if found != page]
    for what, found, page in wrong:
        print(f"FAILED {what}: model {found}, page {page}")
    return len(wrong)


# What was drawn


def net_features(net):
    hidden = [layer for layer in net.layers if layer.kind == "dense"]
    words = {getattr(layer, key).bits for layer in net.layers for key in model.FORMAT_KEYS}
    yield "conv" if net.layers[0].kind == "conv" else "no conv"
    yield f"{len(hidden)} hidden"
    yield net.rounding
    yield "mixed words" if len(words) > 1 else "one word"
    yield from ("wide words",) * (max(words) > 16)
    yield from ("pixels of 1 bit",) * (net.depth == 1)
    yield from ("pixels of 2 to 7 bits",) * (1 < net.depth < 8)
    yield from ("bias",) * any(layer.bias for layer in net.layers)
    yield from ("bias of a convolution",) * (net.layers[0].kind == "conv" and net.layers[0].bias is not None)
    yield from ("no relu",) * any(not layer.relu for layer in hidden)
    yield from ("dropout",) * any(layer.dropout for layer in hidden)
    yield from ("dropout of a share",) * any(layer.dropped for layer in hidden)
    yield from ("long stream",) * (model.stream_bits(net)[1] > 127)
    yield from ("shifts below R",) * (net.rounding == "stochastic" and any(
        layer.update_shift + net.rate < net.random_bits for layer in net.layers))


def option_features(options, data):
    yield options.split if options.use_parts is None else "use-parts"
    for key in ("rotation", "test", "classes", "balance", "shift", "mirror", "halve", "patience", "rate"):
        yield from (key,) * bool(getattr(options, key))
    yield "dataset.json" if data.columns else "IDX alone"
    yield from ("t10k",) * bool(data.named.any())
    groups = model.make_groups(data, options.split) if options.use_parts is None else []
    yield from ("shared groups",) * any(len(set(data.labels[group])) > 1 for group in groups)


def run_features(run, first):
    yield from ("frozen",) * any(run.model.frozen)
    yield from ("learned",) * any(np.any(new != old) for new, old in zip(run.model.weights, first))
    yield from ("used in part",) * any(layer.unused for layer in run.model.net.layers)
    yield from ("epoch finished",) * bool(run.epochs)
    yield from ("ended by patience",) * run.ended_by_patience
    records = run.epochs + ([run.record()] if run.figures.count else [])
    for key in run.model.counters:
        yield from (key.replace("_", " "),) * any(sum(record[key]) for record in records)


# The whole check


def check_net(engram, workdir, seed, single_steps):
    """One net; the case, whose differences are the verdict."""
    case = Case(engram, workdir / str(seed), seed)
    case.draw_all()
    if not case.differences.found:
        case.differences = case.compare()
    if not case.differences.found and single_steps:
        more = case.compare_single_steps()
        case.differences.found += more.found
        case.differences.compared += more.compared
    return case


def replay(arguments, case):
    mutate = f" --mutate {arguments.mutate}" if arguments.mutate else ""
    return (f"FAILED net {case.seed}: {case.differences.found[0]}; check.py ENGRAM WORKDIR --nets 1 --seed {case.seed}"
            f"{mutate} --single-steps replays it in WORKDIR/{case.seed}")


def self_test(cases):
    """Errors that no case has noticed."""
    missed = [name for name in MUTANTS if not notices(name, cases)]
    for name in missed:
        print(f"FAILED self-test: the error {name} was not noticed in any of {len(cases)} nets")
    print(f"self-test: {len(MUTANTS) - len(missed)} of {len(MUTANTS)} deliberate errors noticed")
    return len(missed)


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engram", type=pathlib.Path)
    parser.add_argument("workdir", type=pathlib.Path)
    parser.add_argument("--nets", type=int, default=100)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--mutate", choices=sorted(MUTANTS), default=None)
    parser.add_argument("--single-steps", action="store_true", help="of every net, not of one in ten")
    return parser.parse_args()


def main():
    arguments = read_arguments()
    seed = arguments.seed if arguments.seed is not None else int(time.time())
    print(f"ENGRAM_SEED={seed}", flush=True)
    cases, refused, features, failed, compared = [], collections.Counter(), collections.Counter(), 0, 0
    wrong_pages = check_pages()
    with mutant(arguments.mutate):
        for number in range(arguments.nets):
            single = arguments.single_steps or number % SINGLE_STEPS_EVERY == 0
            case = check_net(arguments.engram.resolve(), arguments.workdir.resolve(), seed + number, single)
            refused += case.refused
            compared += case.differences.compared
            if case.differences.found:
                failed += 1
                print(replay(arguments, case), flush=True)
            else:
                cases.append(case)
                features.update(case.features)
    print("features: " + ", ".join(f"{name} {count}" for name, count in sorted(features.items())))
    print(f"drawn again: {refused['net']} nets and {refused['training']} trainings that model and command refuse; "
          f"{compared} values compared")
    missed = 0
    if not arguments.mutate and arguments.nets >= 50:
        missed = self_test(cases)
    for case in cases:
        shutil.rmtree(case.folder)
    print(f"{arguments.nets - failed} passed, {failed} failed")
    return 1 if failed or missed or wrong_pages else 0


if __name__ == "__main__":
    sys.exit(main())
