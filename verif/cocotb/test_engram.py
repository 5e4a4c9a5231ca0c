# test_engram.py : engram_axi in cocotb, driven by cocotbext-axi: accesses, pictures, resets, and training as the model's.
# SPDX-License-Identifier: MIT
#
# COCOTB_DATA is the folder that run.sh fills; COCOTB_RANDOM_SEED replays a run.
import csv
import logging
import os
import random
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge, Timer, with_timeout
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiResp, AxiStreamBus, AxiStreamFrame, AxiStreamSink, AxiStreamSource

from model import Core, load, order

DATA = os.environ["COCOTB_DATA"]
CORE = Core(DATA + "/core/engram_core.h")
STEPS = 40
OKAY, SLVERR = AxiResp.OKAY, AxiResp.SLVERR
GOOD, SHORT, LONG, LABEL = range(4)
PIXELS = CORE.HEIGHT * CORE.WIDTH
RANDOM = [CORE.RANDOM0 + 4 * i for i in range(4)]


def pauses(percent):
    while True:
        yield random.random() * 100 < percent


class Bench:
    def __init__(self, dut):
        for name in ("cocotb.engram_axi", "py.warnings"):  # of each transfer, and of cocotbext-axi's own code
            logging.getLogger(name).setLevel(logging.ERROR)
        self.dut = dut
        reset = dict(reset=dut.aresetn, reset_active_level=False)
        self.bus = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.aclk, **reset)
        self.source = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), dut.aclk, **reset)
        self.sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), dut.aclk, **reset)
        write, read = self.bus.write_if, self.bus.read_if
        self.channels = [write.aw_channel, write.w_channel, write.b_channel, read.ar_channel, read.r_channel]
        self.refused = 0  # accesses since ACCESS was zero

    async def start(self, percent=0):
        dut = self.dut
        dut.aresetn.value = 0
        cocotb.start_soon(Clock(dut.aclk, 10, "ns").start())
        await ClockCycles(dut.aclk, 5)
        dut.aresetn.value = 1
        for channel in [*self.channels, self.source, self.sink]:
            channel.set_pause_generator(pauses(percent) if percent else None)

    async def reset(self):
        dut = self.dut
        dut.aresetn.value = 0
        await ClockCycles(dut.aclk, random.randint(1, 4))
        dut.aresetn.value = 1
        self.sink.clear()
        self.refused = 0

    async def write(self, address, value, expected=OKAY, length=4):
        data = (value & 0xFFFFFFFF).to_bytes(4, "little")[:length]
        response = await with_timeout(self.bus.write(address, data), 100, "us")
        assert response.resp == expected, f"write of {value:#x} to {address:#x}: {response.resp}"
        self.refused += expected == SLVERR

    async def read(self, address, expected=OKAY):
        response = await with_timeout(self.bus.read(address, 4 - address % 4), 100, "us")
        assert response.resp == expected, f"read of {address:#x}: {response.resp}"
        self.refused += expected == SLVERR
        value = int.from_bytes(response.data, "little")
        assert expected == OKAY or value == 0, f"refused read of {address:#x} shows {value:#x}"
        return value

    async def check(self, address, expected):
        value = await self.read(address)
        assert value == expected & 0xFFFFFFFF, f"{address:#x} is {value:#x}, not {expected:#x}"

    async def load(self, weights, state):
        for word, address in enumerate(RANDOM):
            await self.write(address, state >> 32 * word)
        for place, value in weights.items():
            await self.write(CORE.weight(*place), value)

    async def same(self, weights, state):
        for word, address in enumerate(RANDOM):
            await self.check(address, state >> 32 * word & 0xFFFFFFFF)
        for place, value in weights.items():
            await self.check(CORE.weight(*place), value)

    async def pause(self):
        await self.write(CORE.CONTROL, CORE.LEARN | CORE.PAUSE)
        while not await self.read(CORE.STATUS) & CORE.PAUSED:
            pass

    async def send(self, picture, label=0, train=False):
        """tuser means something in the first beat alone."""
        user = [train << 7 | label] + [random.randrange(256) for _ in picture[1:]]
        await self.source.send(AxiStreamFrame(bytes(picture), tuser=user))

    async def reply(self):
        frame = await with_timeout(self.sink.recv(), 200, "us")
        return [int.from_bytes(frame.tdata[i : i + 4], "little") for i in range(0, len(frame.tdata), 4)]


def picture(beats=PIXELS):
    return [random.randrange(256) for _ in range(beats)]


INITIAL, INITIAL_STATE, _ = load(DATA + "/initial", CORE)


