# netlist.sh : Verilog -> what Verilator needs to simulate the netlist that Yosys makes of it; read by other scripts.
# SPDX-License-Identifier: MIT

yosys_share() { # Yosys' folder of cells
  yosys-config --datdir 2>/dev/null || echo "$(dirname "$(command -v yosys)")/../share/yosys"
}

# netlist FAMILY TOP FOLDER SOURCES...: FOLDER/netlist.v, and FOLDER/netlist.f, Verilator's arguments: the netlist and its
# cells, Yosys' own models but for those that verif/cells has. Single wires instead of buses keep Verilator's C++ small.
netlist() {
  family=$1 top=$2 folder=$3
  shift 3
  . "$root/fpga/family.sh"
  yosys -q -l "$folder/yosys.log" -p "read_verilog $define $*; $(synthesis "$top"); splitnets; opt_clean -purge;
    rename -hide; write_verilog -noattr $folder/netlist.v"
  share=$(yosys_share)/$family
  models=$(ls "$root/verif/cells/$family" 2>/dev/null | sed 's/\.v$//')
  awk -v ours="$models" '
    BEGIN { n = split(ours, name); for (i = 1; i <= n; i++) own[name[i]] = 1 }
    $1 == "module" { module = $2; sub(/[(#].*/, "", module); skip = module in own }
    !skip
    $1 == "endmodule" { skip = 0 }' "$share/cells_sim.v" >"$folder/cells.v"
  {
    echo "-Wno-fatal -DNO_ICE40_DEFAULT_ASSIGNMENTS -I$share"
    printf '%s\n' "$folder/netlist.v" "$folder/cells.v"
    for model in $models; do echo "$root/verif/cells/$family/$model.v"; done
  } >"$folder/netlist.f"
}
