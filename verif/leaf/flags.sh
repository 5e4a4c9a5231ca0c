# flags.sh : compilers and flags of the tests of leaves; read by run.sh and run_leaf.sh.
# SPDX-License-Identifier: MIT
cc=${CC:-gcc} cxx=${CXX:-g++}
include=$(verilator --getenv VERILATOR_ROOT)/include
c_flags="-std=gnu11 -D_GNU_SOURCE -O1 -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Werror \
-I$root/sw -I$root/verif -I$here"
cxx_flags="-std=gnu++14 -O1 -Wall -Wextra -Werror -DVERILATOR=1 -DVM_COVERAGE=0 -DVM_SC=0 -DVM_TRACE=0 \
-I$here -isystem $include -isystem $include/vltstd"
