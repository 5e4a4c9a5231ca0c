/* bench.c : what the tests of leaves share: pins by case, random stimuli, comparisons counted.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include "unit/scratch.h"

enum { SHOWN_MISMATCHES = 10, WORD_BITS = 32 };

static uint32_t *words_new(size_t count) {
  uint32_t *words = calloc(count, sizeof *words);
  if (!words)
    abort();
  return words;
}

void bench_open(struct bench *bench, const char *name) {
  const char *spoil = getenv("ENGRAM_LEAF_BREAK");
  *bench = (struct bench){.name = name, .spoil = spoil && strcmp(spoil, "1") == 0};
  uint64_t seed = scratch_seed();
  bench->random = seed * UINT64_C(0x9E3779B97F4A7C15) | 1;
  bench->leaf = leaf_open(seed, &bench->shape);
  bench->cases = (int)bench->shape.cases;
  bench->in = words_new(bench->shape.in_words);
  bench->out = words_new(bench->shape.out_words);
}

int bench_close(struct bench *bench, int failed) {
  bool pass = failed == 0 && bench->mismatches == 0 && bench->comparisons > 0;
  printf("leaf %s: %s %llu comparisons, %llu mismatches\n", bench->name, pass ? "PASS" : "FAIL",
         bench->comparisons, bench->mismatches);
  leaf_close(bench->leaf);
  free(bench->in);
  free(bench->out);
  return pass ? 0 : 1;
}

void bench_set(struct bench *bench, int which, int at, int bits, uint64_t value) {
  size_t share = bench->shape.in_words / bench->shape.cases;
  uint32_t *words = bench->in + (size_t)which * share;
  while (bits > 0) {
    int offset = at % WORD_BITS;
    int count = bits < WORD_BITS - offset ? bits : WORD_BITS - offset;
    uint32_t mask = (uint32_t)bench_mask(count) << offset;
    uint32_t *word = &words[at / WORD_BITS];
    *word = (*word & ~mask) | ((uint32_t)value << offset & mask);
    value >>= count;
    at += count;
    bits -= count;
  }
}

uint64_t bench_get(const struct bench *bench, int which, int at, int bits) {
  size_t share = bench->shape.out_words / bench->shape.cases;
  const uint32_t *words = bench->out + (size_t)which * share;
  uint64_t value = 0;
  for (int done = 0; done < bits;) {
    int offset = (at + done) % WORD_BITS;
    int count = bits - done < WORD_BITS - offset ? bits - done : WORD_BITS - offset;
    uint64_t part = words[(at + done) / WORD_BITS] >> offset & bench_mask(count);
    value |= part << done;
    done += count;
  }
  return value;
}

static int64_t extend(uint64_t value, int bits) {
  return (int64_t)(value << (64 - bits)) >> (64 - bits);
}

int64_t bench_get_signed(const struct bench *bench, int which, int at, int bits) {
  return extend(bench_get(bench, which, at, bits), bits);
}

void bench_settle(struct bench *bench) {
  leaf_settle(bench->leaf, bench->in, bench->out);
}

void bench_edge(struct bench *bench) {
  leaf_edge(bench->leaf);
  bench->cycle++;
}

void bench_check(struct bench *bench, int which, const char *what, int64_t got, int64_t expected) {
  if (bench->spoil)
    expected ^= 1;
  bench->spoil = false;
  bench->comparisons++;
  if (got == expected)
    return;
  if (bench->mismatches++ < SHOWN_MISMATCHES)
    printf("leaf %s: case %d, cycle %llu: %s: found %lld, expected %lld\n", bench->name, which,
           bench->cycle, what, (long long)got, (long long)expected);
}

uint64_t bench_random(struct bench *bench, int bits) {
  return bits > 0 ? scratch_random(&bench->random) >> (64 - bits) : 0;
}

int bench_below(struct bench *bench, int count) {
  return (int)(scratch_random(&bench->random) % (uint64_t)count);
}

bool bench_chance(struct bench *bench, int percent) {
  return bench_below(bench, 100) < percent;
}

int64_t bench_signed(struct bench *bench, int bits) {
  int64_t low = extend(UINT64_C(1) << (bits - 1), bits);
  const int64_t corners[] = {low, low + 1, ~low, ~low - 1, -1, 0, 1, low / 2, -(low / 2)};
  int choice = bench_below(bench, 4);
  if (choice == 0)
    return corners[bench_below(bench, sizeof corners / sizeof *corners)];
  int64_t value = extend(bench_random(bench, bits), bits);
  return choice == 1 ? value >> bench_below(bench, bits) : value;
}
