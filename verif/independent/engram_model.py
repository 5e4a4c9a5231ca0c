# SPDX-License-Identifier: MIT
"""A second statement of Engram's golden model, written from its documents alone, in Python and NumPy.

Nothing here was taken from Engram's sources: each part cites the page of docs/ that it follows, and check.py compares
it with the command `engram` bit for bit. It is made to be read, not to be fast. From top to bottom:

    splitmix64, FNV-1a           order.md, description.md
    descriptions                 description.md: the YAML subset, defaults, limits, the net hash
    numbers                      formats.md: normaliser, updates, random bits, initial weights, softmax
    a step                       equations.md, "A step in integers"
    pictures, split, epochs      order.md
    a run, weight files          order.md, pytorch.md
"""

import dataclasses
import json
import math
import pathlib
import struct

import numpy as np

MASK32 = 2**32 - 1
MASK64 = 2**64 - 1
ROUNDINGS = ("nearest", "stochastic", "truncate")
FORMAT_KEYS = ("weights", "activations", "gradients")
PARTS = ("train", "validation", "test")


class Refused(Exception):
    """What the documents say the command refuses."""


def refuse_unless(condition, what):
    if not condition:
        raise Refused(what)


# splitmix64 (order.md, "splitmix64")


class SplitMix64:
    """A generator is one number x."""

    def __init__(self, x):
        self.x = x & MASK64

    def next(self):
        self.x = (self.x + 0x9E3779B97F4A7C15) & MASK64
        z = ((self.x ^ (self.x >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK64
        return z ^ (z >> 31)


def splitmix64(x):
    """The first result from x on."""
    return SplitMix64(x).next()


def fnv1a(data, value=0xCBF29CE484222325):
    """FNV-1a with 64 bits (description.md, "Two hashes")."""
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & MASK64
    return value


# The YAML subset of descriptions (description.md)


def read_scalar(text):
    """An integer, true, false, or a name."""
    if text in ("true", "false"):
        return text == "true"
    digits = text[1:] if text.startswith("-") else text
    return int(text) if digits.isdigit() else text


def split_flow(text):
    """The items between the brackets of a flow list or mapping, with commas of inner brackets left alone."""
    items, depth, item = [], 0, ""
    for char in text:
        depth += (char in "{[") - (char in "}]")
        if char == "," and depth == 0:
            items.append(item)
            item = ""
        else:
            item += char
    return items + [item] if item.strip() else items


def read_pair(text):
    key, _, value = text.partition(":")
    return key.strip(), value.strip()


def read_flow(text):
    """A scalar, [list] or {mapping} on one line."""
    text = text.strip()
    if text.startswith("["):
        return [read_flow(item) for item in split_flow(text[1:-1])]
    if text.startswith("{"):
        return {key: read_flow(value) for key, value in map(read_pair, split_flow(text[1:-1]))}
    return read_scalar(text)


def read_block(lines, indent):
    """Lines, as (indent, text), of one mapping or list that stand at least `indent` deep; they are taken away."""
    if lines[0][1].startswith("- "):
        return read_list(lines, lines[0][0])
    result = {}
    indent = lines[0][0]
    while lines and lines[0][0] == indent and not lines[0][1].startswith("- "):
        key, value = read_pair(lines.pop(0)[1])
        refuse_unless(key not in result, f"{key} twice")
        if value:
            result[key] = read_flow(value)
        elif lines and (lines[0][0] > indent or lines[0][0] == indent and lines[0][1].startswith("- ")):
            result[key] = read_block(lines, lines[0][0])
    return result


def read_list(lines, indent):
    result = []
    while lines and lines[0][0] == indent and lines[0][1].startswith("- "):
        depth, text = lines[0]
        rest = text[2:].lstrip()
        lines[0] = (depth + len(text) - len(rest), rest)
        result.append(read_block(lines, lines[0][0]))
    return result


def read_yaml(text):
    """Block mappings, block lists of mappings, and flow values on one line; comments begin with #."""
    lines = [line.split("#")[0].rstrip() for line in text.splitlines()]
    lines = [(len(line) - len(line.lstrip()), line.strip()) for line in lines if line.strip()]
    return read_block(lines, 0)


# Descriptions: defaults and ranges (description.md, "Keys", "Layers", "Formats")


@dataclasses.dataclass
class Format:
    """A word of `bits` bits, `frac` of them behind the binary point."""

    bits: int
    frac: int

    @property
    def low(self):
        return -(2 ** (self.bits - 1))

    @property
    def high(self):
        return 2 ** (self.bits - 1) - 1

    @property
    def magnitude(self):
        return 2 ** (self.bits - 1)


@dataclasses.dataclass
class Layer:
    """A layer with every default filled in, and what follows from its place in the net."""

    kind: str
    name: str
    units: int  # filters, units or classes: the columns of its weights
    weights: Format  # as they are stored
    activations: Format
    gradients: Format
    used: int  # bits of a weight that sums take
    init: int  # None while a default stands for it
    freeze: bool
    relu: bool = False
    dropout: bool = False
    dropped: int = 0  # sixteenths of the units, each by itself; 0: one of each pair
    kernel: tuple = ()
    bias: Format = None  # None: the layer has no biases
    bias_init: int = None  # None: they begin at 0
    rows: int = 0  # of its weights: taps or inputs
    positions: int = 1
    outputs: int = 0
    input_frac: int = 0
    input_magnitude: int = 0

    @property
    def unused(self):
        return self.weights.bits - self.used

    @property
    def values(self):
        """The format of what sums take of a weight."""
        return Format(self.used, self.weights.frac - self.unused)

    @property
    def kept(self):
        """k of the share k/16 of the units that training keeps."""
        return 16 - (self.dropped or 8) if self.dropout else 16

    @property
    def forward_shift(self):
        return self.input_frac + self.values.frac - self.activations.frac

    @property
    def update_shift(self):
        """s without the rate (formats.md, "Rounding of an update")."""
        return self.input_frac + self.gradients.frac - self.weights.frac

    @property
    def bias_shift(self):
        """From a bias to a sum, to the left."""
        return self.input_frac + self.values.frac - self.bias.frac

    @property
    def bias_update_shift(self):
        return self.gradients.frac - self.bias.frac


@dataclasses.dataclass
class Net:
    name: str
    height: int
    width: int
    depth: int  # bits of a byte
    threshold: int  # 0: more bits than one
    offset: int
    frac: int
    rate: int
    rounding: str
    random_bits: int
    layers: list

    @property
    def classes(self):
        return self.layers[-1].units


ACTIVATION_RANGES = {"conv": 3, "dense": 5, "output": 6}  # description.md, "Formats"


def clamp(value, low, high):
    return max(low, min(high, value))


def take(mapping, key, low, high, default=None):
    """An integer of a mapping, within its range."""
    value = mapping.pop(key, default)
    refuse_unless(isinstance(value, int) and not isinstance(value, bool), f"{key}: {value}")
    refuse_unless(low <= value <= high, f"{key}: found {value}, allowed {low}..{high}")
    return value


def take_flag(mapping, key, default):
    value = mapping.pop(key, default)
    refuse_unless(isinstance(value, bool), f"{key}: {value}")
    return value


def take_dropout(mapping):
    """Whether there is dropout, and its share in sixteenths, 0 where it is of pairs."""
    value = mapping.pop("dropout", True)
    if isinstance(value, bool):
        return value, 0
    refuse_unless(isinstance(value, str) and set(value) <= set("0123456789."), f"dropout: {value}")
    dropped = math.floor(float(value) * 16 + 0.5)
    refuse_unless(0 < dropped < 16, f"dropout: {value}")
    return True, dropped


def read_format(kind, key, given):
    """Its frac is None where it is left out."""
    highest = 15 if (kind, key) == ("output", "gradients") else 31
    bits = take(given, "bits", 4, 24, 16)
    return Format(bits, take(given, "frac", 0, highest) if "frac" in given else None)


def read_bias(given):
    """The format of a layer's biases, which may be open, and the range that they begin in."""
    if isinstance(given, bool):
        return Format(None, None) if given else None, None
    given = dict(given)
    word = Format(*(take(given, key, *limits) if key in given else None
                    for key, limits in (("bits", (4, 24)), ("frac", (0, 31)))))
    init = take(given, "init", -31, 0) if "init" in given else None
    refuse_unless(not given, f"bias: unknown keys {list(given)}")
    return word, init


def read_layer(kind, given):
    given = {key: dict(value) if isinstance(value, dict) else value for key, value in given.items()}
    weights = given.pop("weights", {})
    formats = {"weights": read_format(kind, "weights", weights)}
    bits = formats["weights"].bits
    used = take(weights, "used", 4, bits, bits)
    init = take(weights, "init", -31, 0) if "init" in weights else None
    for key in FORMAT_KEYS[1:]:
        formats[key] = read_format(kind, key, given.pop(key, {}))
    size_key, most = {"conv": ("filters", 16), "dense": ("units", 1024), "output": ("classes", 16)}[kind]
    layer = Layer(kind, kind, take(given, size_key, 2 if kind == "output" else 1, most), **formats, used=used, init=init,
                  freeze=take_flag(given, "freeze", False))
    layer.bias, layer.bias_init = read_bias(given.pop("bias", False))
    if kind == "conv":
        kernel = given.pop("kernel")
        kernel = kernel if isinstance(kernel, list) else [kernel, kernel]
        layer.kernel = tuple(take({"kernel": side}, "kernel", 1, 8) for side in kernel)
    if kind == "dense":
        layer.relu = take_flag(given, "relu", True)
        layer.dropout, layer.dropped = take_dropout(given)
        pairs = layer.dropout and not layer.dropped
        refuse_unless(not pairs or layer.units % 2 == 0, "dropout of pairs with an odd number of units")
    refuse_unless(not given, f"unknown keys {list(given)}")
    return layer


def read_pixels(given):
    """What a byte stands for (description.md, "Keys"): bits, threshold, offset, frac."""
    threshold = take(given, "threshold", 1, 255) if "threshold" in given else 0
    depth = take(given, "bits", 1, 8, 1 if threshold else 8)
    refuse_unless(not threshold or depth == 1, "a threshold of more bits than one")
    if depth == 1:
        threshold = threshold or 128
    offset = take(given, "offset", 0, 2**depth - 1, 0 if depth == 1 else 2 ** (depth - 1))
    return depth, threshold, offset, take(given, "frac", 0, 31, max(0, depth - 2))


def read_net(text):
    """A description's text as a Net, or Refused."""
    raw = read_yaml(text)
    given, training = dict(raw["input"]), dict(raw.get("training", {}))
    height, width = take(given, "height", 1, 64), take(given, "width", 1, 64)
    depth, threshold, offset, frac = read_pixels(given)
    layers = [read_layer(kind, value) for item in raw["layers"] for kind, value in item.items()]
    usual = "nearest" if all(layer.weights.bits >= 16 for layer in layers) else "stochastic"
    rounding = training.pop("rounding", usual)
    refuse_unless(rounding in ROUNDINGS, f"rounding: {rounding}")
    refuse_unless(rounding == "stochastic" or "random_bits" not in training, "random_bits without stochastic")
    random_bits = take(training, "random_bits", 1, 16, 10) if rounding == "stochastic" else 0
    net = Net(raw["name"], height, width, depth, threshold, offset, frac, take(training, "rate", 0, 15, 8), rounding, random_bits,
              layers)
    order_layers(net)
    derive(net)
    check_limits(net)
    return net


def order_layers(net):
    """Layers stand in the order: at most one convolution, up to three dense ones, one output; dense1, dense2, ..."""
    kinds = [layer.kind for layer in net.layers]
    hidden = kinds.count("dense")
    refuse_unless(kinds in (["dense"] * hidden + ["output"], ["conv"] + ["dense"] * hidden + ["output"]), "order")
    refuse_unless(hidden <= 3, "more than three hidden layers")
    for number, layer in enumerate([layer for layer in net.layers if layer.kind == "dense"], 1):
        layer.name = f"dense{number}"


def derive(net):
    """Shapes, and binary points and magnitudes of inputs (formats.md, "Derived widths")."""
    inputs = net.height * net.width
    for layer in net.layers:
        layer.rows = inputs
        if layer.kind == "conv":
            high, wide = layer.kernel
            refuse_unless(high <= net.height and wide <= net.width, "kernel larger than the picture")
            layer.rows = high * wide
            layer.positions = (net.height - high + 1) * (net.width - wide + 1)
        layer.outputs = layer.positions * layer.units
        inputs = layer.outputs
    frac, magnitude = net.frac, max(net.offset, 2**net.depth - 1 - net.offset)
    for number, layer in enumerate(net.layers):
        layer.input_frac, layer.input_magnitude = frac, magnitude
        settle(layer, net.layers[:number][-1:], net.layers[number + 1 :][:1])
        frac, magnitude = layer.activations.frac, layer.activations.magnitude


def settle(layer, front, behind):
    """What the description leaves out of a layer (description.md, "Formats")."""
    rows = layer.rows * front[0].kept // 16 if front else layer.rows  # that dropout leaves
    gain = 0 if layer.kind == "conv" else 1
    init = min(0, gain + layer.relu - rows.bit_length() // 2)
    described = layer.init is not None
    reach = 2 - layer.rows.bit_length() // 3 - (layer.used < 12)
    reach = max(reach, (layer.init if described else init) + 1)
    errors = 2 - behind[0].rows.bit_length() // 3 if behind else 0
    settle_point(layer.gradients, errors, 0, 31 if behind else 15)
    settle_point(layer.weights, reach, layer.unused, layer.input_frac + layer.gradients.frac)
    narrow = layer.activations.bits < 12
    settle_point(layer.activations, ACTIVATION_RANGES[layer.kind] - narrow, 0, layer.input_frac + layer.values.frac)
    lowest, highest = -layer.weights.frac, layer.weights.bits - 1 - layer.weights.frac
    if not described:
        layer.init = clamp(init, lowest, min(0, highest))
    refuse_unless(lowest <= layer.init <= highest, f"init: {layer.init}")
    if layer.bias:
        settle_bias(layer)


def settle_bias(layer):
    """As far as activations reach, and as fine as gradients, or as sums where these are coarser."""
    reach = layer.activations.bits - 1 - layer.activations.frac
    finest = min(layer.input_frac + layer.values.frac, layer.gradients.frac, 31)
    open_bits = layer.bias.bits is None
    if layer.bias.frac is None:
        layer.bias.frac = clamp((24 if open_bits else layer.bias.bits) - 1 - reach, 0, finest)
    if open_bits:
        layer.bias.bits = clamp(layer.bias.frac + reach + 1, 4, 24)
    if layer.bias_init is not None:
        lowest, highest = -layer.bias.frac, min(0, layer.bias.bits - 1 - layer.bias.frac)
        refuse_unless(lowest <= layer.bias_init <= highest, f"bias.init: {layer.bias_init}")


def settle_point(word, reach, lowest, highest):
    """So that numbers reach to 2^reach, with lowest..highest bits behind the point."""
    if word.frac is None:
        word.frac = clamp(word.bits - 1 - reach, lowest, min(31, highest))


def sum_bits(magnitude):
    """The smallest width that holds every integer of that magnitude, its sign included."""
    return magnitude.bit_length() + 1


def check_limits(net):
    """What cannot be built (description.md, "Formats")."""
    for number, layer in enumerate(net.layers):
        refuse_unless(layer.weights.frac >= layer.unused, f"{layer.name}: used")
        refuse_unless(0 <= layer.forward_shift <= 47, f"{layer.name}: activations")
        refuse_unless(0 <= layer.update_shift <= 47, f"{layer.name}: weights")
        behind = net.layers[number + 1 :][:1]
        for other in behind:
            refuse_unless(0 <= back_shift(other, layer) <= 47, f"{layer.name}: gradients")
        word, grown = layer.values.magnitude, layer.gradients.magnitude
        sums = [layer.rows * layer.input_magnitude * word, layer.positions * layer.input_magnitude * grown]
        if layer.bias:
            refuse_unless(0 <= layer.bias_shift <= 47 and 0 <= layer.bias_update_shift <= 47, f"{layer.name}: bias")
            refuse_unless(layer.bias.bits + layer.bias_shift < 63, f"{layer.name}: bias.bits")
            sums[0] += layer.bias.magnitude << layer.bias_shift
        if number > 0:
            sums.append(layer.units * word * grown)
        refuse_unless(max(map(sum_bits, sums)) <= 63, f"{layer.name}: exact sums")
        behind_point = {1: 4, 2: 3, 4: 2}.get(layer.kept & -layer.kept, 0)  # bits of the share that is kept
        refuse_unless(sum_bits(sums[0]) + behind_point <= 63, f"{layer.name}: sums times the share")
    if net.rounding == "stochastic":
        refuse_unless(sum(position_bits(net)) + net.random_bits - 1 <= 63, "random_bits")


def back_shift(layer, front):
    """Of the gradient that a layer gives to the one in front (equations.md, 7)."""
    return layer.values.frac + layer.gradients.frac - front.gradients.frac


# The net hash (description.md, "Two hashes")


def format_text(layer):
    used = f", used: {layer.used}" if layer.unused else ""
    return ", ".join(f"{key}: {{bits: {getattr(layer, key).bits}, frac: {getattr(layer, key).frac}"
                     f"{used if key == 'weights' else ''}}}" for key in FORMAT_KEYS)


def layer_text(layer):
    head = {
        "conv": lambda: f"filters: {layer.units}, kernel: [{layer.kernel[0]}, {layer.kernel[1]}]",
        "dense": lambda: (f"units: {layer.units}, relu: {layer.relu}, ".lower() + "dropout: "
                          + (f"{layer.dropped / 16:g}" if layer.dropped else str(layer.dropout).lower())),
        "output": lambda: f"classes: {layer.units}",
    }[layer.kind]()
    bias = f", bias: {{bits: {layer.bias.bits}, frac: {layer.bias.frac}}}" if layer.bias else ""
    return f"  - {layer.kind}: {{{head}, {format_text(layer)}{bias}}}\n"


def net_text(net):
    extra = f", random_bits: {net.random_bits}" if net.rounding == "stochastic" else ""
    taken = f"threshold: {net.threshold}, " if net.threshold else f"bits: {net.depth}, " if net.depth < 8 else ""
    return (f"input: {{height: {net.height}, width: {net.width}, {taken}offset: {net.offset}, frac: {net.frac}}}\nlayers:\n"
            + "".join(map(layer_text, net.layers)) + f"training: {{rounding: {net.rounding}{extra}}}\nrandom: 2\n")


def net_hash(net):
    return f"{fnv1a(net_text(net).encode()):016x}"


# Normaliser and update (formats.md, "Normaliser", "Rounding of an update", "Fine bits")


def round_shift(sums, shift):
    """Shifted right, to nearest with halves upward; 0 leaves the sum as it is."""
    if shift == 0:
        return sums
    return ((sums >> (shift - 1)) + 1) >> 1


def used_values(words, layer):
    """What sums take of weights: to nearest, halves away from zero."""
    if layer.unused == 0:
        return words
    sizes = (np.abs(words) + (1 << (layer.unused - 1))) >> layer.unused
    return np.clip(np.sign(words) * sizes, layer.values.low, layer.values.high)


def normalise(sums, shift, word, relu=False):
    """Words of exact sums, and which of them had to be cut."""
    values = round_shift(sums, shift)
    if relu:
        values = np.maximum(values, 0)
    words = np.clip(values, word.low, word.high)
    return words, words != values


def shift_left(values, count):
    """In Python's integers where 63 bits could overflow."""
    largest = int(np.abs(values).max(initial=0))
    if largest.bit_length() + count > 62:
        values = values.astype(object)
    return values << count


def update_words(weights, u, s, word, rounding, random_bits, rho):
    """w <- sat(w - floor((u + rho) / 2^s)) with F fine bits."""
    if rounding == "stochastic":  # what lies below the random bits is rounded to the nearest of them, halves upward
        fine = random_bits
        scaled = ((u >> (s - fine - 1)) + 1) >> 1 if s > fine else shift_left(u, fine - s)
    else:
        fine, rho = 1, int(rounding == "nearest")
        scaled = u >> (s - fine) if s >= fine else shift_left(u, fine - s)
    moved = np.clip(weights - ((scaled + rho) >> fine), word.low, word.high).astype(np.int64)
    return np.where(u == 0, weights, moved)


# Random bits (formats.md, "Random bits")


def random_stream(state, count):
    """A step's first `count` bits as one integer, bit 0 first: those of S, then sums of three of them."""
    stream = state
    for n in range(127, count):
        stream |= ((state >> n % 41 ^ state >> (41 + n % 42) ^ state >> (83 + n % 43)) & 1) << n
    return stream & ((1 << count) - 1)


def random_advance(state, count):
    """S after `count` shifts: bit n+127 out = bit n+63 out xor bit n out."""
    for _ in range(count):
        state = state >> 1 | ((state ^ state >> 63) & 1) << 126
    return state


def index_bits(largest):
    return max(1, largest.bit_length())


def tensor_number(net, number):
    """Of a layer's weights among all; its biases are the next one."""
    return number + sum(layer.bias is not None for layer in net.layers[:number])


def position_bits(net):
    """The widths of tensor, row and column in a weight's position."""
    return (index_bits(tensor_number(net, len(net.layers)) - 1), index_bits(max(layer.rows for layer in net.layers) - 1),
            index_bits(max(layer.units for layer in net.layers) - 1))


def dropout_bits(layer):
    """Of a step's stream."""
    return 4 * layer.units if layer.dropped else layer.units // 2 if layer.dropout else 0


def stream_bits(net):
    """O, and the length of a training step's stream."""
    offset = 0
    if net.rounding == "stochastic":
        offset = 2 * net.random_bits + sum(position_bits(net)) - 1
    return offset, offset + sum(map(dropout_bits, net.layers))


def hash_of(numbers, key, random_bits):
    """The xor over the set bits i of each number of K[i+R-1 : i]."""
    result = np.zeros_like(numbers)
    for i in range(int(numbers.max(initial=0)).bit_length()):
        part = (key >> i) & ((1 << random_bits) - 1)
        result ^= np.where((numbers >> i) & 1 == 1, part, 0)
    return result


class StepRandom:
    """What is random in one training step: base, key, and each layer's kept units."""

    def __init__(self, net, state):
        offset, length = stream_bits(net)
        self.net = net
        stream = random_stream(state, length)
        bits = net.random_bits
        self.base = stream & ((1 << bits) - 1)
        self.key = (stream >> bits) & ((1 << max(0, offset - bits)) - 1)
        self.kept = []
        for layer in net.layers:
            self.kept.append(kept_units(stream >> offset, layer) if layer.dropout else None)
            offset += dropout_bits(layer)
        self.next_state = random_advance(state, 130)

    def rho(self, tensor, rows, columns):
        """The random bits at each position of a tensor."""
        if self.net.rounding != "stochastic":
            return 0
        _, row_bits, column_bits = position_bits(self.net)
        rows = np.arange(rows)[:, None] << column_bits
        columns = np.arange(columns)[None, :]
        layer_part = np.array([[tensor << (row_bits + column_bits)]])
        bits = self.net.random_bits
        parts = [hash_of(part, self.key, bits) for part in (layer_part, rows, columns)]
        return self.base ^ parts[0] ^ parts[1] ^ parts[2]


def kept_units(stream, layer):
    """1 keeps the second unit of a pair, 0 the first; by itself a unit is kept where its draw is as large as d."""
    if layer.dropped:
        return np.array([(stream >> 4 * unit) & 15 >= layer.dropped for unit in range(layer.units)], dtype=bool)
    second = np.array([(stream >> pair) & 1 for pair in range(layer.units // 2)], dtype=bool)
    return np.stack([~second, second], axis=1).reshape(-1)


# From a seed (formats.md, "From a seed")


def initial_state(seed):
    generator = SplitMix64(seed)
    low, high = generator.next(), generator.next()
    return (high >> 1 << 64 | low) or 1


def draw_words(x, count, bits):
    """Marsaglia's xorshift; a number is the top n bits as a two's-complement number. And the next x."""
    values = []
    for _ in range(count):
        x ^= (x << 13) & MASK32
        x ^= x >> 17
        x ^= (x << 5) & MASK32
        values.append(x)
    tops = np.array(values, dtype=np.int64) >> (32 - bits)
    return np.where(tops >= 2 ** (bits - 1), tops - 2**bits, tops), x


def initial_weights(net, seed):
    """Of each layer a row of numbers for each of its rows, and behind them its biases, where it has some."""
    x = splitmix64(~seed & MASK64) & MASK32 or 1
    result = []
    for layer in net.layers:
        words, x = draw_words(x, layer.rows * layer.units, layer.weights.frac + layer.init + 1)
        words = words.reshape(layer.rows, layer.units)
        if layer.bias:
            biases = np.zeros(layer.units, dtype=np.int64)
            if layer.bias_init is not None:
                biases, x = draw_words(x, layer.units, layer.bias.frac + layer.bias_init + 1)
            words = np.vstack([words, biases])
        result.append(words)
    return result


# Softmax (formats.md, "Softmax")

EXP_TABLE = np.array([math.floor(2**15 * math.exp(-i / 32) + 0.5) for i in range(256)], dtype=np.int64)
assert EXP_TABLE.sum() == 1064690


def softmax(logits, frac):
    """Probabilities with 15 bits behind the point, of each row of logits."""
    distance = logits.max(axis=-1, keepdims=True) - logits
    entry = round_shift(distance * 32, frac)
    exponentials = EXP_TABLE[np.minimum(255, entry)]
    total = exponentials.sum(axis=-1, keepdims=True)
    return (2**15 * exponentials + total // 2) // total


def loss_of(probability):
    """-ln(max(P_label, 1) / 2^15) (equations.md, 5)."""
    return -math.log(max(int(probability), 1) / 2**15)


# A step in integers (equations.md)


def windows(pictures, kernel):
    """Of each picture its windows, row by row: [pictures, positions, taps]."""
    view = np.lib.stride_tricks.sliding_window_view(pictures, kernel, axis=(1, 2))
    return view.reshape(len(pictures), -1, kernel[0] * kernel[1])


class Model:
    """Weights [row][column] of each layer (initial_weights), random state, count of steps, and the counters of formats.md."""

    def __init__(self, net, seed):
        self.net = net
        self.weights = initial_weights(net, seed)
        self.state = initial_state(seed)
        self.steps = 0
        self.rate = net.rate
        self.frozen = [layer.freeze for layer in net.layers]
        self.clear_counters()

    def clear_counters(self):
        self.counters = {key: [0] * len(self.net.layers)
                         for key in ("saturated_activations", "saturated_gradients", "lost_updates")}

    def count(self, key, number, mask):
        self.counters[key][number] += int(np.count_nonzero(mask))

    def pixels(self, pictures):
        taken = pictures >= self.net.threshold if self.net.threshold else pictures >> (8 - self.net.depth)
        return taken.astype(np.int64) - self.net.offset

    def matrix(self, number):
        """A layer's words without its biases."""
        return self.weights[number][: self.net.layers[number].rows]

    def sums(self, number, values):
        """Exact sums of a layer (1, 2), of several pictures at a time."""
        layer = self.net.layers[number]
        if layer.kind == "conv":
            values = windows(values, layer.kernel)
        else:
            values = values.reshape(len(values), -1)
        sums = values @ used_values(self.matrix(number), layer)
        if layer.bias:
            sums = sums + (self.weights[number][layer.rows] << layer.bias_shift)
        return sums.reshape(len(values), -1)

    def scaled(self, number, sums):
        """Times the share that dropout keeps, and the shift to the activations."""
        layer = self.net.layers[number]
        factor, shift = layer.kept, layer.forward_shift + 4
        while factor % 2 == 0:  # so that 63 bits do
            factor, shift = factor // 2, shift - 1
        return sums * factor, shift

    def infer(self, pictures):
        """Probabilities and classes answered, of several pictures; nothing changes."""
        values = self.pixels(pictures)
        for number, layer in enumerate(self.net.layers):
            scaled, shift = self.scaled(number, self.sums(number, values))
            values, _ = normalise(scaled, shift, layer.activations, layer.relu)
        return softmax(values, self.net.layers[-1].activations.frac), values.argmax(axis=1)

    def forward(self, picture, random):
        """Inputs and gates of each layer in training, and the logits."""
        values, inputs, gates = self.pixels(picture[None]), [], []
        for number, layer in enumerate(self.net.layers):
            inputs.append(values)
            values, cut = normalise(self.sums(number, values), layer.forward_shift, layer.activations, layer.relu)
            kept = random.kept[number]
            gate = np.ones(layer.outputs, dtype=bool) if kept is None else kept
            self.count("saturated_activations", number, cut[0] & gate)
            values = np.where(gate, values, 0)
            gates.append(gate & (values[0] > 0) if layer.relu else gate)
        return inputs, gates, values[0]

    def train(self, picture, label):
        """One training step; what the net said before it: probabilities, class."""
        random = StepRandom(self.net, self.state)
        inputs, gates, logits = self.forward(picture, random)
        last = self.net.layers[-1]
        probabilities = softmax(logits, last.activations.frac)
        difference = probabilities.copy()
        difference[label] -= 2**15
        gradient, cut = normalise(difference, 15 - last.gradients.frac, last.gradients)
        self.count("saturated_gradients", len(self.net.layers) - 1, cut)
        for number in reversed(range(len(self.net.layers))):
            weights = used_values(self.matrix(number), self.net.layers[number])
            if not self.frozen[number]:
                self.update(number, self.product(number, inputs[number], gradient),
                            self.bias_product(number, gradient), random)
            if number > 0:
                gradient = self.backward(number, weights, gradient, gates[number - 1])
        self.state = random.next_state
        self.steps += 1
        return probabilities, int(logits.argmax())

    def backward(self, number, weights, gradient, gate):
        """Gradient for the layer in front (7), with the weights of before the step."""
        front = self.net.layers[number - 1]
        words, cut = normalise(weights @ gradient, back_shift(self.net.layers[number], front), front.gradients)
        self.count("saturated_gradients", number - 1, cut & gate)
        return np.where(gate, words, 0)

    def product(self, number, values, gradient):
        """The u of each weight (8)."""
        layer = self.net.layers[number]
        if layer.kind == "conv":
            return windows(values, layer.kernel)[0].T @ gradient.reshape(layer.positions, layer.units)
        return values.reshape(-1, 1) * gradient.reshape(1, -1)

    def bias_product(self, number, gradient):
        """The u of each bias (8)."""
        layer = self.net.layers[number]
        return gradient.reshape(layer.positions, layer.units).sum(axis=0)

    def update(self, number, u, bias_u, random):
        """E16 for a layer's weights and biases."""
        layer, tensor = self.net.layers[number], tensor_number(self.net, number)
        new = self.updated(number, self.matrix(number), u, layer.update_shift, layer.weights,
                           random.rho(tensor, layer.rows, layer.units))
        if layer.bias:
            biases = self.updated(number, self.weights[number][layer.rows :], bias_u[None], layer.bias_update_shift,
                                  layer.bias, random.rho(tensor + 1, 1, layer.units))
            new = np.vstack([new, biases])
        self.weights[number] = new

    def updated(self, number, old, u, shift, word, rho):
        """New words of a tensor; counts its lost updates."""
        new = update_words(old, u, shift + self.rate, word, self.net.rounding, self.net.random_bits, rho)
        self.count("lost_updates", number, (u != 0) & (new == old))
        return new


# Data sets (your-data.md, order.md, "Pictures and their numbers")


def read_idx(path):
    data = pathlib.Path(path).read_bytes()
    sizes = struct.unpack_from(f">{data[3]}I", data, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(sizes)


@dataclasses.dataclass
class Dataset:
    """Pictures by number; `columns` has each picture's value to split by, None where it has none."""

    pictures: np.ndarray
    labels: np.ndarray
    names: list
    columns: dict
    files: list  # of each picture the number of its file, -1 without dataset.json
    named: np.ndarray  # which pictures are the test by name: those of t10k files

    def __len__(self):
        return len(self.labels)


def read_dataset(folder):
    """A folder with the names of `engram features` or MNIST's; t10k's pictures stand behind the others."""
    folder = pathlib.Path(folder)
    first = "" if (folder / "images-idx3-ubyte").exists() else "train-"
    names = [first] + ["t10k-"] * (folder / "t10k-images-idx3-ubyte").exists()
    pictures = [read_idx(folder / f"{name}images-idx3-ubyte") for name in names]
    labels = np.concatenate([read_idx(folder / f"{name}labels-idx1-ubyte") for name in names]).astype(np.int64)
    named = np.arange(len(labels)) >= len(pictures[0])
    pictures = np.concatenate(pictures)
    if (folder / "dataset.json").exists():
        side = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
        return Dataset(pictures, labels, side["classes"], *read_sidecar(side), named)
    names = [str(number) for number in range(int(labels.max()) + 1)]
    return Dataset(pictures, labels, names, {}, [-1] * len(labels), named)


def read_sidecar(side):
    """Of dataset.json the columns to split by, and each picture's file."""
    files = side["pictures"]["file"]
    columns = {"recording": [side["recordings"][number] for number in side["pictures"]["recording"]]}
    for column in side["columns"]:
        values = [column["values"][number] if number >= 0 else None for number in column["value"]]
        columns[column["name"]] = [values[file] for file in files]
    return columns, files


def choose_classes(data, chosen):
    """--classes: labels in the order of its list; what it leaves out is taken away, the others move up."""
    if chosen is None:
        return data
    kept = np.array([data.names[label] in chosen for label in data.labels])
    labels = np.array([chosen.index(data.names[label]) for label in data.labels[kept]])
    columns = {key: [value for value, keep in zip(values, kept) if keep] for key, values in data.columns.items()}
    files = [file for file, keep in zip(data.files, kept) if keep]
    return Dataset(data.pictures[kept], labels, list(chosen), columns, files, data.named[kept])


# The split (order.md, "The split")


def make_groups(data, split):
    """The pictures of each group, groups in order."""
    if split == "segment" or split not in data.columns:
        return [[number] for number in range(len(data))]
    values = data.columns[split]
    named = sorted({value for value in values if value is not None}, key=str.encode)
    groups = [[number for number, value in enumerate(values) if value == name] for name in named]
    bare = sorted({file for file, value in zip(data.files, values) if value is None})
    return groups + [[number for number, file in enumerate(data.files) if file == bare_file and values[number] is None]
                     for bare_file in bare]


def class_order(data):
    """Labels in byte order of their names."""
    return sorted(range(len(data.names)), key=lambda label: data.names[label].encode())


def class_of_group(data, group):
    """The class with most of its pictures, of equal ones the first by name."""
    counts = np.bincount(data.labels[group], minlength=len(data.names))
    return max(class_order(data), key=lambda label: counts[label])


def shuffle(items, generator):
    for i in range(len(items) - 1, 0, -1):
        j = generator.next() % (i + 1)
        items[i], items[j] = items[j], items[i]


def largest_last(groups):
    """Step 2."""
    most = max(map(len, groups))
    chosen = len(groups) - 1
    if len(groups[chosen]) < most:
        chosen = next(i for i, group in enumerate(groups) if len(group) == most)
    groups[chosen], groups[-1] = groups[-1], groups[chosen]


def deal(groups, total, parts, test_named):
    """Step 3: the first groups are validation, the next the test, the others are trained on."""
    place = 0
    for part, to_come in ((1, 1),) if test_named else ((1, 2), (2, 1)):
        have = 0
        while place < len(groups):
            size = len(groups[place])
            nearer = 10 * have < total and 10 * (have + size) - total < total - 10 * have
            left = len(groups) - place - 1
            if left < to_come or not (have == 0 or 10 * (have + size) <= total or nearer):
                break
            parts[groups[place]] = part
            have += size
            place += 1


def deal_rotation(groups, rotation, parts):
    """Steps 3 and 4 of a rotation K/N."""
    test, count = rotation
    heaps = [0] * count
    for group in sorted(groups, key=lambda group: -len(group)):
        heap = heaps.index(min(heaps))
        heaps[heap] += len(group)
        if heap == test - 1:
            parts[group] = 2
        elif heap == test % count:
            parts[group] = 1


def deal_groups(groups, parts, generator, rotation, test_named):
    groups = list(groups)
    shuffle(groups, generator)
    largest_last(groups)
    if rotation:
        deal_rotation(groups, rotation, parts)
    else:
        deal(groups, sum(map(len, groups)), parts, test_named)


def split_parts(data, seed, options):
    """Of each picture 0 (trained on), 1 (validation) or 2 (test)."""
    if options.use_parts is not None or options.split == "part":
        return given_parts(data, seed, options.use_parts or data.columns["part"], options.rotation)
    named = data.named.copy()
    if options.test:
        refuse_unless(options.test < len(data), "--test")
        named[-options.test :] = True
    refuse_unless(not (named.any() and options.rotation), "a rotation where a test is named")
    return deal_parts(data, make_groups(data, options.split), named, seed, options.rotation)


def deal_parts(data, groups, named, seed, rotation):
    """Class by class, or in one go where groups are shared; the pictures that are the test by name are not dealt."""
    parts = np.where(named, 2, 0)
    for group in groups:
        refuse_unless(len(set(named[group])) == 1, "a group is in the test and outside")
    groups = [group for group in groups if not named[group[0]]]
    needed = rotation[1] if rotation else 2 if named.any() else 3
    own = {label: [] for label in class_order(data)}
    for group in groups:
        own[class_of_group(data, group)].append(group)
    for label in own:
        touched = sum(label in data.labels[group] for group in groups)
        refuse_unless(touched >= needed, f"class {data.names[label]} in fewer than {needed} groups")
    generator = SplitMix64(seed)
    shared = min(map(len, own.values())) < needed
    for dealt in [groups] if shared else own.values():
        deal_groups(dealt, parts, generator, rotation, named.any())
    if shared:
        check_parts(data, parts, (0, 1) if named.any() else (0, 1, 2))
    return parts


def check_parts(data, parts, dealt):
    """A split that leaves a class without pictures in some part is refused."""
    for label in range(len(data.names)):
        for part in dealt:
            refuse_unless(np.any((data.labels == label) & (parts == part)), "a class is missing in a part")


def given_parts(data, seed, values, rotation):
    """The column `part` or --use-parts: names, or numbers of folds."""
    if all(value.isdigit() for value in values):
        return given_folds([int(value) for value in values], rotation)
    refuse_unless(not rotation, "a rotation of parts that are named")
    parts = np.array([PARTS.index(value) for value in values])
    refuse_unless(np.any(parts == 0) and np.any(parts == 2), "no picture to train on, or none for the test")
    if not np.any(parts == 1):
        return deal_parts(data, make_groups(data, "recording"), parts == 2, seed, None)
    return parts


def given_folds(folds, rotation):
    """Of N folds, 3 at least and none of them empty, fold K is the test, fold K+1 (after N: 1) validation."""
    count = max(folds)
    refuse_unless(count >= 3 and set(folds) == set(range(1, count + 1)), "folds")
    refuse_unless(rotation is not None and rotation[1] == count, "folds without their rotation")
    return np.array([2 if fold == rotation[0] else 1 if fold == rotation[0] % count + 1 else 0 for fold in folds])


# Order of an epoch, balanced drawing, augmentation (order.md)


def epoch_order(seed, epoch, count):
    """o of an epoch: step p takes the o[p]-th."""
    generator = SplitMix64(splitmix64(seed) ^ epoch)
    order = list(range(count))
    for i in range(count, 1, -1):
        j = generator.next() % i
        order[i - 1], order[j] = order[j], order[i - 1]
    return order


def deck(pictures, seed, place, number):
    """Deck m of a class: its pictures, shuffled."""
    generator = SplitMix64(seed)
    generator.next()
    generator = SplitMix64(generator.next() ^ (place << 48) + number)
    cards = list(pictures)
    for i in range(len(cards), 1, -1):
        j = generator.next() % i
        cards[i - 1], cards[j] = cards[j], cards[i - 1]
    return cards


def balanced_list(data, trained, seed, epoch):
    """L of an epoch: as many pictures as are trained on, of each class equally many."""
    order = class_order(data)
    present = [label for label in order if np.any(data.labels[trained] == label)]
    result = []
    for r, label in enumerate(present):
        mine = [number for number in trained if data.labels[number] == label]
        first, last = [(e * len(trained) + len(present) - 1 - r) // len(present) for e in (epoch, epoch + 1)]
        decks = {m: deck(mine, seed, order.index(label), m)  # q: among the classes that --classes leaves
                 for m in range(first // len(mine), last // len(mine) + 1)}
        result += [decks[place // len(mine)][place % len(mine)] for place in range(first, last)]
    return result


def epoch_list(data, trained, seed, epoch, balance):
    """Of each step of an epoch: the picture, and its number for --augment."""
    trained = list(map(int, trained))
    pictures = balanced_list(data, trained, seed, epoch) if balance else trained
    seen, numbered = {}, []
    for picture in pictures:
        numbered.append((picture, picture + seen.get(picture, 0) * len(data)))
        seen[picture] = seen.get(picture, 0) + 1
    return [numbered[place] for place in epoch_order(seed, epoch, len(numbered))]


def zero_byte(net):
    """A byte that stands for 0."""
    if net.threshold:
        return net.threshold * net.offset
    return net.offset << (8 - net.depth)


def augment(picture, zero, seed, epoch, number, shift, mirror):
    """The picture as it is shown in one epoch; `x` as the page has it, before each `next`."""
    x = splitmix64(seed ^ 0x6D6F766573) ^ epoch
    generator = SplitMix64(splitmix64(x) ^ number)
    down = generator.next() % (2 * shift + 1) - shift
    right = generator.next() % (2 * shift + 1) - shift
    if generator.next() >> 63 and mirror:
        picture = picture[:, ::-1]
    height, width = picture.shape
    result = np.full_like(picture, zero)
    for y in range(max(0, down), min(height, height + down)):
        for x in range(max(0, right), min(width, width + right)):
            result[y, x] = picture[y - down, x - right]
    return result


def data_hash(data, parts):
    """order.md, "What a run keeps"."""
    text = b"".join(bytes((int(label), int(part))) + picture.tobytes()
                    for label, part, picture in zip(data.labels, parts, data.pictures))
    return f"{fnv1a(text) or 1:016x}"


# A run (order.md, "Epochs, validation, the best")


@dataclasses.dataclass
class Options:
    """Those of `engram train`, under their names."""

    seed: int = 1
    rate: int = None
    split: str = "segment"
    rotation: tuple = None
    test: int = 0
    use_parts: list = None
    classes: list = None
    balance: bool = False
    shift: int = 0
    mirror: bool = False
    halve: tuple = ()
    patience: int = 0
    freeze: list = None
    epochs: int = 30


class Figures:
    """Loss and accuracy of a row of pictures, summed in their order in double precision."""

    def __init__(self):
        self.count, self.right, self.loss = 0, 0, 0.0

    def add(self, probabilities, answer, label):
        self.count += 1
        self.right += int(answer == label)
        self.loss += loss_of(probabilities[label])

    @property
    def accuracy(self):
        return self.right / self.count

    @property
    def mean_loss(self):
        return self.loss / self.count


@dataclasses.dataclass
class Snapshot:
    """What a weight file has."""

    weights: list
    state: int
    steps: int
    rate: int
    epoch: int
    position: int


class Run:
    """A training: `step` until it is over; `epochs` has the figures of what was finished."""

    def __init__(self, net, data, options):
        refuse_unless(len(data.names) == net.classes, "classes")
        refuse_unless(options.shift <= min(net.height, net.width) // 2, "shift by more than half of the picture")
        self.net, self.data, self.options = net, data, options
        self.parts = split_parts(data, options.seed, options)
        self.trained, self.validation, self.test = [np.flatnonzero(self.parts == part) for part in range(3)]
        self.model = Model(net, options.seed)
        if options.rate is not None:
            self.model.rate = options.rate
        if options.freeze is not None:
            self.model.frozen = [layer.name in options.freeze for layer in net.layers]
        self.epoch, self.position, self.waited = 0, 0, 0
        self.ended_by_patience = False
        self.epochs, self.best, self.best_epoch, self.best_figures = [], None, 0, None
        self.figures = Figures()

    def over(self):
        return self.epoch >= self.options.epochs or self.ended_by_patience

    def snapshot(self):
        model = self.model
        return Snapshot(list(model.weights), model.state, model.steps, model.rate, self.epoch, self.position)

    def begin_epoch(self):
        if self.epoch in self.options.halve:
            self.model.rate = min(15, self.model.rate + 1)
        self.order = epoch_list(self.data, self.trained, self.options.seed, self.epoch, self.options.balance)

    def step(self):
        """One training step, and what ends an epoch."""
        if self.position == 0:
            self.begin_epoch()
        number, drawn = self.order[self.position]
        picture, options = self.data.pictures[number], self.options
        if options.shift or options.mirror:
            picture = augment(picture, zero_byte(self.net), options.seed, self.epoch, drawn, options.shift, options.mirror)
        probabilities, answer = self.model.train(picture, self.data.labels[number])
        self.figures.add(probabilities, answer, self.data.labels[number])
        self.position += 1
        if self.position == len(self.trained):
            self.end_epoch()

    def record(self):
        """The figures of the epoch so far."""
        return {"pictures": self.figures.count, "loss": self.figures.mean_loss, "accuracy": self.figures.accuracy,
                "rate": self.model.rate, **{key: list(value) for key, value in self.model.counters.items()}}

    def forget_figures(self):
        """As where a run begins, or an epoch."""
        self.figures = Figures()
        self.model.clear_counters()

    def measure(self, pictures):
        figures = Figures()
        if len(pictures):
            for row, answer, label in zip(*self.model.infer(self.data.pictures[pictures]), self.data.labels[pictures]):
                figures.add(row, answer, label)
        return figures

    def end_epoch(self):
        self.epoch, self.position = self.epoch + 1, 0
        validation = self.measure(self.validation)
        better = self.best is None or (validation.accuracy, -validation.mean_loss) > self.best_figures
        self.epochs.append({"epoch": self.epoch, **self.record(), "validation_loss": validation.mean_loss,
                            "validation_accuracy": validation.accuracy, "best": better})
        self.waited = 0 if better else self.waited + 1
        if better:
            self.best, self.best_epoch = self.snapshot(), self.epoch
            self.best_figures = (validation.accuracy, -validation.mean_loss)
        self.ended_by_patience = self.options.patience > 0 and self.waited >= self.options.patience
        self.forget_figures()

    def test_figures(self):
        """With the best epoch's weights, or the last ones when no epoch was finished."""
        last = self.model.weights
        self.model.weights = (self.best or self.snapshot()).weights
        figures = self.measure(self.test)
        self.model.weights = last
        return figures


# Weight files (pytorch.md, order.md, "What a run keeps")


def read_safetensors(path):
    """Tensors by name, and the metadata."""
    data = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(data[8 + length + begin : 8 + length + end], "<f4").reshape(entry["shape"])
    return tensors, metadata


def tensor_of(net, number, weights):
    """A layer's weights with PyTorch's shape and order, as float32."""
    layer = net.layers[number]
    values = weights[: layer.rows].T  # [columns, rows]
    if layer.kind == "conv":
        values = values.reshape(layer.units, 1, *layer.kernel)
    elif number == 1 and net.layers[0].kind == "conv":
        front = net.layers[0]
        by_filter = values.reshape(layer.units, front.positions, front.units).transpose(0, 2, 1)
        values = by_filter.reshape(layer.units, layer.rows)
    return (values / 2.0**layer.weights.frac).astype(np.float32)


def bias_of(net, number, weights):
    """A layer's biases, [columns]."""
    layer = net.layers[number]
    return (weights[layer.rows] / 2.0**layer.bias.frac).astype(np.float32)