@cocotb.test()
async def registers(dut):
    """Identity, what a reset sets, and how long accesses take (docs/interface.md, AXI4-Lite)."""
    bench = Bench(dut)
    await bench.start()
    for _ in range(2):
        await bench.check(CORE.ID, CORE.ID_VALUE)
        await bench.check(CORE.VERSION, CORE.VERSION_VALUE)
        await bench.check(CORE.NET_HASH_LOW, CORE.NET_HASH)
        await bench.check(CORE.NET_HASH_HIGH, CORE.NET_HASH >> 32)
        await bench.check(CORE.CORE_HASH_LOW, CORE.CORE_HASH)
        await bench.check(CORE.CORE_HASH_HIGH, CORE.CORE_HASH >> 32)
        await bench.check(CORE.SHAPE, CORE.SHAPE_VALUE)
        assert await bench.read(CORE.FEATURES) & 1
        await bench.check(CORE.CONTROL, CORE.PAUSE | CORE.LEARN)
        await bench.check(CORE.STATUS, CORE.PAUSED)
        await bench.check(CORE.RATE, CORE.INITIAL_RATE)
        await bench.check(CORE.FREEZE, CORE.INITIAL_FREEZE)
        for address in RANDOM:
            await bench.check(address, address == CORE.RANDOM0)
        for name in "STEPS PICTURES CORRECT CYCLES_LOW CYCLES_HIGH STEP_CYCLES SHORT LONG LABEL ACCESS".split():
            await bench.check(CORE.value[name], 0)
        for layer in range(CORE.LAYERS):
            for counter in range(3):
                await bench.check(0x80 + 16 * layer + 4 * counter, 0)
        await bench.write(CORE.RATE, 3)
        await bench.write(CORE.STEPS, 9)
        await bench.write(CORE.RANDOM0 + 4, 0x12345678)
        await bench.reset()
    await times(bench)


async def times(bench):
    """Cycles from the one in which the valids rise to the one in which the answer's does."""
    dut, slowest = bench.dut, {}
    await bench.read(CORE.ID)  # the first access behind a reset waits for the counters to be zeroed

    async def measure(name, access, valid, answer):
        task = cocotb.start_soon(access)
        await RisingEdge(valid)
        count = 0
        while not answer.value:
            await RisingEdge(dut.aclk)
            await Timer(1, "ns")
            count += 1
        slowest[name] = max(slowest.get(name, 0), count)
        await task

    for _ in range(20):
        place = CORE.weight(*random.choice(list(INITIAL)))
        await measure("weight write", bench.write(place, 1), dut.s_axil_awvalid, dut.s_axil_bvalid)
        await measure("weight read", bench.read(place), dut.s_axil_arvalid, dut.s_axil_rvalid)
        await measure("CONTROL write", bench.write(CORE.CONTROL, 3), dut.s_axil_awvalid, dut.s_axil_bvalid)
        await measure("register read", bench.read(CORE.ACCESS), dut.s_axil_arvalid, dut.s_axil_rvalid)
        await measure("refused read", bench.read(CORE.ACCESS + 4, SLVERR), dut.s_axil_arvalid, dut.s_axil_rvalid)
        await measure("RANDOM write", bench.write(RANDOM[1], 7), dut.s_axil_awvalid, dut.s_axil_bvalid)
        await measure("STEPS write", bench.write(CORE.STEPS, 7), dut.s_axil_awvalid, dut.s_axil_bvalid)
        await ClockCycles(dut.aclk, random.randint(1, 30))
    print("cycles at most:", ", ".join(f"{name} {count}" for name, count in slowest.items()), flush=True)
    assert slowest["weight write"] == slowest["CONTROL write"] == 4 and slowest["weight read"] == 10
    round_cycles = 2 * (32 + 4 * CORE.LAYERS)  # of the scanner
    assert max(slowest["register read"], slowest["refused read"], slowest["RANDOM write"]) <= round_cycles + 20
    assert slowest["STEPS write"] <= 2 * round_cycles + 20


