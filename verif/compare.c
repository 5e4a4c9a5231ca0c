/* compare.c : the simulated core beside the model.
 * SPDX-License-Identifier: MIT
 */
#include "compare_parts.h"

#include "base/file.h"
#include "emit_parts.h"
#include "net/map.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LATE = 20 /* cycles, more than engram_event_counter's and engram_random's */ };
enum { COUNT_LATE = COUNT_LOST /* this counter and those behind it may still count then */ };

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

/* The signal `name` in the scope, or where that is NULL at the probe's whole path. */
static int find(struct sim_bus *bus, struct sim_signal *signal, const struct core_probe *probe,
                const char *name, struct error *err) {
  char scope[sizeof probe->path];
  snprintf(scope, sizeof scope, "%s", probe->path);
  char *last = strrchr(scope, '.');
  if (!name && last) {
    *last = '\0';
    name = last + 1;
  }
  if (!name || bus->library.find(bus->sim, scope, name, signal))
    return error_set(err, "simulation: no signal %s in %s", name ? name : "of a probe", scope);
  return 0;
}

int compare_find(struct compare *compare, struct sim_bus *bus, struct sim_signal *signal,
                 const char *layer, const char *what, int number, struct error *err) {
  const struct core_probe *probe = probes_find(&compare->probes, layer, what, number);
  if (!probe)
    return error_set(err, "simulation: the core has no probe %s.%s", layer, what);
  return find(bus, signal, probe, NULL, err);
}

/* ---------------------------------------------------------------- streams */

static int add_stream(struct compare *compare, struct sim_bus *bus, const struct core_probe *probe,
                      struct error *err) {
  struct stream *stream = &compare->stream[compare->stream_count++];
  size_t count = (size_t)probe->count;
  stream->probe = probe;
  stream->count = count;
  stream->a_step = count * (size_t)probe->passes;
  stream->shares = probe->number > 0; /* several values of a tensor pass at a time */
  if (stream->shares) {
    stream->values = stream[-1].values;
    stream->cycles = stream[-1].cycles;
  } else {
    stream->values = memory_new(2 * count, sizeof *stream->values);
    stream->cycles = memory_new(2 * count, sizeof *stream->cycles);
  }
  return find(bus, &stream->valid, probe, "valid", err) ||
                 find(bus, &stream->index, probe, "index", err) ||
                 find(bus, &stream->value, probe, "value", err)
             ? -1
             : 0;
}

static int add_streams(struct compare *compare, struct sim_bus *bus, struct error *err) {
  const struct probes *probes = &compare->probes;
  compare->stream = memory_new((size_t)probes->count, sizeof *compare->stream);
  for (int i = 0; i < probes->count; i++)
    if (probes->probe[i].kind == PROBE_STREAM && add_stream(compare, bus, &probes->probe[i], err))
      return -1;
  return 0;
}

static int find_layer(struct compare *compare, struct sim_bus *bus, int l, struct error *err) {
  const struct layer *layer = &compare->net->layer[l];
  const char *name = layer->name;
  int memories = 0;
  while (probes_find(&compare->probes, name, "weights", memories))
    memories++;
  compare->weights[l] = memory_new((size_t)memories, sizeof *compare->weights[l]);
  for (int i = 0; i < memories; i++)
    if (compare_find(compare, bus, &compare->weights[l][i], name, "weights", i, err))
      return -1;
  if (kinds[layer->kind]->find && kinds[layer->kind]->find(compare, bus, l, err))
    return -1;
  bool trains = compare->net->fold[FOLD_MODE] == MODE_TRAINING;
  const struct counter *counter;
  for (int i = 0; (counter = net_counter(layer, i)) != NULL; i++)
    if ((trains || !counter->trains) &&
        compare_find(compare, bus, &compare->count[i][l], name, counter->wires, 0, err))
      return -1;
  int parts = 0; /* of the layer, each of which counts what it writes */
  for (; trains && probes_find(&compare->probes, name, "writes", parts); parts++)
    if (compare_find(compare, bus, &compare->writes[l][parts], name, "writes", parts, err))
      return -1;
  compare->write_parts[l] = parts;
  return trains && parts == 0 ? error_set(err, "simulation: the core has no probe %s.writes", name)
                              : 0;
}

