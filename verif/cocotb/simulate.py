# simulate.py : builds a folder's core with axi_check.v in Icarus and runs a module's tests in cocotb.
# SPDX-License-Identifier: MIT
#
# Usage: simulate.py FOLDER REPLY_WORDS SEED MODULE [TEST]. FOLDER/core is the core; axi_check says its part on standard
# output. Status 0 only when tests ran and none failed.
import pathlib
import sys

from cocotb_tools.check_results import get_results
from cocotb_tools.runner import get_runner

here = pathlib.Path(__file__).parent
folder, words, seed, module, *test = sys.argv[1:]
folder = pathlib.Path(folder).resolve()
core = folder / "core"
icarus = get_runner("icarus")
icarus.build(
    sources=[*(core / name for name in (core / "engram_core.f").read_text().split()), here / "axi_check.v"],
    hdl_toplevel="engram_axi",
    build_args=["-g2012", "-s", "axi_check", f"-Paxi_check.REPLY_WORDS={words}"],
    build_dir=folder / "build",
    timescale=("1ns", "1ps"),
)
results = icarus.test(
    hdl_toplevel="engram_axi",
    test_module=module,
    testcase=test or None,
    seed=seed,
    build_dir=folder / "build",
    results_xml=str(folder / "results.xml"),
)
ran, failed = get_results(results)
sys.exit(failed != 0 or ran == 0)
