#!/usr/bin/env python3
# features_librosa.py : the pictures of `engram features` against librosa.
# SPDX-License-Identifier: MIT
"""Compares a data set with what librosa makes of the same sounds.

usage: features_librosa.py DATASET SOUNDS_DIR

DATASET is the folder that `engram features -o DATASET SOUNDS_DIR` wrote. Sounds of another rate than 22,050 Hz go
through librosa's resampler (soxr as well, with another passband); with sounds of 22,050 Hz the figures are of the
pictures alone. Needs librosa (in a virtual environment: pip install librosa). Exit status 1: further apart than the
limits below.
"""
import json
import os
import sys

import librosa
import numpy as np

RATE, SEGMENT, HOP, WINDOW, PAD = 22050, 6615, 529, 2048, 97
MEAN_LIMIT = {True: 0.01, False: 0.5}  # bytes; by whether the sounds' rate is RATE
MAX_LIMIT = {True: 1, False: 32}


def read_idx(path, dimensions):
    with open(path, "rb") as file:
        data = file.read()
    sizes = np.frombuffer(data, ">u4", dimensions, 4)
    return np.frombuffer(data, np.uint8, -1, 4 + 4 * dimensions).reshape(sizes)


def resized(spectrum, height, width):
    """Bilinear samples at (bands / height * u, windows / width * v), clamped at the edge (E7)."""
    rows = np.minimum(np.arange(height) * spectrum.shape[0] / height, spectrum.shape[0] - 1)
    columns = np.minimum(np.arange(width) * spectrum.shape[1] / width, spectrum.shape[1] - 1)
    by_row = np.stack([np.interp(rows, np.arange(len(line)), line) for line in spectrum.T], 1)
    return np.stack([np.interp(columns, np.arange(len(line)), line) for line in by_row])


def picture(segment, height, width):
    mel = librosa.feature.melspectrogram(
        y=np.pad(segment, PAD), sr=RATE, n_fft=WINDOW, hop_length=HOP, n_mels=128, center=False)
    levels = resized(librosa.power_to_db(mel), height, width)
    return np.clip(128 + np.floor((levels - levels.mean()) * 1.6 + 0.5), 0, 255)


def compare(dataset, sounds):
    with open(os.path.join(dataset, "dataset.json"), encoding="utf-8") as file:
        sidecar = json.load(file)
    pictures = read_idx(os.path.join(dataset, "images-idx3-ubyte"), 3)
    files, segments = sidecar["pictures"]["file"], sidecar["pictures"]["segment"]
    differences, same_rate, loaded = [], True, None
    for got, file, segment in zip(pictures, files, segments):
        if loaded != file:
            path = os.path.join(sounds, sidecar["files"][file])
            same_rate &= librosa.get_samplerate(path) == RATE
            samples, _ = librosa.load(path, sr=RATE, mono=True)
            loaded = file
        cut = samples[segment * SEGMENT:(segment + 1) * SEGMENT]
        differences.append(np.abs(picture(cut, *got.shape) - got))
    return np.array(differences), same_rate


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    differences, same_rate = compare(*sys.argv[1:])
    print(f"{len(differences)} pictures: mean difference {differences.mean():.5f} bytes, "
          f"largest {differences.max():.0f}, equal {(differences == 0).mean():.3%}, "
          f"within 1 {(differences <= 1).mean():.3%}")
    if differences.mean() > MEAN_LIMIT[same_rate] or differences.max() > MAX_LIMIT[same_rate]:
        sys.exit(1)


if __name__ == "__main__":
    main()
