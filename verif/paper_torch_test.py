"""paper_torch_test.py : paper_torch.py and classify.py on figures that are known.

SPDX-License-Identifier: MIT

Usage: paper_torch_test.py PICTURES WORK
WORK has BY.csv and BY.json, the parts and the result of one `engram train` of airplane and engine, for segment and recording.
"""
import json
import sys

import torch
from torch import nn

import classify
import paper_torch


def expect(what, found, expected):
    if found != expected:
        sys.exit(f"paper-test: FAIL: {what}: found {found}, expected {expected}")


def test_multiply_accumulates():
    # 12x12 places of 75 terms for 8 outputs; 9 terms for 8 outputs, channel by channel; 1,152 inputs of 10 outputs.
    net = nn.Sequential(nn.Conv2d(3, 8, 5, stride=2), nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.Flatten(),
                        nn.Linear(1152, 10))
    expect("multiply-accumulates", paper_torch.multiply_accumulates(net, torch.zeros(1, 3, 28, 28)),
           144 * 75 * 8 + 144 * 9 * 8 + 1152 * 10)
    paper = nn.Sequential(nn.Conv2d(1, 3, 4, bias=False), nn.Flatten(), nn.Linear(1875, 64, bias=False),
                          nn.ReLU(), nn.Linear(64, 2, bias=False))
    expect("the paper's net", paper_torch.sizes_of(paper, 1, 28), [120176, 150128])


def test_sizes():
    found = paper_torch.sizes()
    # As published: 3.5 M and 300 M, 11.7 M and 1.8 G, 4.7 M and 0.39 G.
    expect("MobileNet V2", found["mobilenet"][2:], [3504872, 300774272])
    expect("ResNet-18", found["resnet"][2:], [11689512, 1814073344])
    expect("EfficientNet-Lite0", found["efficientnet"][2:], [4652008, 385187552])


def test_splits(folder, work):
    data = classify.read_pictures(folder)
    for by in ("segment", "recording"):
        with open(f"{work}/{by}.json", encoding="utf-8") as file:
            told = json.load(file)["runs"][0]["pictures"]
        pictures, labels, parts, files = classify.read_split(f"{work}/{by}.csv", data, ("airplane", "engine"))
        expect(f"parts by {by}", {part: int((parts == part).sum()) for part in told}, told)
        expect("pictures", pictures.shape[0], sum(told.values()))
        if by == "recording":
            expect("files in one part", len({*zip(files, parts)}), len(set(files)))
        expect("labels", sorted(set(labels.tolist())), [0, 1])
    for classes in (("engine", "airplane"), ("airplane", "car", "engine")):
        try:
            classify.read_split(f"{work}/segment.csv", data, classes)
        except ValueError:
            continue
        sys.exit(f"paper-test: FAIL: the split of airplane and engine is taken for one of {classes}")


def test_imagenet():
    torch.manual_seed(1)
    fresh = paper_torch.make_model("efficientnet", 1, 2).state_dict()
    torch.manual_seed(1)
    try:
        loaded = paper_torch.make_model("pretrained", 1, 2).state_dict()
    except ImportError as error:
        print(f"SKIP paper-test of the weights for ImageNet: {error} (make bench-deps)")
        return
    expect("tensors as drawn", [name for name in fresh if torch.equal(fresh[name], loaded[name]) and "num" not in name],
           ["classifier.weight", "classifier.bias"])


def test_train(folder, work):
    split = classify.read_split(f"{work}/segment.csv", classify.read_pictures(folder), ("airplane", "engine"))
    torch.manual_seed(1)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 2))
    run = classify.train(net, torch.optim.SGD(net.parameters(), lr=0.01), split, 3)["runs"][0]
    expect("epochs", [epoch["epoch"] for epoch in run["epochs"]], [1, 2, 3])
    expect("tests", run["test"]["count"], run["pictures"]["test"])
    if not run["epochs"][2]["loss"] < run["epochs"][0]["loss"]:
        sys.exit("paper-test: FAIL: nothing was learned")


torch.set_num_threads(1)
test_multiply_accumulates()
test_sizes()
test_splits(*sys.argv[1:])
test_imagenet()
test_train(*sys.argv[1:])