static int find_core(struct compare *compare, struct sim_bus *bus, struct error *err) {
  const struct {
    struct sim_signal *signal;
    const char *part, *what;
  } signals[] = {
      {&compare->random, "random", "state"},      {&compare->started, "sequencer", "started"},
      {&compare->ended, "sequencer", "ended"},    {&compare->memory, "counters", "memory"},
      {&compare->at, "counters", "at"},           {&compare->addend, "counters", "addend"},
      {&compare->steps, "counters", "steps"},     {&compare->pictures, "counters", "pictures"},
      {&compare->correct, "counters", "correct"},
  };
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
    if (compare_find(compare, bus, signals[i].signal, signals[i].part, signals[i].what, 0, err))
      return -1;
  return 0;
}

int compare_new(struct compare *compare, struct sim_bus *bus, struct model *model,
                struct error *err) {
  bool trains = bus->net->fold[FOLD_MODE] == MODE_TRAINING;
  *compare = (struct compare){.net = bus->net, .model = model, .overlaps = !trains};
  plan_make(&compare->plan, bus->net);
  weights_new(&compare->before, bus->net);
  const struct emit emit = {.net = bus->net, .plan = &compare->plan, .trains = trains};
  probes_make(&compare->probes, &emit);
  if (add_streams(compare, bus, err) || find_core(compare, bus, err))
    return -1;
  for (int l = 0; l < bus->net->layer_count; l++)
    if (find_layer(compare, bus, l, err))
      return -1;
  return 0;
}

