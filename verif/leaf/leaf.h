/* leaf.h : the cases of one RTL leaf in Verilator behind a C interface; what leaf.cpp offers.
 * SPDX-License-Identifier: MIT
 *
 * A top (tops/leaf_<name>.v) holds the leaf in several cases side by side. All cases share a clock;
 * everything else is an equal share of the words of in_i and out_o, case 0 lowest.
 */
#ifndef ENGRAM_VERIF_LEAF_H
#define ENGRAM_VERIF_LEAF_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct leaf_shape {
  size_t cases;
  size_t fields;              /* parameters of a case */
  size_t in_words, out_words; /* of all cases */
};

struct leaf;

/* A leaf with all registers and memories at random, the same for the same seed. */
struct leaf *leaf_open(uint64_t seed, struct leaf_shape *shape);
void leaf_close(struct leaf *leaf);

/* Parameter `field` of a case, as its row of the top's TABLE has it. */
int32_t leaf_parameter(const struct leaf *leaf, size_t which, size_t field);

/* One clock cycle in two halves: settle shows the outputs that the inputs lead to before the
 * clock's edge, edge is the edge. `in` has in_words words, `out` out_words. */
void leaf_settle(struct leaf *leaf, const uint32_t *in, uint32_t *out);
void leaf_edge(struct leaf *leaf);

#ifdef __cplusplus
}
#endif

#endif
