/* compare.c : the simulated core beside the model.
 * SPDX-License-Identifier: MIT
 */
#include "compare.h"

#include "base/file.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- signals */

/* `bits` (<= 64) of a signal's element from bit `from` on, as an unsigned number. */
static uint64_t signal_bits(const struct sim_signal *signal, size_t element, size_t from,
                            int bits) {
  const unsigned char *data = signal->data;
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

static int64_t signal_signed(const struct sim_signal *signal, size_t element, size_t from,
                             int bits) {
  uint64_t value = signal_bits(signal, element, from, bits);
  return (int64_t)(value << (64 - bits)) >> (64 - bits);
}

static uint32_t signal_word(const struct sim_signal *signal) {
  return (uint32_t)signal_bits(signal, 0, 0, 32);
}

__attribute__((format(printf, 5, 6))) static int find(struct sim_bus *bus,
                                                      struct sim_signal *signal, const char *name,
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

static int add_probe(struct compare *compare, struct sim_bus *bus, const char *layer,
                     const char *what, const char *scope, size_t count, int bits,
                     bool training_only, struct error *err) {
  struct probe *probe = &compare->probe[compare->probe_count++];
  snprintf(probe->tensor, sizeof probe->tensor, "%s.%s", layer, what);
  probe->value_bits = bits;
  probe->count = count;
  probe->training_only = training_only;
  probe->values = memory_new(count, sizeof *probe->values);
  probe->cycles = memory_new(count, sizeof *probe->cycles);
  return find(bus, &probe->valid, "valid", err, "%s", scope) ||
                 find(bus, &probe->index, "index", err, "%s", scope) ||
                 find(bus, &probe->value, "value", err, "%s", scope)
             ? -1
             : 0;
}

static int add_layer_probe(struct compare *compare, struct sim_bus *bus, int l, const char *what,
                           const char *instance, size_t count, int bits, bool training_only,
                           struct error *err) {
  char scope[96];
  const char *name = compare->plan.layer[l].name;
  snprintf(scope, sizeof scope, "u_%s%s", name, instance);
  return add_probe(compare, bus, name, what, scope, count, bits, training_only, err);
}

static int add_probes(struct compare *compare, struct sim_bus *bus, struct error *err) {
  const struct net *net = compare->net;
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    size_t outputs = (size_t)layer->outputs;
    int failed = 0;
    if (layer->kind == LAYER_CONV) {
      char scope[96];
      snprintf(scope, sizeof scope, "u_%s.u_input", compare->plan.layer[l + 1].name);
      failed |= add_probe(compare, bus, compare->plan.layer[l].name, "activation", scope, outputs,
                          layer->activation.bits, false, err);
      failed |=
          add_layer_probe(compare, bus, l, "update_sum", ".u_gradient",
                          (size_t)(layer->rows * layer->units), layer->update_bits, true, err);
    } else {
      failed |= add_layer_probe(compare, bus, l, "sum", "_normaliser.gen_probe.u_sum", outputs,
                                layer->sum_bits, false, err);
      failed |= add_layer_probe(compare, bus, l, "kept", "_normaliser.gen_probe.u_kept", outputs, 1,
                                false, err);
      failed |= add_layer_probe(compare, bus, l, "activation", "_normaliser.gen_probe.u_value",
                                outputs, layer->activation.bits, false, err);
    }
    failed |= add_layer_probe(compare, bus, l, "gradient", "_gradient_normaliser.gen_probe.u_value",
                              outputs, layer->gradient.bits, true, err);
    if (failed)
      return -1;
  }
  return add_probe(compare, bus, "softmax", "probability", "u_softmax.u_probability",
                   (size_t)net->classes, 17, false, err);
}

static int find_layer(struct compare *compare, struct sim_bus *bus, int l, struct error *err) {
  const struct plan_layer *p = &compare->plan.layer[l];
  const char *name = p->name;
  if (find(bus, &compare->cut_activations[l], "count_q", err, "u_%s_normaliser.u_cut_counter",
           name) ||
      find(bus, &compare->cut_gradients[l], "count_q", err,
           "u_%s_gradient_normaliser.u_cut_counter", name) ||
      find(bus, &compare->lost[l], "count_q", err, "u_%s.u_lost_counter", name))
    return -1;
  if (compare->net->layer[l].kind == LAYER_CONV)
    return find(bus, &compare->kernel, "kernel_q", err, "u_%s", name);
  compare->banks[l] = memory_new((size_t)p->lanes, sizeof *compare->banks[l]);
  for (int lane = 0; lane < p->lanes; lane++)
    if (find(bus, &compare->banks[l][lane], "memory_q", err,
             "u_%s.gen_lane__BRA__%d__KET__.u_lane.u_weights", name, lane))
      return -1;
  return 0;
}

int compare_new(struct compare *compare, struct sim_bus *bus, struct model *model,
                struct error *err) {
  *compare = (struct compare){.net = bus->net, .model = model};
  plan_make(&compare->plan, bus->net);
  if (add_probes(compare, bus, err) || find(bus, &compare->random, "state_q", err, "u_random") ||
      find(bus, &compare->busy, "busy_q", err, "u_sequencer") ||
      find(bus, &compare->steps, "steps_q", err, "u_sequencer") ||
      find(bus, &compare->pictures, "pictures_q", err, "u_sequencer") ||
      find(bus, &compare->correct, "correct_q", err, "u_sequencer") ||
      find(bus, &compare->step_cycles, "step_cycles_q", err, "u_sequencer"))
    return -1;
  for (int l = 0; l < bus->net->layer_count; l++)
    if (find_layer(compare, bus, l, err))
      return -1;
  return 0;
}

void compare_free(struct compare *compare) {
  for (int i = 0; i < compare->probe_count; i++) {
    free(compare->probe[i].values);
    free(compare->probe[i].cycles);
  }
  for (int l = 0; l < NET_LAYERS_MAX; l++)
    free(compare->banks[l]);
}

/* ---------------------------------------------------------------- comparisons */

void compare_value(struct compare *compare, const char *tensor, long index, int64_t expected,
                   int64_t got, uint64_t cycle) {
  compare->compared++;
  if (expected == got)
    return;
  if (compare->mismatches++ == 0 || cycle < compare->first_cycle) {
    compare->first_cycle = cycle;
    snprintf(compare->first, sizeof compare->first,
             "%s[%ld] expected %" PRId64 " got %" PRId64 " at cycle %" PRIu64 " (step %" PRIu32 ")",
             tensor, index, expected, got, cycle, compare->model->state.steps);
  }
}

static const struct probe *probe_of(const struct compare *compare, int l, const char *what) {
  char tensor[24];
  snprintf(tensor, sizeof tensor, "%s.%s", compare->plan.layer[l].name, what);
  for (int i = 0; i < compare->probe_count; i++)
    if (!strcmp(compare->probe[i].tensor, tensor))
      return &compare->probe[i];
  return NULL;
}

/* One value of a tensor against what the probe saw; a value that never came is a difference too. */
static void compare_seen(struct compare *compare, const struct probe *probe, size_t index,
                         int64_t expected, uint64_t now) {
  if (probe->cycles[index] == 0)
    compare_value(compare, probe->tensor, (long)index, expected, expected + 1, now);
  else
    compare_value(compare, probe->tensor, (long)index, expected, probe->values[index],
                  probe->cycles[index]);
}

static void compare_layer(struct compare *compare, int l, bool train, uint64_t now) {
  const struct layer *layer = &compare->net->layer[l];
  const struct layer_tensors *t = &compare->model->layer[l];
  const struct probe *activation = probe_of(compare, l, "activation"),
                     *gradient = probe_of(compare, l, "gradient");
  const struct probe *sum = probe_of(compare, l, "sum"), *kept = probe_of(compare, l, "kept");
  const struct probe *update_sum = probe_of(compare, l, "update_sum");
  for (size_t n = 0; n < (size_t)layer->outputs; n++) {
    if (kept)
      compare_seen(compare, kept, n, -(int64_t)t->kept[n],
                   now); /* one bit, read as two's complement */
    if (sum && t->kept[n])
      compare_seen(compare, sum, n, t->sum[n], now);
    compare_seen(compare, activation, n, t->activation[n], now);
    if (train)
      compare_seen(compare, gradient, n, t->gradient[n], now);
  }
  for (size_t i = 0; train && update_sum && i < update_sum->count; i++)
    compare_seen(compare, update_sum, i, t->update_sum[i], now);
}

static void compare_weights(struct compare *compare, int l, uint64_t now) {
  const struct layer *layer = &compare->net->layer[l];
  const struct plan_layer *p = &compare->plan.layer[l];
  const int32_t *weights = compare->model->weights.layer[l];
  char tensor[24];
  snprintf(tensor, sizeof tensor, "%s.weight", p->name);
  for (int n = 0; n < layer->rows; n++)
    for (int u = 0; u < layer->units; u++) {
      int i = n * layer->units + u, bits = layer->weight.bits;
      int64_t got = layer->kind == LAYER_CONV
                        ? signal_signed(&compare->kernel, 0, (size_t)(i * bits), bits)
                        : signal_signed(&compare->banks[l][u % p->lanes],
                                        (size_t)(n * p->groups + u / p->lanes), 0, bits);
      compare_value(compare, tensor, i, weights[i], got, now);
    }
}

static void compare_counters(struct compare *compare, uint64_t now) {
  const struct model *model = compare->model;
  compare_value(compare, "steps", -1, model->state.steps, signal_word(&compare->steps), now);
  compare_value(compare, "pictures", -1, model->counters.pictures, signal_word(&compare->pictures),
                now);
  compare_value(compare, "correct", -1, model->counters.correct, signal_word(&compare->correct),
                now);
  compare_value(compare, "random.low", -1, (int64_t)model->state.random.low,
                (int64_t)signal_bits(&compare->random, 0, 0, 64), now);
  compare_value(compare, "random.high", -1, (int64_t)model->state.random.high,
                (int64_t)signal_bits(&compare->random, 0, 64, 63), now);
  for (int l = 0; l < compare->net->layer_count; l++) {
    compare_value(compare, "cut_activations", l, model->counters.cut_activations[l],
                  signal_word(&compare->cut_activations[l]), now);
    compare_value(compare, "cut_gradients", l, model->counters.cut_gradients[l],
                  signal_word(&compare->cut_gradients[l]), now);
    compare_value(compare, "lost", l, model->counters.lost[l], signal_word(&compare->lost[l]), now);
  }
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
  model_forward(compare->model, job->picture, job->label, job->train);
  if (job->train)
    model_backward(compare->model, job->label);
  for (int l = 0; l < compare->net->layer_count; l++) {
    compare_layer(compare, l, job->train, now);
    if (job->train)
      compare_weights(compare, l, now);
  }
  const struct probe *probability = &compare->probe[compare->probe_count - 1];
  for (size_t c = 0; c < probability->count; c++)
    compare_seen(compare, probability, c, compare->model->probability[c], now);
  compare_counters(compare, now);
  uint32_t cycles = signal_word(&compare->step_cycles);
  uint32_t *longest = job->train ? &compare->train_cycles : &compare->infer_cycles;
  if (cycles > *longest)
    *longest = cycles;
  for (int i = 0; i < compare->probe_count; i++)
    memset(compare->probe[i].cycles, 0, compare->probe[i].count * sizeof *compare->probe[i].cycles);
}

static void gather(struct compare *compare, struct probe *probe, uint64_t now) {
  if (!signal_bits(&probe->valid, 0, 0, 1))
    return;
  size_t index = (size_t)signal_bits(&probe->index, 0, 0, 32);
  if (index >= probe->count) { /* a value that the tensor does not have */
    compare_value(compare, probe->tensor, (long)index, 0, 1, now);
    return;
  }
  int64_t value = signal_signed(&probe->value, 0, 0, probe->value_bits);
  /* A value that passes again, unchanged, keeps the time when it was first there. */
  if (probe->cycles[index] == 0 || probe->values[index] != value)
    probe->cycles[index] = now;
  probe->values[index] = value;
}

void compare_begin(struct compare *compare, const struct job *jobs, size_t count) {
  compare->jobs = jobs;
  compare->job_count = count;
  compare->next_job = 0;
  compare->idle_cycles = 0;
}

void compare_cycle(void *context, const struct sim_bus *bus) {
  struct compare *compare = context;
  bool busy = signal_bits(&compare->busy, 0, 0, 1);
  if (compare->was_busy && !busy) {
    end_step(compare, bus->cycle);
    compare->idle_cycles = 0;
  }
  if (!compare->was_busy && busy && compare->next_job > 0 &&
      compare->idle_cycles > compare->longest_gap + 1)
    compare->longest_gap = compare->idle_cycles - 1;
  compare->idle_cycles += !busy;
  compare->was_busy = busy;
  for (int i = 0; i < compare->probe_count; i++)
    gather(compare, &compare->probe[i], bus->cycle);
}

bool compare_complete(const struct compare *compare) {
  for (size_t i = compare->next_job; i < compare->job_count; i++)
    if (compare->jobs[i].bytes == (size_t)(compare->net->height * compare->net->width) &&
        compare->jobs[i].label < compare->net->classes)
      return false;
  return !compare->was_busy;
}
