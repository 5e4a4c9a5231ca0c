/* probes.h : what of an emitted core benches and tools look at, and where it stands.
 * SPDX-License-Identifier: MIT
 *
 * Who writes a part of a core states its probes (emit_parts.h); `engram gen` writes all of them to
 * engram_probes.txt, from which others read the paths.
 */
#ifndef ENGRAM_GEN_PROBES_H
#define ENGRAM_GEN_PROBES_H

#include <stdio.h>

struct emit;

enum probe_kind {
  PROBE_STREAM, /* an engram_probe: a tensor of `count` values of `bits` bits, two's complement,
                   each of which passes `passes` times in an inference */
  PROBE_SIGNAL, /* a number of `bits` bits */
  PROBE_MEMORY, /* `count` words of `bits` bits */
  PROBE_LANE,   /* all that stands below is the lane's, */
  PROBE_BANK    /* or the bank's, with this number */
};

struct core_probe {
  enum probe_kind kind;
  int number; /* of a lane or bank; else of those of this name, which follow each other */
  int bits, count, passes;
  char name[40];  /* "dense1.sum" */
  char path[104]; /* below engram_core, as Verilog has it: "u_dense1.gen_row[0].u_input" */
};

struct probes {
  int count, room;
  struct core_probe *probe;
};

/* Fills in all probes of a core. Release with probes_free. */
void probes_make(struct probes *probes, const struct emit *emit);
void probes_free(struct probes *probes);

/* Adds a probe, "layer.what" at the path. Its kind, bits, count and passes (both may be 0: 1), and
 * a lane's or bank's number, are those of `like`. */
void probes_add(struct probes *probes, struct core_probe like, const char *layer, const char *what,
                const char *path, ...) __attribute__((format(printf, 5, 6)));

/* The probe "layer.what" with the number, or NULL. */
const struct core_probe *probes_find(const struct probes *probes, const char *layer,
                                     const char *what, int number);

/* engram_probes.txt: a line a probe, behind some that begin with '#' and say what the words are. */
void probes_write(FILE *f, const struct probes *probes, const char *core_name);

#endif
