/* leaf_normaliser.c : engram_normaliser against fixed_normalise.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include "model/fixed.h"

enum { VALUES, TAG_BITS, INDEX_BITS, SUM_BITS, SHIFT, VALUE_BITS, RELU, KEPT };
enum { IN_VALID = 0, IN_KEEP = 32, IN_TAG = 64, IN_HALVE = 128, IN_RESET = 130, IN_SUM = 192 };
enum { OUT_GATES = 0, OUT_CUTS = 32, OUT_VALID = 64, OUT_TAG = 128, OUT_VALUE = 192 };
enum { SUM_STRIDE = 64, VALUE_STRIDE = 32, PROBED = 3, PROBE_STRIDE = 192 };
/* of a probe's share: three probes, and what each shows */
enum { OUT_PROBES = OUT_VALUE + 17 * VALUE_STRIDE, PROBE_VALUE = 0, PROBE_KEPT = 64 };
enum { PROBE_SUM = 96, INDEX_AT = 16 };
enum { CYCLES = 12000, FILL = 12, CASES_MAX = 32, VALUES_MAX = 17 };

/* What C says about the sums of one cycle. */
struct model {
  uint32_t valid, keep, gates, cuts; /* a bit a value */
  uint64_t tag;
  int64_t sum[VALUES_MAX];
  int32_t value[VALUES_MAX];
  bool reset;
};

/* A sum that, times the factor, is near an end of the value's range or near a tie, or a random one.
 */
static int64_t choose_sum(struct bench *bench, int c, int factor, int shift) {
  int bits = bench_parameter(bench, c, SUM_BITS);
  int value_bits = bench_parameter(bench, c, VALUE_BITS);
  int choice = bench_below(bench, 4);
  if (choice == 0 && shift + value_bits < bits) {
    int64_t end = bench_chance(bench, 50) ? fixed_high(value_bits) : fixed_low(value_bits);
    int64_t near = end * (INT64_C(1) << shift) + bench_signed(bench, shift + 2);
    return fixed_saturate(near / factor, bits);
  }
  if (choice == 1 && shift > 0 && shift < bits) {
    int64_t tie =
        bench_signed(bench, bits - shift) * (INT64_C(1) << shift) + (INT64_C(1) << (shift - 1));
    return fixed_saturate(tie / factor - bench_below(bench, 2), bits);
  }
  return bench_signed(bench, bits);
}

/* The values of one cycle; returns which of them were cut and count. */
static uint32_t drive_values(struct bench *bench, int c, bool halve, struct model *model) {
  bool relu = bench_parameter(bench, c, RELU) != 0;
  int factor = halve ? bench_parameter(bench, c, KEPT) : 16;
  int shift = bench_parameter(bench, c, SHIFT) + 4;
  for (; factor % 2 == 0; factor /= 2)
    shift--;
  uint32_t counted = 0;
  model->gates = 0;
  for (int v = 0; v < bench_parameter(bench, c, VALUES); v++) {
    int64_t sum = model->sum[v] = choose_sum(bench, c, factor, shift);
    bench_set(bench, c, IN_SUM + SUM_STRIDE * v, bench_parameter(bench, c, SUM_BITS),
              (uint64_t)sum);
    int bits = bench_parameter(bench, c, VALUE_BITS);
    bool keep = model->keep >> v & 1, valid = model->valid >> v & 1 && !model->reset;
    uint32_t cut = 0;
    model->value[v] = keep ? fixed_normalise(sum * factor, shift, bits, relu, &cut) : 0;
    model->gates |= (uint32_t)(keep && (!relu || model->value[v] > 0)) << v;
    counted |= (valid ? cut : 0) << v;
  }
  return counted;
}

static void drive(struct bench *bench, int c, int cycle, struct model *model) {
  int values = bench_parameter(bench, c, VALUES), tag_bits = bench_parameter(bench, c, TAG_BITS);
  bool halve = bench_chance(bench, 30);
  model->reset = bench_chance(bench, 2);
  model->valid = model->keep = 0;
  for (int v = 0; v < values; v++) {
    model->valid |= (uint32_t)(cycle > FILL && bench_chance(bench, 70)) << v;
    model->keep |= (uint32_t)bench_chance(bench, 80) << v;
  }
  model->tag = bench_random(bench, tag_bits);
  model->cuts = drive_values(bench, c, halve, model);
  bench_set(bench, c, IN_VALID, values, model->valid);
  bench_set(bench, c, IN_KEEP, values, model->keep);
  bench_set(bench, c, IN_TAG, tag_bits, model->tag);
  bench_set(bench, c, IN_HALVE, 1, halve);
  bench_set(bench, c, IN_RESET, 1, model->reset);
}

