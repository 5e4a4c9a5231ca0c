# family.sh : how Yosys synthesizes for $family (ecp5, ice40): $define, options of read_verilog, and synthesis.
# SPDX-License-Identifier: MIT
case $family in
  ecp5) define='-D ENGRAM_ECP5' ;;
  ice40) define='-D ENGRAM_ICE40' ;;
esac

# synthesis TOP [OPTIONS]: Yosys' commands that make the family's cells of what was read, in one module: equal registers
# that are to stay apart (engram_copies) keep their hierarchy until then. OPTIONS are synth_ecp5's or synth_ice40's. On the
# iCE40 products too wide for one SB_MAC16 are cut into several as synth_ice40 -dsp cuts them. That option itself would
# take the registers and modes away from the cells that are in the RTL (Yosys issue 2922).
synthesis() {
  case $family in
    ecp5) echo "synth_ecp5 -top $1 ${2:-};" ;;
    ice40) echo "hierarchy -top $1; proc; opt_clean; wreduce t:\$mul; techmap -map +/mul2dsp.v -map +/ice40/dsp_map.v
      -D DSP_A_MAXWIDTH=16 -D DSP_B_MAXWIDTH=16 -D DSP_A_MINWIDTH=2 -D DSP_B_MINWIDTH=2 -D DSP_Y_MINWIDTH=11
      -D DSP_NAME=\$__MUL16X16; chtype -set \$mul t:\$__soft_mul; synth_ice40 -spram -top $1 ${2:-};" ;;
  esac | tr '\n' ' '
  echo 'setattr -unset keep_hierarchy; flatten; opt_clean'
}
