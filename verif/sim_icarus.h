/* sim_icarus.h : what sim_icarus.c (in Engram's process) and sim_vpi.c (in vvp's) say to each
 * other.
 * SPDX-License-Identifier: MIT
 *
 * A socket carries one byte a request and one byte an answer; all else lies in shared memory. vvp
 * says once that it is ready, as if answering.
 */
#ifndef ENGRAM_VERIF_SIM_ICARUS_H
#define ENGRAM_VERIF_SIM_ICARUS_H

#include "sim.h"

enum { ICARUS_FIND = 'f', ICARUS_SETTLE = 's', ICARUS_EDGE_AND_SETTLE = 'e', ICARUS_DONE = '.' };

/* Address space that a simulation may use; memory is taken where it is written. */
#define ICARUS_SHARED_BYTES ((size_t)1 << 30)

/* vvp's argument: the socket's and the shared memory's descriptor. */
#define ICARUS_ARGUMENT "+engram=%d,%d"

/* The begin of the shared memory; the found signals' values follow, kept up to date by vvp. */
struct sim_icarus {
  struct sim_inputs in; /* of SETTLE */
  char path[192];       /* of FIND: "engram_core.u_random.state_q" */
  /* What FIND has found. A bit that is X or Z is 0 in the data and 1 in `unknown`. */
  size_t data_at, unknown_at; /* from the begin of the shared memory */
  size_t element_bytes;
  size_t count; /* 0: no such signal */
};

#endif
