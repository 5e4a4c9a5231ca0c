"""study_torch.py : other classifiers on the pictures and splits of verif/study.sh, in PyTorch.

SPDX-License-Identifier: MIT

Usage: study_torch.py WORK RUNS SEEDS FIRST
Two of them share the work: FIRST is 0 in one and 1 in the other.
For each RUNS/VIEW.TASK.SPLIT.parts.SEED.ROTATION.csv (`engram train --parts`) of the seeds 1..SEEDS trains what is
not there yet and writes VIEW.TASK.SPLIT.MODEL.SEED.ROTATION.json in the form of `engram train --json`: as many epochs
as Engram's nets, the epoch chosen on validation, batches of 32, SGD with momentum.
"""
import csv
import glob
import json
import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional

TASKS = {task: ["airplane", task] for task in ("car", "engine", "helicopter")}
TASKS["five"] = ["airplane", "car", "engine", "helicopter", "train"]
BATCH = 32


def read_pictures(folder):
    """Pictures [count, 1, height, width] as the numbers that the nets see, labels, names of the classes."""
    with open(os.path.join(folder, "images-idx3-ubyte"), "rb") as file:
        data = file.read()
    count, height, width = np.frombuffer(data, ">u4", 3, 4)
    pictures = (np.frombuffer(data, np.uint8, -1, 16).astype(np.float32) - 128) / 64
    with open(os.path.join(folder, "labels-idx1-ubyte"), "rb") as file:
        labels = np.frombuffer(file.read(), np.uint8, -1, 8)
    with open(os.path.join(folder, "dataset.json"), encoding="utf-8") as file:
        names = json.load(file)["classes"]
    return pictures.reshape(count, 1, height, width), labels, names


def make_model(name, classes):
    """About as many weights as the paper's 120,000, but for the first."""
    if name == "logistic":
        return nn.Sequential(nn.Flatten(), nn.Linear(784, classes))
    if name == "mlp":
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 150), nn.ReLU(), nn.Dropout(0.5), nn.Linear(150, classes))
    return nn.Sequential(
        nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(8 * 12 * 12, 100), nn.ReLU(), nn.Dropout(0.5), nn.Linear(100, classes))


def train_epoch(model, optimiser, pictures, labels):
    model.train()
    for batch in torch.randperm(len(labels)).split(BATCH):
        optimiser.zero_grad()
        functional.cross_entropy(model(pictures[batch]), labels[batch]).backward()
        optimiser.step()


def probabilities(model, pictures):
    model.eval()
    with torch.no_grad():
        return torch.softmax(model(pictures), 1)


def measure(said, labels):
    classes = said.shape[1]
    confusion = np.zeros((classes, classes), int)
    np.add.at(confusion, (labels.numpy(), said.argmax(1).numpy()), 1)
    loss = -torch.log(said[torch.arange(len(labels)), labels].clamp(min=2.0**-15)).mean()
    return {"count": len(labels), "loss": float(loss), "confusion": confusion.tolist()}


def vote(said, labels, files):
    """The same by file, from the mean probabilities."""
    kept = sorted(set(files))
    index = [np.flatnonzero(files == file) for file in kept]
    return measure(torch.stack([said[i].mean(0) for i in index]), torch.stack([labels[i[0]] for i in index]))


def train(name, pictures, labels, parts, files, epochs, seed):
    torch.manual_seed(seed)
    model = make_model(name, int(labels.max()) + 1)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    where = {part: np.flatnonzero(parts == part) for part in ("train", "validation", "test")}
    best, history, tested = None, [], None
    for epoch in range(1, epochs + 1):
        train_epoch(model, optimiser, pictures[where["train"]], labels[where["train"]])
        said = measure(probabilities(model, pictures[where["validation"]]), labels[where["validation"]])
        accuracy = np.trace(said["confusion"]) / said["count"]
        history.append({"epoch": epoch, "validation_accuracy": accuracy})
        if best is None or (accuracy, -said["loss"]) > best:
            best = (accuracy, -said["loss"])
            tested = probabilities(model, pictures[where["test"]])
    truth = labels[where["test"]]
    return {"runs": [{"test": measure(tested, truth), "test_files": vote(tested, truth, files[where["test"]]),
                      "epochs": history}]}


def read_parts(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return np.array([row["part"] for row in rows]), np.array([int(row["file"]) for row in rows])


def run(runs, path, data):
    view, task, split, _, seed, rotation = os.path.basename(path)[:-len(".csv")].split(".")
    pictures, labels, names = data[view, "segment" if split == "segment" else "recording"]
    chosen = [names.index(name) for name in TASKS[task]]
    kept = np.isin(labels, chosen)
    parts, files = read_parts(path)
    epochs = 40 if split == "segment" else 12
    for model in ("logistic", "mlp", "cnn"):
        result = os.path.join(runs, f"{view}.{task}.{split}.{model}.{seed}.{rotation}.json")
        if os.path.exists(result):
            continue
        found = train(model, torch.from_numpy(pictures[kept]),
                      torch.tensor([chosen.index(label) for label in labels[kept]]), parts, files, epochs, int(seed))
        with open(result + ".part", "w", encoding="utf-8") as file:
            json.dump(found, file)
        os.rename(result + ".part", result)


def main():
    work, runs, seeds, first = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(1)
    data = {(view, split): read_pictures(os.path.join(work, f"{view}.{split}"))
            for view in ("spectrum", "modulation") for split in ("segment", "recording")}
    paths = [path for seed in range(1, seeds + 1) for path in sorted(glob.glob(f"{runs}/*.parts.{seed}.*.csv"))]
    for i in range(first, len(paths), 2):
        if i % 20 == 0:
            print(f"study: PyTorch, split {i + 1} of {len(paths)}", flush=True)
        run(runs, paths[i], data)


main()
