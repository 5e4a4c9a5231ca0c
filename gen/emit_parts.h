/* emit_parts.h : what each kind of layer writes of a core, and what the kinds share for it.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_GEN_EMIT_PARTS_H
#define ENGRAM_GEN_EMIT_PARTS_H

#include "base/error.h"
#include "net/plan.h"
#include "net/weights.h"
#include "probes.h"
#include "template.h"

/* A core under way. */
struct emit {
  const struct net *net;
  const struct plan *plan;
  const struct weights *weights; /* that it has from its start; NULL: none */
  struct marks *marks; /* of the whole net, then of the layer at hand; no probe needs them */
  bool trains;
};

struct emit_kind {
  /* The layer's part of engram_core.v. Its marks that all kinds have are set. */
  void (*write)(FILE *f, struct emit *emit, int l);

  /* The layer's probes, but for its counts and gradients. */
  void (*add_probes)(struct probes *probes, const struct emit *emit, int l);

  /* Refuses a layer whose memories cannot begin with contents. Returns 0 or -1. NULL: all can. */
  int (*check_load)(const struct layer *layer, struct error *err);

  /* The layer's banks with their words: what chooses them in engram_bank, and their modules. NULL:
   * its weights stand in engram_core.v. */
  void (*write_banks)(FILE *choice, FILE *modules, struct emit *emit, int l);
};

#define KIND(NAME, name) extern const struct emit_kind name##_emit;
LAYER_KINDS(KIND)
#undef KIND

/* ---- the edge in front of a layer that takes values one or two at a time, in the order of
 * engram_row_order (plan_edge) ---- */

/* In front of the layer's module: the pixels on their way to the first layer, the rows' order, and
 * the wires NAME_... of the layer: its sums, gradients, sums for the layer in front, the host's
 * way to its first tensor. Sets front_name, forward_start and the order's marks. */
void emit_front(FILE *f, struct emit *emit, int l);

/* Behind it: from sums to values with their normaliser, and from the sums for the layer in front
 * to that one's gradients. */
void emit_sums(FILE *f, struct emit *emit, int l);

/* What is there instead of a layer's gradients in a core that only infers; `places` are the lines
 * that stand for their places. Writes nothing where the core trains. */
void emit_no_gradient(FILE *f, struct emit *emit, int l, const char *places);

/* Probes of the layer's outputs in one of its normalisers, `at_once` at a time. */
void emit_add_values(struct probes *probes, const struct emit *emit, int l, const char *what,
                     const char *instance, const char *leaf, int at_once, int bits);

/* ---- words of a memory that begins with contents ---- */

/* Bit i is bits[i]; what is no weight is 0. */
struct content {
  unsigned char *bits;
  int word_bits;
};

/* Puts the weights of a layer there that lie in one of its memories (plan_weight_place). */
void content_put_weights(struct content *content, const struct emit *emit, int l, int memory);
void content_hex(FILE *f, const unsigned char *bits, int count);

/* The mark @bias_initial@: parameters with the biases, which lie in this memory of the layer, a
 * word each; nothing where the core has none from its start. */
void emit_initial_biases(struct emit *emit, int l, int memory);

#endif
