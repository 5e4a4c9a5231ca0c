"""speed_onnx.py : pictures a second of ONNX Runtime, one thread, float32 and int8: the net of nets/paper.yaml.

SPDX-License-Identifier: MIT

Usage: speed_onnx.py check WEIGHTS DATA REPLIES WORK    exports WEIGHTS (of `engram train`) to WORK, in both types, and
                                                        compares their outputs with REPLIES, the twin's (engram eval)
       speed_onnx.py measure SECONDS WORK BATCH...      for each type and batch prints "infer onnx-TYPE-BATCH NUMBER",
                                                        pictures a second of CPU time: the best of many short windows
"""
import csv
import logging
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnxruntime import quantization
from safetensors.numpy import load_file
from speed_windows import best_rate

OFFSET, FRAC = 128, 6  # of the net's pixels
TYPES = {"float": 1e-4, "int8": 0.05}  # probabilities that may be off by so much
CALIBRATION = 256  # pictures


def pictures(folder):
    folder = pathlib.Path(folder)
    count, height, width = np.fromfile(folder / "images-idx3-ubyte", ">u4", 3, offset=4)
    images = np.fromfile(folder / "images-idx3-ubyte", np.uint8, offset=16).reshape(count, 1, height, width)
    return (images.astype(np.float32) - OFFSET) / 2**FRAC


def float_model(weights):
    """At inference dropout halves: the weights behind it do."""
    constants = {
        "kernel": weights["conv.weight"],
        "dense1": weights["dense1.weight"].T,
        "output": weights["output.weight"].T / 2,
    }
    node, tensor = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [
            node("Conv", ["pictures", "kernel"], ["c"]),
            node("Flatten", ["c"], ["flat"]),
            node("MatMul", ["flat", "dense1"], ["s"]),
            node("Relu", ["s"], ["d"]),
            node("MatMul", ["d", "output"], ["logits"]),
            node("Softmax", ["logits"], ["probabilities"]),
        ],
        "paper",
        [tensor("pictures", onnx.TensorProto.FLOAT, ["batch", 1, 28, 28])],
        [tensor("probabilities", onnx.TensorProto.FLOAT, ["batch", 2])],
        [onnx.numpy_helper.from_array(np.ascontiguousarray(v, np.float32), k) for k, v in constants.items()],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


class Calibration(quantization.CalibrationDataReader):
    def __init__(self, inputs):
        self.batches = iter(np.array_split(inputs, max(1, len(inputs) // 32)))

    def get_next(self):
        batch = next(self.batches, None)
        return None if batch is None else {"pictures": batch}


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def compare(name, outputs, expected):
    """The same classes but for one in fifty, and probabilities near the twin's."""
    off = np.abs(outputs - expected).max()
    other = (outputs.argmax(1) != expected.argmax(1)).mean()
    print(f"onnx-{name}: probabilities off by {off:.2g} at most, {100 * other:.1f} % other classes", file=sys.stderr)
    return off <= TYPES[name] and other <= 0.02


def check(weights, data, replies, work):
    inputs, work = pictures(data), pathlib.Path(work)
    with open(replies, newline="") as file:
        expected = np.array([[float(v) for k, v in row.items() if k[0] == "p" and k[1:].isdigit()] for row in csv.DictReader(file)])
    onnx.save(float_model(load_file(weights)), work / "float.onnx")
    logging.getLogger().setLevel(logging.ERROR)  # no advice
    # The convolution stays in float32: with it in int8 all is several times slower. Weights of 7 bits, because without
    # VNNI a sum of two products of 8 bits would saturate.
    quantization.quantize_static(
        work / "float.onnx", work / "int8.onnx", Calibration(inputs[:CALIBRATION]),
        quant_format=quantization.QuantFormat.QDQ, op_types_to_quantize=["MatMul"], per_channel=True, reduce_range=True,
    )
    good = True
    for name in TYPES:
        outputs = session(work / f"{name}.onnx").run(None, {"pictures": inputs})[0]
        good &= compare(name, outputs, expected)
        if compare(name, outputs[::-1], expected):
            sys.exit("speed_onnx.py: other pictures' outputs are taken for these")
    if not good:
        sys.exit("speed_onnx.py: outputs differ from the twin's")


def bound(runner, batch):
    """A step on drawn pictures, whose values do not matter to its speed; nothing is copied."""
    inputs = np.random.default_rng(1).standard_normal((batch, 1, 28, 28), np.float32)
    binding = runner.io_binding()
    binding.bind_ortvalue_input("pictures", onnxruntime.OrtValue.ortvalue_from_numpy(inputs))
    binding.bind_ortvalue_output(
        "probabilities", onnxruntime.OrtValue.ortvalue_from_shape_and_type([batch, 2], np.float32)
    )
    return lambda _: runner.run_with_iobinding(binding)


def main():
    if sys.argv[1] == "check":
        check(*sys.argv[2:])
        return
    seconds, work = float(sys.argv[2]), sys.argv[3]
    for name in TYPES:
        runner = session(f"{work}/{name}.onnx")
        for batch in map(int, sys.argv[4:]):
            rate = best_rate(bound(runner, batch), batch, seconds)
            print(f"infer onnx-{name}-{batch} {rate:.0f}", flush=True)


main()
