# family.sh : how Yosys synthesizes for $family (ecp5, ice40): $define, options of read_verilog, and $synth, the command.
# SPDX-License-Identifier: MIT
case $family in
  ecp5) define='-D ENGRAM_ECP5' synth='synth_ecp5' ;;
  ice40) define='-D ENGRAM_ICE40' synth='synth_ice40 -dsp -spram' ;;
esac