async def bad_accesses(bench):
    """Each answers SLVERR and is counted; afterwards nothing is different."""
    before = [await bench.read(address) for address in range(0, 0x64, 4)]
    top = 1 << CORE.ADDRESS_BITS - 1
    holes = [0x68, 0x7C, 0x8C, 0x80 + 16 * CORE.LAYERS, 0x200, 0x600, top - 4]
    for address in holes:
        await bench.read(address, SLVERR)
        await bench.write(address, 0, SLVERR)
    writable = [CORE.CONTROL, CORE.RATE, CORE.FREEZE, *RANDOM, CORE.STEPS]
    for address in [*range(0, 0x68, 4), 0x80, 0x84, 0x88]:
        if address not in writable:
            await bench.write(address, 0, SLVERR)
    await bench.write(CORE.CONTROL, 8, SLVERR)
    await bench.write(CORE.CONTROL, 1 << 31, SLVERR)
    await bench.write(CORE.RATE, 16, SLVERR)
    await bench.write(CORE.FREEZE, 1 << CORE.LAYERS, SLVERR)
    await bench.write(RANDOM[3], 1 << 31, SLVERR)
    for layer, ((rows, columns), bits) in enumerate(zip(CORE.shapes, CORE.bits)):
        for value in (1 << bits - 1, -(1 << bits - 1) - 1, 1 << 31, 0x7FFFFFFF):
            await bench.write(CORE.weight(layer, rows - 1, columns - 1), value, SLVERR)
        for row, column in ((rows, 0), (0, columns)):
            if row < 1 << CORE.layer_at - CORE.row_at and column < 1 << CORE.row_at - CORE.column_at:
                await bench.read(CORE.weight(layer, row, column), SLVERR)
                await bench.write(CORE.weight(layer, row, column), 0, SLVERR)
    await bench.read(CORE.weight(CORE.LAYERS, 0, 0), SLVERR)
    await bench.write(CORE.weight(CORE.LAYERS, 0, 0), 0, SLVERR)
    for address in (CORE.RATE, CORE.weight(0, 0, 0)):
        for length in (1, 2, 3):
            await bench.write(address, 0, SLVERR, length)
        for offset in (1, 2, 3):
            await bench.write(address + offset, 0, SLVERR, 4 - offset)
            await bench.read(address + offset, SLVERR)
    for address in (CORE.RATE + 2, CORE.weight(0, 0, 0) + 1):  # misaligned with all strobes
        write = bench.bus.write_if
        await write.aw_channel.send(write.aw_channel._transaction_obj(awaddr=address))
        await write.w_channel.send(write.w_channel._transaction_obj(wdata=0, wstrb=15))
        assert (await write.b_channel.recv()).bresp == SLVERR
        bench.refused += 1
    assert [await bench.read(address) for address in range(0, 0x64, 4)] == before
    await bench.check(CORE.ACCESS, bench.refused)


@cocotb.test()
async def accesses_that_cannot_be_done(dut):
    bench = Bench(dut)
    await bench.start(60)
    await bench.load(INITIAL, INITIAL_STATE)
    await bad_accesses(bench)
    # While it runs: neither weights nor random state nor STEPS, in either direction.
    await bench.write(CORE.CONTROL, CORE.LEARN)
    for address in (CORE.weight(0, 0, 0), CORE.RANDOM0, RANDOM[3]):
        await bench.read(address, SLVERR)
        await bench.write(address, 0, SLVERR)
    await bench.write(CORE.STEPS, 5, SLVERR)
    assert await bench.read(CORE.STEPS) == 0
    await bench.check(CORE.ACCESS, bench.refused)
    await bench.pause()
    await bench.same(INITIAL, INITIAL_STATE)
    await bench.write(CORE.CONTROL, CORE.LEARN | CORE.PAUSE | CORE.CLEAR)
    await bench.check(CORE.ACCESS, 0)


@cocotb.test()
async def refused_pictures(dut):
    """A reply in its place for each, no step, and no weight changed."""
    bench = Bench(dut)
    await bench.start(60)
    await bench.load(INITIAL, INITIAL_STATE)
    await bench.write(CORE.CONTROL, CORE.LEARN)
    sent = []
    for _ in range(5):
        for kind in random.sample(range(4), 4):
            beats = {SHORT: random.choice((1, PIXELS - 1)), LONG: random.choice((PIXELS + 1, 3 * PIXELS))}
            label = random.randrange(CORE.CLASSES, 128) if kind == LABEL else random.randrange(CORE.CLASSES)
            await bench.send(picture(beats.get(kind, PIXELS)), label, kind != GOOD and random.random() < 0.5)
            sent.append(kind)
    for kind in sent:
        words = await bench.reply()
        assert words[0] >> 8 & 3 == kind, f"status {words[0] >> 8 & 3} instead of {kind}"
        assert len(words) == (1 if kind else CORE.CLASSES + 2)
        assert words[0] & 0xFF < CORE.CLASSES and (kind == GOOD or words[0] & 0xFF == 0)
    for kind, address in ((SHORT, CORE.SHORT), (LONG, CORE.LONG), (LABEL, CORE.LABEL), (GOOD, CORE.PICTURES)):
        await bench.check(address, sent.count(kind))
    await bench.pause()
    await bench.check(CORE.STEPS, 0)
    await bench.same(INITIAL, INITIAL_STATE)


