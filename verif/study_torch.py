"""study_torch.py : other classifiers on the pictures and splits of verif/study.sh, in PyTorch.

SPDX-License-Identifier: MIT

Usage: study_torch.py WORK RUNS SEEDS FIRST
Two of them share the work: FIRST is 0 in one and 1 in the other.
For each RUNS/VIEW.TASK.SPLIT.parts.SEED.ROTATION.csv (`engram train --parts`) of the seeds 1..SEEDS trains what is
not there yet and writes VIEW.TASK.SPLIT.MODEL.SEED.ROTATION.json in the form of `engram train --json`: as many epochs
as Engram's nets, the epoch chosen on validation, batches of 32, SGD with momentum.
"""
import glob
import os
import sys

import torch
from torch import nn

import classify

TASKS = {task: ["airplane", task] for task in ("car", "engine", "helicopter")}
TASKS["five"] = ["airplane", "car", "engine", "helicopter", "train"]


def make_model(name, classes):
    """About as many weights as the paper's 120,000, but for the first."""
    if name == "logistic":
        return nn.Sequential(nn.Flatten(), nn.Linear(784, classes))
    if name == "mlp":
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 150), nn.ReLU(), nn.Dropout(0.5), nn.Linear(150, classes))
    return nn.Sequential(
        nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(8 * 12 * 12, 100), nn.ReLU(), nn.Dropout(0.5), nn.Linear(100, classes))


def run(runs, path, data):
    view, task, split, _, seed, rotation = os.path.basename(path)[:-len(".csv")].split(".")
    classes = TASKS[task]
    split_data = classify.read_split(path, data[view, "segment" if split == "segment" else "recording"], classes)
    for name in ("logistic", "mlp", "cnn"):
        result = os.path.join(runs, f"{view}.{task}.{split}.{name}.{seed}.{rotation}.json")
        if os.path.exists(result):
            continue
        torch.manual_seed(int(seed))
        model = make_model(name, len(classes))
        optimiser = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
        classify.save(classify.train(model, optimiser, split_data, 40 if split == "segment" else 12), result)


def main():
    work, runs, seeds, first = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(1)
    data = {(view, split): classify.read_pictures(os.path.join(work, f"{view}.{split}"))
            for view in ("spectrum", "modulation") for split in ("segment", "recording")}
    paths = [path for seed in range(1, seeds + 1) for path in sorted(glob.glob(f"{runs}/*.parts.{seed}.*.csv"))]
    for i in range(first, len(paths), 2):
        if i % 20 == 0:
            print(f"study: PyTorch, split {i + 1} of {len(paths)}", flush=True)
        run(runs, paths[i], data)


main()
