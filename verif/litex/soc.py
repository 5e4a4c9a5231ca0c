# soc.py : a LiteX SoC without a processor: a Wishbone master on its pins, an emitted core behind its bus.
# SPDX-License-Identifier: MIT
#
# Usage: soc.py CORE PREFIX wishbone|axi-lite OUTPUT.v
import importlib
import sys

from migen import Record

from litex.build.generic_platform import Pins, Subsignal
from litex.build.sim import SimPlatform
from litex.soc.integration.soc import SoCRegion
from litex.soc.integration.soc_core import SoCMini
from litex.soc.interconnect import wishbone
from litex.gen import LiteXModule
from migen.genlib.io import CRG

core, prefix, standard, output = sys.argv[1:]
sys.path.insert(0, core)
EngramCore = importlib.import_module(prefix + "_litex").EngramCore

ORIGIN = 0x30000000

io = [
    ("sys_clk", 0, Pins(1)),
    ("sys_rst", 0, Pins(1)),
    ("wb", 0, Subsignal("adr", Pins(30)), Subsignal("dat_w", Pins(32)), Subsignal("dat_r", Pins(32)),
     Subsignal("sel", Pins(4)), Subsignal("cyc", Pins(1)), Subsignal("stb", Pins(1)), Subsignal("ack", Pins(1)),
     Subsignal("we", Pins(1)), Subsignal("cti", Pins(3)), Subsignal("bte", Pins(2)), Subsignal("err", Pins(1))),
    ("pixels", 0, Subsignal("valid", Pins(1)), Subsignal("ready", Pins(1)), Subsignal("data", Pins(8)),
     Subsignal("last", Pins(1)), Subsignal("user", Pins(8))),
    ("replies", 0, Subsignal("valid", Pins(1)), Subsignal("ready", Pins(1)), Subsignal("data", Pins(32)),
     Subsignal("last", Pins(1))),
]


class Soc(SoCMini):
    def __init__(self, platform):
        self.crg = CRG(platform.request("sys_clk"), rst=platform.request("sys_rst"))
        SoCMini.__init__(self, platform, clk_freq=int(1e6), bus_standard=standard, bus_timeout=None,
                         ident="", ident_version=False)
        master = wishbone.Interface(data_width=32, address_width=32, addressing="word")
        self.comb += master.connect_to_pads(platform.request("wb"), mode="slave")
        self.bus.add_master("pins", master)

        self.engram = engram = EngramCore(platform)
        self.bus.add_slave("engram", engram.bus, SoCRegion(origin=ORIGIN, size=EngramCore.SIZE, cached=False))
        pixels, replies = platform.request("pixels"), platform.request("replies")
        self.comb += [
            engram.sink.valid.eq(pixels.valid), pixels.ready.eq(engram.sink.ready),
            engram.sink.data.eq(pixels.data), engram.sink.last.eq(pixels.last), engram.sink.user.eq(pixels.user),
            replies.valid.eq(engram.source.valid), engram.source.ready.eq(replies.ready),
            replies.data.eq(engram.source.data), replies.last.eq(engram.source.last),
        ]


platform = SimPlatform("SIM", io)
soc = Soc(platform)
soc.finalize()
platform.get_verilog(soc, name="soc").write(output)
