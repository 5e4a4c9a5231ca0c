/* sim.h : the emitted core in a simulator behind a C interface: what a library made of
 * verif/sim.cpp (Verilator) or verif/sim_icarus.c (Icarus Verilog) offers.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_DEVICE_SIM_H
#define ENGRAM_DEVICE_SIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The core's pins (rtl: engram_core), without their suffixes. */
struct sim_inputs {
  uint8_t rst;
  uint8_t awvalid, wvalid, bready, arvalid, rready;
  uint32_t awaddr, wdata, araddr;
  uint8_t wstrb;
  uint8_t s_tvalid, s_tdata, s_tlast, s_tuser;
  uint8_t m_tready;
};

struct sim_outputs {
  uint8_t awready, wready, bvalid, bresp, arready, rvalid, rresp;
  uint32_t rdata;
  uint8_t s_tready;
  uint8_t m_tvalid, m_tlast;
  uint32_t m_tdata;
  const char *failure; /* NULL, or why the simulation cannot go on: the outputs stay 0 */
};

/* A signal or memory inside the core. */
struct sim_signal {
  const void *data;
  const void *unknown;  /* the bits that are X or Z, in the places of data; NULL: none can be */
  size_t element_bytes; /* 1, 2, 4 or 8; a wider element is a run of 32-bit words, lowest first */
  size_t element_words; /* 32-bit words of a wider element, else 0 */
  size_t count;         /* elements of a memory, 1 of a signal */
};

struct sim;

/* A core with all memories unset. `wave_path` is NULL, or an FST file to write (only a library
 * built for waves can). NULL when that cannot be. */
struct sim *sim_open(const char *wave_path);
void sim_close(struct sim *sim);

/* One clock cycle in two halves: settle shows the outputs (and all signals) that the inputs lead to
 * before the clock's edge, edge is the edge. */
void sim_settle(struct sim *sim, const struct sim_inputs *in, struct sim_outputs *out);
void sim_edge(struct sim *sim);

/* Finds a signal: `scope` below engram_core, as Verilog has it ("" for the core itself), `name` in
 * it. Returns 0 or -1. */
int sim_find(struct sim *sim, const char *scope, const char *name, struct sim_signal *signal);

#ifdef __cplusplus
}
#endif

#endif
