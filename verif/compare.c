/* compare.c : the simulated core beside the model.
 * SPDX-License-Identifier: MIT
 */
#include "compare_parts.h"

#include "base/file.h"
#include "net/map.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LATE = 20 /* cycles, more than engram_event_counter's and engram_random's */ };

#define KIND(NAME, name) &name##_compare,
static const struct compare_kind *const kinds[] = {LAYER_KINDS(KIND)};
#undef KIND

/* ---------------------------------------------------------------- signals */

/* What reads as a value with a bit that is X or Z: no tensor has it. */
#define UNKNOWN INT64_MIN

/* `bits` (<= 64) of an element from bit `from` on, as an unsigned number; `data` is the signal's
 * data or unknown. */
static uint64_t raw_bits(const struct sim_signal *signal, const unsigned char *data, size_t element,
                         size_t from, int bits) {
  uint64_t value = 0;
  if (signal->element_words == 0) {
    memcpy(&value, data + element * signal->element_bytes, signal->element_bytes);
    value >>= from;
  } else {
    for (int i = 0; i < bits; i++) {
      size_t bit = element * signal->element_words * 32 + from + (size_t)i;
      value |= (uint64_t)(data[bit / 8] >> bit % 8 & 1) << i;
    }
  }
  return bits < 64 ? value & ((UINT64_C(1) << bits) - 1) : value;
}

/* `bits` (<= 64) of a signal's element from bit `from` on, as an unsigned number, or UNKNOWN. */
static uint64_t signal_bits(const struct sim_signal *signal, size_t element, size_t from,
                            int bits) {
  if (signal->unknown && raw_bits(signal, signal->unknown, element, from, bits))
    return (uint64_t)UNKNOWN;
  return raw_bits(signal, signal->data, element, from, bits);
}

static int64_t signal_signed(const struct sim_signal *signal, size_t element, size_t from,
                             int bits) {
  uint64_t value = signal_bits(signal, element, from, bits);
  return value == (uint64_t)UNKNOWN ? UNKNOWN : (int64_t)(value << (64 - bits)) >> (64 - bits);
}

int64_t compare_word(const struct sim_signal *signal) {
  return (int64_t)signal_bits(signal, 0, 0, 32);
}

int compare_find(struct sim_bus *bus, struct sim_signal *signal, const char *name,
                 struct error *err, const char *scope, ...) {
  char path[128];
  va_list args;
  va_start(args, scope);
  vsnprintf(path, sizeof path, scope, args);
  va_end(args);
  if (bus->library.find(bus->sim, path, name, signal))
    return error_set(err, "simulation: no signal %s in %s", name, path);
  return 0;
}

/* ---------------------------------------------------------------- probes */

int compare_add_probe(struct compare *compare, struct sim_bus *bus, const char *layer,
                      const char *what, const char *scope, size_t count, int bits,
                      struct error *err) {
  struct probe *probe = &compare->probe[compare->probe_count++];
  snprintf(probe->tensor, sizeof probe->tensor, "%s.%s", layer, what);
  probe->value_bits = bits;
  probe->count = probe->a_step = count;
  const struct probe *same = probe - 1; /* two values of a tensor at a time: probes in sequence */
  if (compare->probe_count > 1 && !strcmp(same->tensor, probe->tensor)) {
    probe->values = same->values;
    probe->cycles = same->cycles;
    probe->shares = true;
  } else {
    probe->values = memory_new(2 * count, sizeof *probe->values);
    probe->cycles = memory_new(2 * count, sizeof *probe->cycles);
  }
  return compare_find(bus, &probe->valid, "valid", err, "%s", scope) ||
                 compare_find(bus, &probe->index, "index", err, "%s", scope) ||
                 compare_find(bus, &probe->value, "value", err, "%s", scope)
             ? -1
             : 0;
}

int compare_add_values(struct compare *compare, struct sim_bus *bus, int l, const char *what,
                       const char *instance, const char *leaf, int at_once, int bits,
                       struct error *err) {
  const char *name = compare->net->layer[l].name;
  size_t count = (size_t)compare->net->layer[l].outputs;
  for (int v = 0; v < at_once; v++) {
    char scope[96];
    snprintf(scope, sizeof scope, "u_%s%s_normaliser.gen_probes.gen_probe__BRA__%d__KET__.u_%s",
             name, instance, v, leaf);
    if (compare_add_probe(compare, bus, name, what, scope, count, bits, err))
      return -1;
  }
  return 0;
}

