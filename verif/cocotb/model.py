# model.py : what the test knows of the core and of the golden model: addresses, weights, order of training.
# SPDX-License-Identifier: MIT
import json
import re
import struct
from pathlib import Path

MASK = 2**64 - 1


class Core:
    """engram_core.h of an emitted core."""

    def __init__(self, path):
        text = Path(path).read_text()
        self.value = {
            name: int(value, 0) for name, value in re.findall(r"#define ENGRAM_(\w+) (0x[0-9A-F]+|\d+)u?l*\b", text)
        }
        number = r"(0x[0-9A-F]+|\d+)"
        place = re.search(
            rf"\({number}u \| \(unsigned\)\(layer\) << {number} \| \(unsigned\)\(row\) << {number} .*<< {number}\)", text
        )
        self.base, self.layer_at, self.row_at, self.column_at = (int(n, 0) for n in place.groups())
        lines = re.findall(r"X\((\d+), (\d+), (\d+), (\d+), (\d+), (-?\d+)\)", text)
        self.shapes = [(int(rows), int(columns)) for _, rows, columns, *_ in lines]
        self.bits = [int(line[3]) for line in lines]
        self.frac = [int(line[4]) for line in lines]

    def __getattr__(self, name):
        return self.value[name]

    def weight(self, layer, row, column):
        return self.base | layer << self.layer_at | row << self.row_at | column << self.column_at

    def places(self):
        for layer, (rows, columns) in enumerate(self.shapes):
            for row in range(rows):
                for column in range(columns):
                    yield layer, row, column


def load(path, core):
    """Weights by place in the core's order, and the random state, of a weight file (docs/pytorch.md)."""
    data = Path(path).read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    names = ["conv.weight", "dense1.weight", "output.weight"]
    tensors = []
    for name in names:
        begin, end = header[name]["data_offsets"]
        tensors.append(struct.unpack(f"<{(end - begin) // 4}f", data[8 + size + begin : 8 + size + end]))
    weights, filters = {}, core.shapes[0][1]
    positions = core.shapes[1][0] // filters
    for layer, row, column in core.places():
        rows = core.shapes[layer][0]
        at = row if layer != 1 else row % filters * positions + row // filters
        weights[layer, row, column] = round(tensors[layer][column * rows + at] * 2 ** core.frac[layer])
    meta = header["__metadata__"]
    return weights, int(meta["random_state"], 16), int(meta["steps"])


def splitmix(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    z = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return x, z ^ z >> 31


def order(count, epoch, seed):
    """The order of an epoch (docs/order.md)."""
    x = splitmix(seed)[1] ^ epoch
    places = list(range(count))
    for i in range(count, 1, -1):
        x, z = splitmix(x)
        j = z % i
        places[i - 1], places[j] = places[j], places[i - 1]
    return places