@cocotb.test()
async def resets(dut):
    """In the middle of a write, a read, a picture, a step and a reply: all of it works afterwards."""
    bench = Bench(dut)
    await bench.start(60)
    weights = dict(list(INITIAL.items())[::7])
    for number in range(25):
        kind = number % 5
        if kind == 0:
            bench.bus.init_write(CORE.weight(*random.choice(list(INITIAL))), bytes(4))
        elif kind == 1:
            bench.bus.init_read(random.choice((CORE.ID, CORE.weight(0, 0, 0))), 4)
        else:
            await bench.write(CORE.CONTROL, CORE.LEARN)
            for _ in range(3):
                await bench.send(picture(), 0, kind != 4)
        wait = ClockCycles(dut.aclk, random.randint(1, 12 if kind < 2 else 90 if kind == 2 else 600))
        answer = {0: dut.s_axil_bvalid, 1: dut.s_axil_rvalid, 4: dut.m_axis_tvalid}.get(kind)
        await (RisingEdge(answer) if answer is not None and number % 2 else wait)
        await bench.reset()
        await bench.check(CORE.STATUS, CORE.PAUSED)
        await bench.check(CORE.STEPS, 0)
        await bench.check(CORE.ACCESS, 0)
        if number % 8 == 7:
            await bench.load(weights, 1)
            await bench.same(weights, 1)
    # Every weight anew: a step that a reset stopped has changed some. Then the core does as ever.
    await bench.load(INITIAL, INITIAL_STATE)
    await bench.write(CORE.CONTROL, CORE.LEARN)
    await bench.send(picture(), 1)
    assert len(await bench.reply()) == CORE.CLASSES + 2


@cocotb.test()
async def in_turn(dut):
    """Reads beside endless writes, and writes beside endless reads: neither waits for more than one of the other."""
    bench = Bench(dut)
    await bench.start()
    write, read = bench.bus.write_if, bench.bus.read_if
    for endless, other in ((write.aw_channel, read.ar_channel), (read.ar_channel, write.aw_channel)):
        for _ in range(200):
            if endless is write.aw_channel:
                bench.bus.init_write(CORE.RATE, bytes(4))
            else:
                bench.bus.init_read(CORE.weight(0, 0, 0), 4)
        await ClockCycles(dut.aclk, 20)
        for _ in range(20):
            if endless is write.aw_channel:
                await bench.read(CORE.weight(0, 0, 0))
            else:
                await bench.write(CORE.RATE, 0)
        assert not endless.idle(), "it was to be endless"
        await bench.bus.wait()


@cocotb.test()
async def an_address_alone(dut):
    """AW without W, or W without AW, waits without holding up a read."""
    bench = Bench(dut)
    await bench.start()
    write = bench.bus.write_if
    for late in (write.w_channel, write.aw_channel):
        late.pause = True
        event = bench.bus.init_write(CORE.RATE, (3).to_bytes(4, "little"))
        for _ in range(5):
            await bench.check(CORE.RATE, CORE.INITIAL_RATE)
        late.pause = False
        await event.wait()
        await bench.check(CORE.RATE, 3)
        await bench.write(CORE.RATE, CORE.INITIAL_RATE)


@cocotb.test()
async def training(dut):
    """40 steps with every channel paused 60 % of the time: weights, random state and STEPS are the model's."""
    bench = Bench(dut)
    await bench.start(60)
    weights, state, steps = load(DATA + "/trained", CORE)
    assert steps == STEPS and weights != INITIAL
    with open(DATA + "/parts.csv") as f:
        trained = [int(row["picture"]) for row in csv.DictReader(f) if row["part"] == "train"]
    images = Path(DATA, "pictures/images-idx3-ubyte").read_bytes()[16:]
    labels = Path(DATA, "pictures/labels-idx1-ubyte").read_bytes()[8:]
    await bench.load(INITIAL, INITIAL_STATE)
    await bench.write(CORE.CONTROL, CORE.LEARN)
    for place in order(len(trained), 0, 1)[:STEPS]:
        number = trained[place]
        await bench.send(images[number * PIXELS : (number + 1) * PIXELS], labels[number], True)
    for step in range(STEPS):
        words = await bench.reply()
        assert words[0] >> 8 == 1 << 8 and words[1] == step, f"reply {step}: {words}"
    await bench.pause()
    await bench.check(CORE.STEPS, STEPS)
    await bench.same(weights, state)
    await bench.check(CORE.ACCESS, 0)