static int add_layer(struct compare *compare, struct sim_bus *bus, int l, struct error *err) {
  const struct layer *layer = &compare->net->layer[l];
  if (kinds[layer->kind]->add_probes(compare, bus, l, err))
    return -1;
  if (compare->net->fold[FOLD_MODE] != MODE_TRAINING)
    return 0;
  return compare_add_values(compare, bus, l, "gradient", "_gradient", "value",
                            compare->plan.edge[l + 1].at_once, layer->gradient.bits, err);
}

static int add_probes(struct compare *compare, struct sim_bus *bus, struct error *err) {
  for (int l = 0; l < compare->net->layer_count; l++)
    if (add_layer(compare, bus, l, err))
      return -1;
  if (compare->net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX)
    return 0;
  return compare_add_probe(compare, bus, "softmax", "probability", "u_softmax.u_probability",
                           (size_t)compare->net->classes, 17, err);
}

static int find_counters(struct compare *compare, struct sim_bus *bus, int l, struct error *err) {
  const char *name = compare->net->layer[l].name;
  if (compare_find(bus, &compare->cut_activations[l], "count_q", err, "u_%s_cuts", name))
    return -1;
  if (compare->net->fold[FOLD_MODE] != MODE_TRAINING)
    return 0;
  return compare_find(bus, &compare->writes[l], "writes_q", err, "u_%s", name) ||
                 compare_find(bus, &compare->cut_gradients[l], "count_q", err, "u_%s_gradient_cuts",
                              name) ||
                 compare_find(bus, &compare->lost[l], "count_q", err, "u_%s_lost", name)
             ? -1
             : 0;
}

int compare_new(struct compare *compare, struct sim_bus *bus, struct model *model,
                struct error *err) {
  *compare = (struct compare){
      .net = bus->net, .model = model, .overlaps = bus->net->fold[FOLD_MODE] == MODE_INFERENCE};
  plan_make(&compare->plan, bus->net);
  weights_new(&compare->before, bus->net);
  if (add_probes(compare, bus, err) ||
      compare_find(bus, &compare->random, "state_q", err, "u_random") ||
      compare_find(bus, &compare->started, "started_q", err, "u_sequencer") ||
      compare_find(bus, &compare->ended, "ended_q", err, "u_sequencer") ||
      compare_find(bus, &compare->memory, "memory_q", err, "u_counters") ||
      compare_find(bus, &compare->at, "at_q", err, "u_counters") ||
      compare_find(bus, &compare->addend, "addend_q", err, "u_counters") ||
      compare_find(bus, &compare->steps, "count_q", err, "u_counters.u_steps") ||
      compare_find(bus, &compare->pictures, "count_q", err, "u_counters.u_pictures") ||
      compare_find(bus, &compare->correct, "count_q", err, "u_counters.u_correct"))
    return -1;
  for (int l = 0; l < bus->net->layer_count; l++)
    if (find_counters(compare, bus, l, err) ||
        kinds[bus->net->layer[l].kind]->find_weights(compare, bus, l, err))
      return -1;
  return 0;
}

void compare_free(struct compare *compare) {
  for (int i = 0; i < compare->probe_count; i++) {
    if (compare->probe[i].shares)
      continue;
    free(compare->probe[i].values);
    free(compare->probe[i].cycles);
  }
  for (int l = 0; l < NET_LAYERS_MAX; l++)
    free(compare->weights[l]);
  weights_free(&compare->before);
}

/* ---------------------------------------------------------------- comparisons */

void compare_value(struct compare *compare, const char *tensor, long index, int64_t expected,
                   int64_t got, uint64_t cycle) {
  compare->compared++;
  if (expected == got)
    return;
  if (compare->mismatches++ == 0 || cycle < compare->first_cycle) {
    compare->first_cycle = cycle;
    char number[24] = "X";
    if (got != UNKNOWN)
      snprintf(number, sizeof number, "%" PRId64, got);
    snprintf(compare->first, sizeof compare->first,
             "%s[%ld] expected %" PRId64 " got %s at cycle %" PRIu64 " (step %" PRIu32 ")", tensor,
             index, expected, number, cycle, compare->model->state.steps);
  }
}

