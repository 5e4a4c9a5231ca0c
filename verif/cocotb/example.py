# example.py : a core behind cocotbext-axi: identify it, write its weights, infer a picture (docs/into-your-design.md).
# SPDX-License-Identifier: MIT
import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiStreamBus, AxiStreamFrame, AxiStreamSink, AxiStreamSource

# What engram_core.h has of verif/nets/little.yaml.
ID, CONTROL, LEARN = 0x000, 0x020, 2
PIXELS = 5 * 6
SHAPES = [(6, 2), (32, 6), (6, 3)]


def weight(layer, row, column):
    return 0x1000 | layer << 10 | row << 5 | column << 2


@cocotb.test()
async def infers_a_picture(dut):
    reset = dict(reset=dut.aresetn, reset_active_level=False)
    registers = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.aclk, **reset)
    pictures = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), dut.aclk, **reset)
    replies = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), dut.aclk, **reset)
    dut.aresetn.value = 0
    cocotb.start_soon(Clock(dut.aclk, 10, "ns").start())
    await ClockCycles(dut.aclk, 4)
    dut.aresetn.value = 1

    assert await registers.read_dword(ID) == 0x454E4752
    for layer, (rows, columns) in enumerate(SHAPES):
        for row in range(rows):
            for column in range(columns):
                value = (5 * row + 3 * column) % 17 - 8
                await registers.write(weight(layer, row, column), value.to_bytes(4, "little", signed=True))
    await registers.write_dword(CONTROL, LEARN)  # not PAUSE: the core runs
    label, train = 1, 0
    await pictures.send(AxiStreamFrame(bytes(range(PIXELS)), tuser=train << 7 | label))
    reply = await replies.recv()
    words = [int.from_bytes(reply.tdata[i : i + 4], "little") for i in range(0, len(reply.tdata), 4)]
    dut._log.info("class %d, probabilities %s / 32768", words[0] & 255, words[2:])
    assert words[0] >> 8 & 3 == 0
