"""speed_torch.py : training steps of PyTorch, eager, one thread, float32: the net of nets/paper.yaml.

SPDX-License-Identifier: MIT

Usage: speed_torch.py SECONDS BATCH...
For each batch prints "torch BATCH PICTURES_PER_SECOND", on drawn pictures, whose values do not matter to PyTorch's
speed: the best of many windows as short as those of speed.c, within SECONDS.
"""
import sys
import time

import torch
from torch import nn

WARM_UP = 50
WINDOW_SECONDS = 0.08


def make_step(batch):
    net = nn.Sequential(
        nn.Conv2d(1, 3, 4, bias=False),
        nn.Flatten(),
        nn.Linear(1875, 64, bias=False),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(64, 2, bias=False),
    )
    optimiser = torch.optim.SGD(net.parameters(), lr=2.0**-8)
    loss = nn.CrossEntropyLoss()
    pictures = torch.randn(64, batch, 1, 28, 28)
    labels = torch.randint(0, 2, (64, batch))

    def step(i):
        optimiser.zero_grad()
        loss(net(pictures[i % 64]), labels[i % 64]).backward()
        optimiser.step()

    return step


def measure(batch, seconds):
    step = make_step(batch)
    for i in range(WARM_UP):
        step(i)
    end, best = time.process_time() + seconds, 0
    while time.process_time() < end:
        begin, steps = time.process_time(), 0
        while time.process_time() - begin < WINDOW_SECONDS:
            step(steps)
            steps += 1
        best = max(best, steps * batch / (time.process_time() - begin))
    return best


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    for batch in map(int, sys.argv[2:]):
        print("torch", batch, round(measure(batch, float(sys.argv[1]))), flush=True)


main()