static const struct probe *probe_of(const struct compare *compare, int l, const char *what) {
  char tensor[24];
  snprintf(tensor, sizeof tensor, "%s.%s", compare->net->layer[l].name, what);
  for (int i = 0; i < compare->probe_count; i++)
    if (!strcmp(compare->probe[i].tensor, tensor))
      return &compare->probe[i];
  return NULL;
}

/* Where the values of a step lie, by its number. */
static size_t bank_of(const struct compare *compare, const struct probe *probe, size_t step) {
  return compare->overlaps ? step % 2 * probe->count : 0;
}

/* One value of a tensor against what the probe saw in the step that ended last; a value that never
 * came is a difference too. */
static void compare_seen(struct compare *compare, const struct probe *probe, size_t index,
                         int64_t expected, uint64_t now) {
  size_t at = bank_of(compare, probe, compare->steps_done - 1) + index;
  if (probe->cycles[at] == 0)
    compare_value(compare, probe->tensor, (long)index, expected, expected + 1, now);
  else
    compare_value(compare, probe->tensor, (long)index, expected, probe->values[at],
                  probe->cycles[at]);
}

static void compare_values(struct compare *compare, int l, const char *what,
                           const int32_t *expected, uint64_t now) {
  const struct probe *probe = probe_of(compare, l, what);
  for (size_t n = 0; probe && n < probe->count; n++)
    compare_seen(compare, probe, n, expected[n], now);
}

static void compare_layer(struct compare *compare, int l, bool train, uint64_t now) {
  const struct layer *layer = &compare->net->layer[l];
  const struct model *model = compare->model;
  const struct layer_tensors *t = &model->layer[l];
  const struct probe *sum = probe_of(compare, l, "sum"), *kept = probe_of(compare, l, "kept");
  const struct probe *update_sum = probe_of(compare, l, "update_sum");
  compare_values(compare, l, "input", l > 0 ? model->layer[l - 1].activation : model->pixels, now);
  for (size_t n = 0; kept && n < (size_t)layer->outputs; n++) {
    compare_seen(compare, kept, n, -(int64_t)t->kept[n], now); /* one bit in two's complement */
    if (t->kept[n])
      compare_seen(compare, sum, n, t->sum[n], now);
  }
  compare_values(compare, l, "activation", t->activation, now);
  if (!train)
    return;
  compare_values(compare, l, "gradient", t->gradient, now);
  for (size_t i = 0; update_sum && i < update_sum->count; i++)
    compare_seen(compare, update_sum, i, t->update_sum[i], now);
}

static void compare_weights(struct compare *compare, int l, uint64_t now) {
  const struct layer *layer = &compare->net->layer[l];
  const int32_t *weights = model_weights(compare->model)->layer[l];
  char tensor[24];
  snprintf(tensor, sizeof tensor, "%s.weight", compare->net->layer[l].name);
  for (int n = 0; n < layer->rows; n++)
    for (int u = 0; u < layer->units; u++) {
      int i = n * layer->units + u;
      struct plan_place place = plan_weight_place(&compare->plan, compare->net, l, n, u);
      int64_t got = signal_signed(&compare->weights[l][place.memory], (size_t)place.word,
                                  (size_t)place.bit, layer->word.bits);
      compare_value(compare, tensor, i, weights[i], got, now);
    }
}

/* No weight is written that does not change. */
static void compare_writes(struct compare *compare, int l, uint64_t now) {
  const int32_t *before = compare->before.layer[l];
  const int32_t *after = model_weights(compare->model)->layer[l];
  uint32_t changed = 0;
  for (size_t i = 0; i < compare->before.count[l]; i++)
    changed += before[i] != after[i];
  compare_value(compare, "weights written", l, changed, compare_word(&compare->writes[l]), now);
}

/* What the register at `address` counts up to: its word of the memory, what was counted `since` its
 * last visit, and what a visit is about to add to one of its halves. */
