"""microphone.py : recordings as another microphone would have made them: duller, and with hum of the mains.

SPDX-License-Identifier: MIT

Usage: microphone.py FROM TO     folders of WAV files by class, as `engram synth` makes them (16 bits, mono)
"""
import array
import math
import pathlib
import sys
import wave

LOW_PASS_HZ = 800  # of first order: 6 dB less each octave above
HUM_HZ = 150  # the third harmonic of 50 Hz
HUM = 1500  # of 32767


def record(source, target):
    with wave.open(str(source)) as file:
        parameters = file.getparams()
        samples = array.array("h", file.readframes(parameters.nframes))
    share = 1 - math.exp(-2 * math.pi * LOW_PASS_HZ / parameters.framerate)
    low = 0.0
    for i, sample in enumerate(samples):
        low += share * (sample - low)
        hum = HUM * math.sin(2 * math.pi * HUM_HZ * i / parameters.framerate)
        samples[i] = max(-32768, min(32767, round(low + hum)))
    with wave.open(str(target), "wb") as file:
        file.setparams(parameters)
        file.writeframes(samples.tobytes())


def main():
    source, target = map(pathlib.Path, sys.argv[1:])
    for path in sorted(source.glob("*/*.wav")):
        folder = target / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        record(path, folder / path.name)


main()
