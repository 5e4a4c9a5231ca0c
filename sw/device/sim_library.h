/* sim_library.h : the emitted core as a library of a simulator, built when absent and opened at run
 * time.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_DEVICE_SIM_LIBRARY_H
#define ENGRAM_DEVICE_SIM_LIBRARY_H

#include "base/error.h"
#include "device/sim.h"
#include "net/net.h"

enum simulator { SIMULATOR_VERILATOR, SIMULATOR_ICARUS };

/* The functions of sim.h. */
struct sim_library {
  void *handle;
  struct sim *(*open)(const char *wave_path);
  void (*close)(struct sim *sim);
  void (*settle)(struct sim *sim, const struct sim_inputs *in, struct sim_outputs *out);
  void (*edge)(struct sim *sim);
  int (*find)(struct sim *sim, const char *scope, const char *name, struct sim_signal *signal);
};

/* Opens the net's library in the folder $ENGRAM_SIM (default build/sim), named by the core's hash
 * and a digest of all that it is made of: the emitted Verilog and what drives it. Builds it first
 * when it is not there (`wave`: one that can write FST, with Verilator only), and says so on
 * stderr. `rtl` is NULL, or a folder whose files of the same names replace emitted ones (for tests
 * with broken leaves); such a library is always built anew and not kept, as its files may name
 * others. Returns 0 or -1; release with sim_library_close. */
int sim_library_open(struct sim_library *library, const struct net *net, enum simulator simulator,
                     bool wave, const char *rtl, struct error *err);
void sim_library_close(struct sim_library *library);

#endif