static int64_t counter(const struct compare *compare, uint32_t address,
                       const struct sim_signal *since) {
  size_t word = address / 4 * 2;
  int64_t low = (int64_t)signal_bits(&compare->memory, word, 0, 16);
  int64_t high = (int64_t)signal_bits(&compare->memory, word + 1, 0, 16);
  int64_t at = (int64_t)signal_bits(&compare->at, 0, 0, 7), count = compare_word(since);
  int64_t addend = at >> 1 == address / 4 ? compare_word(&compare->addend) : 0;
  if (low == UNKNOWN || high == UNKNOWN || at == UNKNOWN || count == UNKNOWN || addend == UNKNOWN)
    return UNKNOWN;
  return (uint32_t)(low + (high << 16) + count + (addend << (at & 1) * 16));
}

static void compare_counter(struct compare *compare, const char *name, long index,
                            uint32_t expected, uint32_t address, const struct sim_signal *since,
                            uint64_t now) {
  compare_value(compare, name, index, expected, counter(compare, address, since), now);
}

static void compare_counters(struct compare *compare, uint64_t now) {
  const struct counters *counters = &compare->model->counters;
  compare_counter(compare, "steps", -1, compare->model->state.steps, MAP_STEPS, &compare->steps,
                  now);
  compare_counter(compare, "pictures", -1, counters->pictures, MAP_PICTURES, &compare->pictures,
                  now);
  compare_counter(compare, "correct", -1, counters->correct, MAP_CORRECT, &compare->correct, now);
  if (compare->steps_begun != compare->steps_done) /* the step behind counts, too */
    return;
  for (int l = 0; l < compare->net->layer_count; l++) {
    uint32_t layer = MAP_LAYERS + MAP_LAYER_SIZE * (uint32_t)l;
    compare_counter(compare, "cut_activations", l, counters->cut_activations[l],
                    layer + MAP_CUT_ACTIVATIONS, &compare->cut_activations[l], now);
    if (compare->net->fold[FOLD_MODE] != MODE_TRAINING)
      continue;
    compare_counter(compare, "cut_gradients", l, counters->cut_gradients[l],
                    layer + MAP_CUT_GRADIENTS, &compare->cut_gradients[l], now);
    compare->lost_expected[l] = counters->lost[l];
  }
}

/* The last updates of a training step are counted a few cycles behind it, and long before the next
 * ones; the random state has moved on by then. */
static void compare_late(struct compare *compare, uint64_t now) {
  const struct random_state *random = &compare->model->state.random;
  for (int l = 0; l < compare->net->layer_count; l++)
    compare_counter(compare, "lost", l, compare->lost_expected[l],
                    MAP_LAYERS + MAP_LAYER_SIZE * (uint32_t)l + MAP_LOST, &compare->lost[l], now);
  compare_value(compare, "random.low", -1, (int64_t)random->low,
                (int64_t)signal_bits(&compare->random, 0, 0, 64), now);
  compare_value(compare, "random.high", -1, (int64_t)random->high,
                (int64_t)signal_bits(&compare->random, 0, 64, 63), now);
}

/* The core has ended a step: the model does it too. */
static void end_step(struct compare *compare, uint64_t now) {
  while (compare->next_job < compare->job_count &&
         (compare->jobs[compare->next_job].bytes !=
              (size_t)(compare->net->height * compare->net->width) ||
          compare->jobs[compare->next_job].label >= compare->net->classes))
    compare->next_job++;
  if (compare->next_job == compare->job_count) {
    compare_value(compare, "step that no picture asked for", -1, 0, 1, now);
    return;
  }
  const struct job *job = &compare->jobs[compare->next_job++];
  bool train = compare_trains(compare->net, job);
  for (int l = 0; l < compare->net->layer_count; l++)
    memcpy(compare->before.layer[l], model_weights(compare->model)->layer[l],
           compare->before.count[l] * sizeof *compare->before.layer[l]);
  model_forward(compare->model, job->picture, job->label, train);
  if (train)
    model_backward(compare->model, job->label);
  for (int l = 0; l < compare->net->layer_count; l++) {
    const struct compare_kind *kind = kinds[compare->net->layer[l].kind];
    compare_layer(compare, l, train, now);
    if (kind->compare_cycles)
      kind->compare_cycles(compare, l, train, now);
    if (train) {
      compare_weights(compare, l, now);
      compare_writes(compare, l, now);
    }
  }
  const struct probe *probability = &compare->probe[compare->probe_count - 1];
  for (size_t c = 0; !strcmp(probability->tensor, "softmax.probability") && c < probability->count;
       c++)
    compare_seen(compare, probability, c, compare->model->probability[c], now);
  compare_counters(compare, now);
  if (train)
    compare->late_due = now + LATE;
  compare->step_cycles = (uint32_t)(now - compare->since[(compare->steps_done - 1) % 2]) + 1;
  uint32_t *longest = train ? &compare->train_cycles : &compare->infer_cycles;
  if (compare->step_cycles > *longest)
    *longest = compare->step_cycles;
  for (int i = 0; i < compare->probe_count; i++) {
    const struct probe *probe = &compare->probe[i];
    memset(probe->cycles + bank_of(compare, probe, compare->steps_done - 1), 0,
           probe->count * sizeof *probe->cycles);
  }
}