static void check_probe(struct bench *bench, int c, const char *what, int at, bool valid,
                        uint64_t index) {
  bench_check(bench, c, what, (int64_t)bench_get(bench, c, at, 1), valid);
  if (valid)
    bench_check(bench, c, "probe's index",
                (int64_t)bench_get(bench, c, at + INDEX_AT, bench_parameter(bench, c, INDEX_BITS)),
                (int64_t)index);
}

/* The probes show values a cycle later, what goes in at once; `now` is going in. */
static void check_probes(struct bench *bench, int c, const struct model *before,
                         const struct model *now) {
  int index_bits = bench_parameter(bench, c, INDEX_BITS);
  int probed = index_bits > 0 ? bench_parameter(bench, c, VALUES) : 0;
  for (int v = 0; v < probed && v < PROBED; v++) {
    int at = OUT_PROBES + PROBE_STRIDE * v, sum_bits = bench_parameter(bench, c, SUM_BITS);
    bool out = before->valid >> v & 1 && !before->reset;
    bool in = now->valid >> v & 1, keep = now->keep >> v & 1;
    uint64_t old = before->tag >> (v * index_bits) & bench_mask(index_bits);
    uint64_t index = now->tag >> (v * index_bits) & bench_mask(index_bits);
    check_probe(bench, c, "value probe", at + PROBE_VALUE, out, old);
    check_probe(bench, c, "kept probe", at + PROBE_KEPT, in, index);
    check_probe(bench, c, "sum probe", at + PROBE_SUM, in && keep, index);
    if (out)
      bench_check(
          bench, c, "probed value",
          bench_get_signed(bench, c, at + PROBE_VALUE + 32, bench_parameter(bench, c, VALUE_BITS)),
          before->value[v]);
    if (in)
      bench_check(bench, c, "probed keep", (int64_t)bench_get(bench, c, at + PROBE_KEPT + 1, 1),
                  keep);
    if (in && keep)
      bench_check(bench, c, "probed sum", bench_get_signed(bench, c, at + PROBE_SUM + 32, sum_bits),
                  now->sum[v]);
  }
}

static void check(struct bench *bench, int c, const struct model *model) {
  uint32_t valid = model->reset ? 0 : model->valid;
  int bits = bench_parameter(bench, c, VALUE_BITS), values = bench_parameter(bench, c, VALUES);
  bench_check(bench, c, "valid", (int64_t)bench_get(bench, c, OUT_VALID, values), valid);
  bench_check(bench, c, "cuts", (int64_t)bench_get(bench, c, OUT_CUTS, values), model->cuts);
  bench_check(bench, c, "tag",
              (int64_t)bench_get(bench, c, OUT_TAG, bench_parameter(bench, c, TAG_BITS)),
              (int64_t)model->tag);
  bench_check(bench, c, "gates", (int64_t)bench_get(bench, c, OUT_GATES, values), model->gates);
  for (int v = 0; v < values; v++)
    if (valid >> v & 1)
      bench_check(bench, c, "value", bench_get_signed(bench, c, OUT_VALUE + VALUE_STRIDE * v, bits),
                  model->value[v]);
}

/* What comes out now: what went in a cycle before, or two where sums are multiplied in front. */
static struct model seen(struct bench *bench, int c, const struct model *earlier,
                         const struct model *before) {
  if (bench_parameter(bench, c, KEPT) == 8)
    return *before;
  struct model model = *earlier;
  if (before->reset) {
    model.reset = true;
    model.cuts = 0;
  }
  return model;
}

static void test_normalise(void **state) {
  struct bench *bench = *state;
  struct model models[CASES_MAX] = {{.valid = 0}}, before[CASES_MAX] = {{.valid = 0}};
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    struct model out[CASES_MAX];
    for (int c = 0; c < bench->cases; c++) {
      out[c] = seen(bench, c, &before[c], &models[c]);
      before[c] = models[c];
      drive(bench, c, cycle, &models[c]);
    }
    bench_settle(bench);
    for (int c = 0; cycle > FILL && c < bench->cases; c++) {
      check(bench, c, &out[c]);
      check_probes(bench, c, &out[c], &models[c]);
    }
    bench_edge(bench);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "normaliser");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_normalise, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
