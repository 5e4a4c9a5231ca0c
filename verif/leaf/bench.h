/* bench.h : what the tests of leaves share: pins by case, random stimuli, comparisons counted.
 * SPDX-License-Identifier: MIT
 *
 * A field of the pins is `bits` (1..64) bits from bit `at` of a case's share. A test drives the
 * inputs of all cases, settles, checks outputs and goes on to the edge.
 */
#ifndef ENGRAM_VERIF_BENCH_H
#define ENGRAM_VERIF_BENCH_H

/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "leaf.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct bench {
  const char *name; /* of the leaf */
  struct leaf *leaf;
  struct leaf_shape shape;
  int cases;
  uint32_t *in, *out;
  uint64_t random; /* state of scratch_random */
  unsigned long long cycle, comparisons, mismatches;
  bool spoil; /* the next expected value gets a wrong bit */
};

/* Opens the leaf. The seed is $ENGRAM_SEED; with ENGRAM_LEAF_BREAK set to 1 the first expected
 * value is made wrong, so that the test must fail. Release with bench_close. */
void bench_open(struct bench *bench, const char *name);

/* Prints "leaf NAME: PASS|FAIL n comparisons, m mismatches". Returns the program's exit status: 0
 * when no test failed (`failed` is their number), nothing differed and something was compared. */
int bench_close(struct bench *bench, int failed);

static inline int bench_parameter(const struct bench *bench, int which, int field) {
  return leaf_parameter(bench->leaf, (size_t)which, (size_t)field);
}

void bench_set(struct bench *bench, int which, int at, int bits, uint64_t value);
uint64_t bench_get(const struct bench *bench, int which, int at, int bits);
int64_t bench_get_signed(const struct bench *bench, int which, int at, int bits);

void bench_settle(struct bench *bench);
void bench_edge(struct bench *bench);

/* Counts a comparison; a difference is counted and, up to a number, printed with case and cycle. */
void bench_check(struct bench *bench, int which, const char *what, int64_t got, int64_t expected);

/* ---- random numbers */

/* Uniform over `bits` bits (0..64). */
uint64_t bench_random(struct bench *bench, int bits);
/* Uniform in 0..count-1. */
int bench_below(struct bench *bench, int count);
/* True in `percent` of 100 calls. */
bool bench_chance(struct bench *bench, int percent);
/* A signed number of `bits` bits: one in four a corner (the ends, their neighbours, around 0), one
 * in four of small magnitude, else uniform. */
int64_t bench_signed(struct bench *bench, int bits);

static inline uint64_t bench_mask(int bits) {
  return bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
}

#endif
