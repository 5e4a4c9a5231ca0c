"""classify.py : PyTorch nets trained on Engram's pictures and splits, for study_torch.py and paper_torch.py.

SPDX-License-Identifier: MIT
"""
import csv
import json
import os
import time

import numpy as np
import torch
from torch.nn import functional

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


def read_split(path, data, classes):
    """The pictures of these classes, as tensors, their labels, and of each its part and its file, as `engram train --parts`
    has written them to the path. ValueError where that file is of other pictures."""
    pictures, labels, names = data
    chosen = [names.index(name) for name in classes]
    kept = np.isin(labels, chosen)
    truth = np.array([chosen.index(label) for label in labels[kept]])
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if [(int(row["picture"]), int(row["label"])) for row in rows] != list(enumerate(truth)):
        raise ValueError(f"{path}: found other pictures, expected the {len(truth)} of {', '.join(classes)}")
    parts = np.array([row["part"] for row in rows])
    files = np.array([int(row["file"]) for row in rows])
    return torch.from_numpy(pictures[kept]), torch.from_numpy(truth), parts, files


def train_epoch(model, optimiser, pictures, labels):
    """Mean loss and accuracy of the pictures, each at its step."""
    model.train()
    loss, right = 0.0, 0
    for batch in torch.randperm(len(labels)).split(BATCH):
        optimiser.zero_grad()
        said = model(pictures[batch])
        cost = functional.cross_entropy(said, labels[batch])
        cost.backward()
        optimiser.step()
        loss += cost.item() * len(batch)
        right += (said.argmax(1) == labels[batch]).sum().item()
    return loss / len(labels), right / len(labels)


def probabilities(model, pictures):
    model.eval()
    with torch.no_grad():
        return torch.softmax(model(pictures), 1)


def measure(said, labels):
    classes = said.shape[1]
    confusion = np.zeros((classes, classes), int)
    np.add.at(confusion, (labels.numpy(), said.argmax(1).numpy()), 1)
    loss = -torch.log(said[torch.arange(len(labels)), labels].clamp(min=2.0**-15)).mean()
    return {"count": len(labels), "loss": float(loss), "accuracy": float(np.trace(confusion) / len(labels)),
            "confusion": confusion.tolist()}


def vote(said, labels, files):
    """The same by file, from the mean probabilities."""
    kept = sorted(set(files))
    index = [np.flatnonzero(files == file) for file in kept]
    return measure(torch.stack([said[i].mean(0) for i in index]), torch.stack([labels[i[0]] for i in index]))


def train(model, optimiser, split, epochs, schedule=None):
    """Trains on a split that read_split gave and tests the epoch that was best on validation, in the form of `engram train
    --json`. The schedule of the learning rate, where there is one, makes a step an epoch. Each epoch has its seconds of
    the processor, validation included."""
    pictures, labels, parts, files = split
    where = {part: np.flatnonzero(parts == part) for part in ("train", "validation", "test")}
    best, history, tested = None, [], None
    for epoch in range(1, epochs + 1):
        begin = time.process_time()
        loss, accuracy = train_epoch(model, optimiser, pictures[where["train"]], labels[where["train"]])
        if schedule:
            schedule.step()
        said = measure(probabilities(model, pictures[where["validation"]]), labels[where["validation"]])
        history.append({"epoch": epoch, "pictures": len(where["train"]), "loss": loss, "accuracy": accuracy,
                        "validation_loss": said["loss"], "validation_accuracy": said["accuracy"],
                        "cpu_seconds": time.process_time() - begin})
        if best is None or (said["accuracy"], -said["loss"]) > best:
            best = (said["accuracy"], -said["loss"])
            tested = probabilities(model, pictures[where["test"]])
    truth = labels[where["test"]]
    return {"runs": [{"pictures": {part: len(index) for part, index in where.items()}, "epochs": history,
                      "test": measure(tested, truth), "test_files": vote(tested, truth, files[where["test"]])}]}


def save(result, path):
    """Whole or not at all."""
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump(result, file)
    os.rename(path + ".part", path)
