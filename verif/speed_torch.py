"""speed_torch.py : PyTorch, eager, one thread, float32: the net of nets/paper.yaml with so many hidden units.

SPDX-License-Identifier: MIT

Usage: speed_torch.py SECONDS UNITS BATCH...
For each batch prints "train torch-BATCH-UNITS NUMBER" and "infer ...", pictures a second of CPU time, on drawn pictures,
whose values do not matter to PyTorch's speed: the best of many windows as short as those of speed.c, within SECONDS.
"""
import sys

import torch
from speed_windows import best_rate
from torch import nn


def make(units, batch):
    """A training step, and an inference."""
    net = nn.Sequential(
        nn.Conv2d(1, 3, 4, bias=False),
        nn.Flatten(),
        nn.Linear(1875, units, bias=False),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(units, 2, bias=False),
    )
    optimiser = torch.optim.SGD(net.parameters(), lr=2.0**-8)
    loss = nn.CrossEntropyLoss()
    pictures = torch.randn(64, batch, 1, 28, 28)
    labels = torch.randint(0, 2, (64, batch))

    def train(i):
        optimiser.zero_grad()
        loss(net(pictures[i % 64]), labels[i % 64]).backward()
        optimiser.step()

    @torch.inference_mode()
    def infer(i):
        net(pictures[i % 64])

    return net, {"train": train, "infer": infer}


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    seconds, units = float(sys.argv[1]), int(sys.argv[2])
    for batch in map(int, sys.argv[3:]):
        net, steps = make(units, batch)
        for what, step in steps.items():
            net.train(what == "train")
            print(f"{what} torch-{batch}-{units} {best_rate(step, batch, seconds):.0f}", flush=True)


main()
