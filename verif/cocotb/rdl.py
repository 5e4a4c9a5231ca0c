# rdl.py : engram_core.rdl, as systemrdl-compiler elaborates it, has the addresses and reset values of engram_core.h.
# SPDX-License-Identifier: MIT
#
# Usage: rdl.py FOLDER, that of an emitted core. Says what differs, status 1.
import sys

from model import Core
from systemrdl import RDLCompiler
from systemrdl.node import MemNode, RegNode

folder = sys.argv[1]
core = Core(folder + "/engram_core.h")
compiler = RDLCompiler()
compiler.compile_file(folder + "/engram_core.rdl")
nodes = [n for n in compiler.elaborate().top.descendants(unroll=True) if isinstance(n, (RegNode, MemNode))]
found = {node.get_path().removeprefix("engram_core."): node for node in nodes}

names = [name for name, value in core.value.items() if name in found or (value < 0x80 and value % 4 == 0)]
registers = names[names.index("ID") : names.index("ACCESS") + 1]
expected = {name: core.value[name] for name in registers}
for layer, (rows, columns) in enumerate(core.shapes):
    for counter in ("CUT_ACTIVATIONS", "CUT_GRADIENTS", "LOST"):
        expected[f"LAYER[{layer}].{counter}"] = 0x80 + 0x10 * layer + core.value[counter]
    expected[f"WEIGHTS{layer}"] = core.weight(layer, 0, 0)
wrong = [
    f"{name}: {found[name].absolute_address if name in found else None} in SystemRDL, {expected.get(name)} in C"
    for name in expected.keys() | found.keys()
    if name not in found or found[name].absolute_address != expected.get(name)
]


def reset(name):
    return sum(field.get_property("reset") << field.low for field in found[name].fields())


values = {
    "ID": core.ID_VALUE,
    "VERSION": core.VERSION_VALUE,
    "SHAPE": core.SHAPE_VALUE,
    "NET_HASH_LOW": core.NET_HASH & 0xFFFFFFFF,
    "NET_HASH_HIGH": core.NET_HASH >> 32,
    "CORE_HASH_LOW": core.CORE_HASH & 0xFFFFFFFF,
    "CORE_HASH_HIGH": core.CORE_HASH >> 32,
    "CONTROL": core.PAUSE | core.LEARN,
    "STATUS": core.PAUSED,
    "RATE": core.INITIAL_RATE,
    "FREEZE": core.INITIAL_FREEZE,
    "RANDOM0": 1,
}
wrong += [f"{name} resets to {reset(name):#x}, not {value:#x}" for name, value in values.items() if reset(name) != value]
for layer, (rows, columns) in enumerate(core.shapes):
    last = core.weight(layer, rows - 1, columns - 1)
    if found[f"WEIGHTS{layer}"].absolute_address + found[f"WEIGHTS{layer}"].size != last + 4:
        wrong.append(f"WEIGHTS{layer} does not end behind its last weight, {last:#x}")
print("\n".join(wrong) or f"{len(found)} registers and memories as in engram_core.h")
sys.exit(bool(wrong))