void compare_free(struct compare *compare) {
  for (int i = 0; i < compare->stream_count; i++) {
    if (compare->stream[i].shares)
      continue;
    free(compare->stream[i].values);
    free(compare->stream[i].cycles);
  }
  free(compare->stream);
  probes_free(&compare->probes);
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

static const struct stream *stream_of(const struct compare *compare, const char *layer,
                                      const char *what) {
  const struct core_probe *probe = probes_find(&compare->probes, layer, what, 0);
  for (int i = 0; probe && i < compare->stream_count; i++)
    if (compare->stream[i].probe == probe)
      return &compare->stream[i];
  return NULL;
}

/* Where the values of a step lie, by its number. */
static size_t bank_of(const struct compare *compare, const struct stream *stream, size_t step) {
  return compare->overlaps ? step % 2 * stream->count : 0;
}

/* One value of a tensor against what its stream had in the step that ended last; a value that never
 * came is a difference too. */
static void compare_seen(struct compare *compare, const struct stream *stream, size_t index,
                         int64_t expected, uint64_t now) {
  size_t at = bank_of(compare, stream, compare->steps_done - 1) + index;
  if (stream->cycles[at] == 0)
    compare_value(compare, stream->probe->name, (long)index, expected, expected + 1, now);
  else
    compare_value(compare, stream->probe->name, (long)index, expected, stream->values[at],
                  stream->cycles[at]);
}

static void compare_values(struct compare *compare, int l, const char *what,
                           const int32_t *expected, uint64_t now) {
  const struct stream *stream = stream_of(compare, compare->net->layer[l].name, what);
  for (size_t n = 0; stream && n < stream->count; n++)
    compare_seen(compare, stream, n, expected[n], now);
}

static void compare_layer(struct compare *compare, int l, bool train, uint64_t now) {
  const struct layer *layer = &compare->net->layer[l];
  const struct model *model = compare->model;
  const struct layer_tensors *t = &model->layer[l];
  const struct stream *sum = stream_of(compare, layer->name, "sum"),
                      *kept = stream_of(compare, layer->name, "kept");
  const struct stream *update_sum = stream_of(compare, layer->name, "update_sum");
  const int64_t *sums = model_sums(model, l);
  compare_values(compare, l, "input", l > 0 ? model->layer[l - 1].activation : model->pixels, now);
  for (size_t n = 0; kept && n < (size_t)layer->outputs; n++) {
    compare_seen(compare, kept, n, -(int64_t)t->kept[n], now); /* one bit in two's complement */
    if (t->kept[n])
      compare_seen(compare, sum, n, sums[n], now);
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
  const struct tensor *tensor = &compare->net->tensor[layer->first_tensor];
  for (int t = 0; t < layer->tensor_count; t++, tensor++) {
    const int32_t *weight = weights_of(model_weights(compare->model), tensor);
    char name[NET_TENSOR_NAME_MAX];
    net_tensor_name(compare->net, tensor, name);
    for (int n = 0; n < tensor->rows; n++)
      for (int u = 0; u < tensor->columns; u++) {
        int i = n * tensor->columns + u;
        struct plan_place place = plan_weight_place(&compare->plan, compare->net, tensor, n, u);
        int64_t got = signal_signed(&compare->weights[l][place.memory], (size_t)place.word,
                                    (size_t)place.bit, tensor->format.bits);
        compare_value(compare, name, i, weight[i], got, now);
      }
  }
}

/* No weight is written that does not change. */
static void compare_writes(struct compare *compare, int l, uint64_t now) {
  const int32_t *before = compare->before.layer[l];
  const int32_t *after = model_weights(compare->model)->layer[l];
  uint32_t changed = 0;
  int64_t written = 0;
  for (int part = 0; part < compare->write_parts[l]; part++) {
    int64_t word = compare_word(&compare->writes[l][part]);
    written = word == UNKNOWN || written == UNKNOWN ? UNKNOWN : written + word;
  }
  for (size_t i = 0; i < compare->before.count[l]; i++)
    changed += before[i] != after[i];
  compare_value(compare, "weights written", l, changed, written, now);
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

static void compare_layer_counter(struct compare *compare, int l, int i, uint32_t expected,
                                  uint64_t now) {
  compare_counter(compare, net_counter(&compare->net->layer[l], i)->name, l, expected,
                  map_counter(compare->net, l, i), &compare->count[i][l], now);
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
  for (int l = 0; l < compare->net->layer_count; l++)
    for (int i = 0; i < COUNT_LATE; i++)
      if (compare->net->fold[FOLD_MODE] == MODE_TRAINING ||
          !net_counter(&compare->net->layer[l], i)->trains)
        compare_layer_counter(compare, l, i, counters->count[i][l], now);
  memcpy(compare->late_expected, counters->count, sizeof compare->late_expected);
}

/* The last updates of a training step are counted a few cycles behind it, and long before the next
 * ones; the random state has moved on by then. */
static void compare_late(struct compare *compare, uint64_t now) {
  const struct random_state *random = &compare->model->state.random;
  for (int l = 0; l < compare->net->layer_count; l++)
    for (int i = COUNT_LATE; net_counter(&compare->net->layer[l], i); i++)
      compare_layer_counter(compare, l, i, compare->late_expected[i][l], now);
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
  const struct stream *probability = stream_of(compare, "softmax", "probability");
  for (size_t c = 0; probability && c < probability->count; c++)
    compare_seen(compare, probability, c, compare->model->probability[c], now);
  compare_counters(compare, now);
  if (train)
    compare->late_due = now + LATE;
  compare->step_cycles = (uint32_t)(now - compare->since[(compare->steps_done - 1) % 2]) + 1;
  uint32_t *longest = train ? &compare->train_cycles : &compare->infer_cycles;
  if (compare->step_cycles > *longest)
    *longest = compare->step_cycles;
  for (int i = 0; i < compare->stream_count; i++) {
    const struct stream *stream = &compare->stream[i];
    memset(stream->cycles + bank_of(compare, stream, compare->steps_done - 1), 0,
           stream->count * sizeof *stream->cycles);
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

static void gather(struct compare *compare, struct stream *stream, uint64_t now) {
  uint64_t valid = signal_bits(&stream->valid, 0, 0, 1);
  if (!valid)
    return;
  uint64_t index = signal_bits(&stream->index, 0, 0, 32);
  bool unknown = valid == (uint64_t)UNKNOWN || index == (uint64_t)UNKNOWN;
  if (unknown || index >= stream->count) { /* a value that the tensor does not have */
    compare_value(compare, stream->probe->name, unknown ? -1 : (long)index, 0,
                  unknown ? UNKNOWN : 1, now);
    return;
  }
  int64_t value = signal_signed(&stream->value, 0, 0, stream->probe->bits);
  size_t at = bank_of(compare, stream, stream->passed++ / stream->a_step) + index;
  /* A value that passes again, unchanged, keeps the time when it was first there. */
  if (stream->cycles[at] == 0 || stream->values[at] != value)
    stream->cycles[at] = now;
  stream->values[at] = value;
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
  for (int i = 0; i < compare->stream_count; i++)
    gather(compare, &compare->stream[i], bus->cycle);
}

bool compare_complete(const struct compare *compare) {
  for (size_t i = compare->next_job; i < compare->job_count; i++)
    if (compare->jobs[i].bytes == (size_t)(compare->net->height * compare->net->width) &&
        compare->jobs[i].label < compare->net->classes)
      return false;
  return compare->steps_begun == compare->steps_done;
}