/* The core has begun a step: not too early, and how late. */
static void begin_step(struct compare *compare, uint64_t now) {
  uint64_t apart = now - compare->since[(compare->steps_begun - 2) % 2];
  uint64_t gap = now - compare->idle_since - 1;
  compare->since[(compare->steps_begun - 1) % 2] = now;
  if (compare->run_begun++ == 0)
    return;
  if (compare->overlaps && apart < (uint64_t)compare->plan.interval)
    compare_value(compare, "interval", -1, compare->plan.interval, (int64_t)apart, now);
  if (apart > compare->interval)
    compare->interval = (uint32_t)apart;
  if (!compare->overlaps && gap > compare->longest_gap)
    compare->longest_gap = gap;
}

static void gather(struct compare *compare, struct probe *probe, uint64_t now) {
  uint64_t valid = signal_bits(&probe->valid, 0, 0, 1);
  if (!valid)
    return;
  uint64_t index = signal_bits(&probe->index, 0, 0, 32);
  bool unknown = valid == (uint64_t)UNKNOWN || index == (uint64_t)UNKNOWN;
  if (unknown || index >= probe->count) { /* a value that the tensor does not have */
    compare_value(compare, probe->tensor, unknown ? -1 : (long)index, 0, unknown ? UNKNOWN : 1,
                  now);
    return;
  }
  int64_t value = signal_signed(&probe->value, 0, 0, probe->value_bits);
  size_t at = bank_of(compare, probe, probe->passed++ / probe->a_step) + index;
  /* A value that passes again, unchanged, keeps the time when it was first there. */
  if (probe->cycles[at] == 0 || probe->values[at] != value)
    probe->cycles[at] = now;
  probe->values[at] = value;
}

bool compare_trains(const struct net *net, const struct job *job) {
  return job->train && net->fold[FOLD_MODE] == MODE_TRAINING;
}

void compare_begin(struct compare *compare, const struct job *jobs, size_t count) {
  compare->jobs = jobs;
  compare->job_count = count;
  compare->next_job = 0;
  compare->run_begun = 0;
}

void compare_cycle(void *context, const struct sim_bus *bus) {
  struct compare *compare = context;
  uint32_t begun = (uint32_t)compare_word(&compare->started);
  uint32_t done = (uint32_t)compare_word(&compare->ended);
  bool begins = begun != compare->steps_begun, ends = done != compare->steps_done;
  compare->steps_begun = begun;
  compare->steps_done = done;
  if (ends) {
    end_step(compare, bus->cycle);
    compare->idle_since = bus->cycle;
  }
  if (begins)
    begin_step(compare, bus->cycle);
  if (compare->late_due != 0 && bus->cycle == compare->late_due)
    compare_late(compare, bus->cycle);
  for (int i = 0; i < compare->probe_count; i++)
    gather(compare, &compare->probe[i], bus->cycle);
}

bool compare_complete(const struct compare *compare) {
  for (size_t i = compare->next_job; i < compare->job_count; i++)
    if (compare->jobs[i].bytes == (size_t)(compare->net->height * compare->net->width) &&
        compare->jobs[i].label < compare->net->classes)
      return false;
  return compare->steps_begun == compare->steps_done;
}
