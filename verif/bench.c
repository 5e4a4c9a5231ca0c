/* bench.c : the emitted core in a simulator against the model: all values after every step.
 * SPDX-License-Identifier: MIT
 *
 * Trains and infers in the RTL, under random stalls where asked for, with weights loaded and read
 * back through AXI4-Lite, and ends with one line `sim: PASS ...` or `sim: FAIL ...`. A netlist has
 * no inner names: of it, all that the buses show is compared, every few steps.
 */
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/net_options.h"
#include "compare.h"
#include "data/dataset.h"
#include "net/map.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 25, NETLIST_CHUNK = 3, FAULT_EVERY = 7 };

struct options {
  struct net_options net;
  const char *data, *classes, *rtl, *wave;
  enum simulator simulator;
  uint64_t seed;
  int steps, infer, stall, reply_stall;
  bool faults, settings, json, netlist;
};

struct bench {
  const struct options *options;
  struct net net;
  struct dataset data;
  struct model model;
  struct sim_bus bus;
  struct compare compare;
  uint64_t random; /* splitmix state of everything the bench draws */
  uint64_t digest; /* of the weights that the core has at the end */
};

/* ---------------------------------------------------------------- options */

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->net;
    return 0;
  case 'd':
    options->data = arg;
    return 0;
  case 'c':
    options->classes = arg;
    return 0;
  case 's':
    options->steps = (int)option_number(state, "steps", arg, 0, 1000000);
    return 0;
  case 'i':
    options->infer = (int)option_number(state, "infer", arg, 0, 1000000);
    return 0;
  case 'S':
    options->seed = option_number(state, "seed", arg, 0, UINT64_MAX);
    return 0;
  case 't':
    options->stall = (int)option_number(state, "stall", arg, 0, 250);
    return 0;
  case 'R':
    options->reply_stall = (int)option_number(state, "stall-replies", arg, 0, 250);
    return 0;
  case 'F':
    options->faults = true;
    return 0;
  case 'x':
    options->settings = true;
    return 0;
  case 'r':
    options->rtl = arg;
    return 0;
  case 'n':
    options->rtl = arg;
    options->netlist = true;
    return 0;
  case 'w':
    options->wave = arg;
    return 0;
  case 'm':
    options->simulator = !strcmp(arg, "icarus") ? SIMULATOR_ICARUS : SIMULATOR_VERILATOR;
    if (options->simulator == SIMULATOR_VERILATOR && strcmp(arg, "verilator") != 0)
      argp_error(state, "--simulator %s: verilator or icarus", arg);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"data", 'd', "DIR", 0, "pictures (engram features); without it they are random", 2},
    {"classes", 'c', "A,B", 0, "classes of the data, in the order of the labels", 2},
    {"steps", 's', "N", 0, "training steps (200)", 2},
    {"infer", 'i', "N", 0, "inferences after them (100)", 2},
    {"seed", 'S', "N", 0, "of weights, pictures and stalls (1)", 2},
    {"stall", 't', "P", 0, "stall each stream's handshakes in P of 256 cycles (0)", 2},
    {"stall-replies", 'R', "P", 0, "the same, but do not take the replies' words (0)", 2},
    {"faults", 'F', 0, 0,
     "put pictures that are too short, too long or wrongly labelled between the others", 2},
    {"settings", 'x', 0, 0, "change learning rate and frozen layers between the chunks", 2},
    {"rtl", 'r', "DIR", 0, "Verilog files that replace the emitted ones of the same names", 2},
    {"netlist", 'n', "DIR", 0, "as --rtl, but a netlist: compare what the buses show", 2},
    {"wave", 'w', "FILE", 0, "write an FST wave", 2},
    {"simulator", 'm', "NAME", 0, "verilator (the default) or icarus", 2},
    {0},
};
static const struct argp_child children[] = {{&net_options_argp, 0, "Network:", 3}, {0}};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .children = children,
    .doc = "Train and infer in the simulated RTL and compare every value of every step with the "
           "model.",
};

/* ---------------------------------------------------------------- pictures */

static uint32_t draw(struct bench *bench, uint32_t below) {
  return (uint32_t)(random_splitmix(&bench->random) >> 32) % below;
}

/* Random pictures for nets that have no data: a class shows as a bright band, so that there is
 * something to learn. */
static void make_pictures(struct bench *bench) {
  struct dataset *data = &bench->data;
  *data = (struct dataset){.count = 64,
                           .height = bench->net.height,
                           .width = bench->net.width,
                           .class_count = bench->net.classes};
  size_t size = (size_t)(data->height * data->width);
  data->pictures = memory_new(data->count, size);
  data->labels = memory_new(data->count, 1);
  data->class_names = memory_new((size_t)data->class_count, sizeof *data->class_names);
  for (size_t i = 0; i < data->count; i++) {
    data->labels[i] = (uint8_t)draw(bench, (uint32_t)data->class_count);
    for (size_t p = 0; p < size; p++) {
      bool bright =
          (int)(p / (size_t)data->width) * data->class_count / data->height == data->labels[i];
      data->pictures[i * size + p] = (uint8_t)(draw(bench, 160) + (bright ? 95 : 0));
    }
  }
}

static int load_pictures(struct bench *bench, struct error *err) {
  if (!bench->options->data) {
    make_pictures(bench);
    return 0;
  }
  const struct net *net = &bench->net;
  if (dataset_load(&bench->data, bench->options->data, bench->options->classes, err))
    return -1;
  if (bench->data.note[0])
    cmd_warn("%s", bench->data.note);
  if (bench->data.height != net->height || bench->data.width != net->width)
    return error_set(err, "%s: pictures of %dx%d, %s takes %dx%d", bench->options->data,
                     bench->data.height, bench->data.width, net->name, net->height, net->width);
  if (bench->data.class_count != net->classes)
    return error_set(err, "%s: %d classes, %s has %d", bench->options->data,
                     bench->data.class_count, net->name, net->classes);
  return 0;
}

/* The next pictures; with faults, now and then a wrong one. `spare` has room for a picture that is
 * one byte too long. */
static void make_jobs(struct bench *bench, struct job *jobs, int count, bool train,
                      uint8_t *spare) {
  size_t size = (size_t)(bench->net.height * bench->net.width);
  for (int i = 0; i < count; i++) {
    size_t n = draw(bench, (uint32_t)bench->data.count);
    jobs[i] = (struct job){bench->data.pictures + n * size, size, bench->data.labels[n], train};
    if (!bench->options->faults || draw(bench, FAULT_EVERY) != 0)
      continue;
    switch (size > 1 ? draw(bench, 3) : 1 + draw(bench, 2)) {
    case 0:
      jobs[i].bytes = 1 + draw(bench, (uint32_t)size - 1);
      break;
    case 1:
      jobs[i].bytes = size + 1 + draw(bench, (uint32_t)size);
      jobs[i].picture = spare;
      break;
    default:
      jobs[i].label = bench->net.classes + (int)draw(bench, (uint32_t)(128 - bench->net.classes));
      break;
    }
  }
}

/* ---------------------------------------------------------------- run */

/* The replies against a model that goes the same way from `model`. */
static void check_replies(struct bench *bench, const struct job *jobs, const struct reply *replies,
                          int count, struct model *model) {
  struct compare *compare = &bench->compare;
  size_t size = (size_t)(bench->net.height * bench->net.width);
  for (int i = 0; i < count; i++) {
    const struct job *job = &jobs[i];
    enum reply_status status = job->bytes < size                  ? REPLY_SHORT
                               : job->bytes > size                ? REPLY_LONG
                               : job->label >= bench->net.classes ? REPLY_LABEL
                                                                  : REPLY_GOOD;
    compare_value(compare, "reply.status", i, status, replies[i].status, bench->bus.cycle);
    if (status != REPLY_GOOD)
      continue;
    bool train = compare_trains(&bench->net, job);
    model_forward(model, job->picture, job->label, train);
    compare_value(compare, "reply.class", i, model->best, replies[i].best, bench->bus.cycle);
    compare_value(compare, "reply.train", i, train, replies[i].train, bench->bus.cycle);
    compare_value(compare, "reply.steps", i, model->state.steps, replies[i].steps,
                  bench->bus.cycle);
    for (int c = 0; c < bench->net.classes; c++) {
      compare_value(compare, "reply.probability", c, model->probability[c],
                    replies[i].probability[c], bench->bus.cycle);
      if (bench->net.fold[FOLD_OUTPUT] == OUTPUT_ARGMAX)
        compare_value(compare, "reply.logit", c,
                      model->layer[bench->net.layer_count - 1].activation[c], replies[i].logit[c],
                      bench->bus.cycle);
    }
    if (train)
      model_backward(model, job->label);
  }
}

static void copy_state(struct model *to, struct model *from) {
  weights_copy(model_edit(to), model_weights(from));
  to->state = from->state;
}

/* Learning rate and frozen layers, in the core and in the model. */
static int change_settings(struct bench *bench, struct error *err) {
  struct device_state *state = &bench->model.state;
  state->rate = (int)draw(bench, NET_RATE_MAX + 1);
  state->freeze = draw(bench, 1u << bench->net.layer_count);
  return sim_bus_write(&bench->bus, MAP_RATE, (uint32_t)state->rate, 15, err) ||
                 sim_bus_write(&bench->bus, MAP_FREEZE, state->freeze, 15, err)
             ? error_set(err, "simulation: rate or freeze was refused")
             : 0;
}

/* A few weights through AXI4-Lite, at random places. */
static int spot_check(struct bench *bench, struct error *err) {
  const struct weights *weights = model_weights(&bench->model);
  for (int i = 0; i < 8; i++) {
    int t = (int)draw(bench, (uint32_t)bench->net.tensor_count);
    const struct tensor *tensor = &bench->net.tensor[t];
    int n = (int)draw(bench, (uint32_t)net_tensor_size(tensor));
    uint32_t at = map_weight(&bench->net, t, n / tensor->columns, n % tensor->columns), got;
    if (sim_bus_read(&bench->bus, at, &got, err))
      return error_set(err, "simulation: a weight could not be read");
    compare_value(&bench->compare, "weight read back", n, weights_of(weights, tensor)[n],
                  (int32_t)got, bench->bus.cycle);
  }
  return 0;
}

static int run(struct bench *bench, int count, bool train, struct error *err) {
  struct job jobs[CHUNK];
  struct reply replies[CHUNK];
  struct model shadow;
  model_new(&shadow, &bench->net, 0);
  bool netlist = bench->options->netlist;
  uint8_t *spare = memory_new(2 * (size_t)(bench->net.height * bench->net.width), 1);
  int result = 0;
  for (int done = 0; result == 0 && done < count;) {
    int chunk = count - done < CHUNK ? count - done : CHUNK;
    make_jobs(bench, jobs, chunk, train, spare);
    if (bench->options->settings && train)
      result = change_settings(bench, err);
    copy_state(&shadow, &bench->model);
    compare_begin(&bench->compare, jobs, (size_t)chunk);
    if (result || sim_bus_pause(&bench->bus, false, err) ||
        sim_bus_run(&bench->bus, jobs, (size_t)chunk, replies, err) ||
        sim_bus_pause(&bench->bus, true, err))
      result = -1;
    else {
      check_replies(bench, jobs, replies, chunk, netlist ? &bench->model : &shadow);
      if (!netlist)
        compare_value(&bench->compare, "steps of the run", -1, 1, compare_complete(&bench->compare),
                      bench->bus.cycle);
      result = spot_check(bench, err);
    }
    done += chunk;
    cmd_progress(train ? "training" : "inferring", (size_t)done, (size_t)count);
    if (bench->compare.mismatches > 0)
      break;
  }
  free(spare);
  model_free(&shadow);
  return result;
}

/* FNV-1a of all weights. */
static uint64_t digest_of(const struct weights *weights) {
  uint64_t hash = UINT64_C(0xCBF29CE484222325);
  for (int l = 0; l < weights->layer_count; l++)
    for (size_t i = 0; i < weights->count[l]; i++)
      hash = (hash ^ (uint32_t)weights->layer[l][i]) * UINT64_C(0x100000001B3);
  return hash;
}

/* Everything once more through AXI4-Lite, as a host sees it. */
static int read_back(struct bench *bench, struct error *err) {
  struct compare *compare = &bench->compare;
  struct model *model = &bench->model;
  const struct weights *expected = model_weights(model);
  struct weights weights;
  struct device_state state;
  struct counters counters;
  weights_new(&weights, &bench->net);
  int result = sim_bus_get(&bench->bus, &weights, &state, err) ||
                       sim_bus_counters(&bench->bus, &counters, err)
                   ? -1
                   : 0;
  for (int l = 0; result == 0 && l < weights.layer_count; l++) {
    for (size_t i = 0; i < weights.count[l]; i++)
      compare_value(compare, "weight read back", (long)i, expected->layer[l][i],
                    weights.layer[l][i], bench->bus.cycle);
    for (int i = 0; i < bench->net.counters; i++) {
      const struct counter *counter = net_counter(&bench->net.layer[l], i);
      char name[48];
      snprintf(name, sizeof name, "%s read back", counter ? counter->name : "no counter");
      compare_value(compare, name, l, model->counters.count[i][l], counters.count[i][l],
                    bench->bus.cycle);
    }
  }
  if (result == 0) {
    compare_value(compare, "pictures read back", -1, model->counters.pictures, counters.pictures,
                  bench->bus.cycle);
    compare_value(compare, "correct read back", -1, model->counters.correct, counters.correct,
                  bench->bus.cycle);
    compare_value(compare, "steps read back", -1, model->state.steps, state.steps,
                  bench->bus.cycle);
    compare_value(compare, "random read back", 0, (int64_t)model->state.random.low,
                  (int64_t)state.random.low, bench->bus.cycle);
    compare_value(compare, "random read back", 1, (int64_t)model->state.random.high,
                  (int64_t)state.random.high, bench->bus.cycle);
  }
  bench->digest = digest_of(&weights);
  weights_free(&weights);
  return result;
}

/* Without stalls the cycles are those of the estimate, and steps follow each other without a gap.
 */
static void check_cycles(struct bench *bench) {
  struct compare *compare = &bench->compare;
  const struct plan *plan = &compare->plan;
  if (bench->options->stall > 0 || bench->options->reply_stall > 0)
    return;
  if (compare->train_cycles > 0)
    compare_value(compare, "train_cycles", -1, plan->train_cycles, compare->train_cycles,
                  bench->bus.cycle);
  if (compare->infer_cycles > 0)
    compare_value(compare, "infer_cycles", -1, plan->infer_cycles, compare->infer_cycles,
                  bench->bus.cycle);
  if (bench->options->faults)
    return;
  if (compare->overlaps && compare->interval > 0)
    compare_value(compare, "cycles between starts", -1, plan_picture_cycles(plan, &bench->net),
                  compare->interval, bench->bus.cycle);
  if (!compare->overlaps && bench->net.height * bench->net.width + 8 < plan->infer_cycles)
    compare_value(compare, "cycles between steps", -1, 0, (int64_t)compare->longest_gap,
                  bench->bus.cycle);
}

/* A run of a netlist: the model goes along with the replies, and everything is read back every few
 * steps, with the cycles of the last one where it did not overlap with another. */
static int run_netlist(struct bench *bench, int count, bool train, struct error *err) {
  struct compare *compare = &bench->compare;
  bool trains = bench->net.fold[FOLD_MODE] == MODE_TRAINING;
  uint32_t *cycles = train && trains ? &compare->train_cycles : &compare->infer_cycles;
  int chunk = 1; /* the first step is alone */
  for (; count > 0 && compare->mismatches == 0; chunk = 1 + (int)draw(bench, NETLIST_CHUNK)) {
    chunk = chunk < count ? chunk : count;
    if (run(bench, chunk, train, err) || read_back(bench, err))
      return -1;
    if ((trains || chunk == 1) && sim_bus_read(&bench->bus, MAP_STEP_CYCLES, cycles, err))
      return error_set(err, "simulation: the cycles of a step could not be read");
    if (compare->mismatches == 0)
      check_cycles(bench);
    count -= chunk;
  }
  return 0;
}

/* Both runs of a netlist. */
static int work_netlist(struct bench *bench, struct error *err) {
  const struct options *options = bench->options;
  bench->compare.model = &bench->model;
  plan_make(&bench->compare.plan, &bench->net);
  if (sim_bus_set(&bench->bus, model_weights(&bench->model), &bench->model.state, err))
    return -1;
  bench->bus.stall = (unsigned)options->stall;
  bench->bus.reply_stall = (unsigned)options->reply_stall;
  bench->bus.stall_seed = options->seed;
  return run_netlist(bench, options->steps, true, err) ||
                 run_netlist(bench, options->infer, false, err)
             ? -1
             : 0;
}

static int work(struct bench *bench, struct error *err) {
  const struct options *options = bench->options;
  if (compare_new(&bench->compare, &bench->bus, &bench->model, err))
    return -1;
  if (sim_bus_set(&bench->bus, model_weights(&bench->model), &bench->model.state, err))
    return -1;
  bench->bus.stall = (unsigned)options->stall;
  bench->bus.reply_stall = (unsigned)options->reply_stall;
  bench->bus.stall_seed = options->seed;
  bench->bus.on_cycle = compare_cycle;
  bench->bus.context = &bench->compare;
  if (run(bench, options->steps, true, err))
    return -1;
  if (bench->compare.mismatches == 0 && run(bench, options->infer, false, err))
    return -1;
  bench->bus.on_cycle = NULL;
  if (bench->compare.mismatches > 0)
    return 0;
  check_cycles(bench);
  return read_back(bench, err);
}

static int report(struct bench *bench) {
  const struct compare *compare = &bench->compare;
  bool pass = compare->mismatches == 0;
  if (bench->options->json) {
    char core[17], expected[17];
    snprintf(core, sizeof core, "%016" PRIx64, bench->digest);
    snprintf(expected, sizeof expected, "%016" PRIx64, digest_of(model_weights(&bench->model)));
    json_t *json = json_pack(
        "{s:b, s:s, s:i, s:I, s:I, s:i, s:i, s:i, s:i, s:i, s:s, s:s, s:s}", "pass", pass, "net",
        bench->net.name, "steps", (int)bench->model.state.steps, "compared",
        (json_int_t)compare->compared, "mismatches", (json_int_t)compare->mismatches,
        "train_cycles", (int)compare->train_cycles, "infer_cycles", (int)compare->infer_cycles,
        "interval_cycles", (int)compare->interval, "conv_forward_cycles",
        (int)compare->busy_cycles[0], "conv_backward_cycles", (int)compare->busy_cycles[1], "first",
        compare->first, "weights", core, "model_weights", expected);
    json_dumpf(json, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(json);
    return pass ? EXIT_DONE : EXIT_MISMATCH;
  }
  if (!pass)
    printf("first difference: %s\n", compare->first);
  printf("sim: %s net=%s steps=%" PRIu32 " compared=%" PRIu64 " mismatches=%" PRIu64
         " train_cycles=%" PRIu32 " infer_cycles=%" PRIu32 "\n",
         pass ? "PASS" : "FAIL", bench->net.name, bench->model.state.steps, compare->compared,
         compare->mismatches, compare->train_cycles, compare->infer_cycles);
  return pass ? EXIT_DONE : EXIT_MISMATCH;
}

int main(int argc, char **argv) {
  struct options options = {.steps = 200, .infer = 100, .seed = 1};
  option_parse(&argp, "bench", argc, argv, &options, &options.json);
  struct error err = {""};
  struct bench bench = {.options = &options, .random = options.seed};
  if (net_options_load(&options.net, &bench.net, &err) || load_pictures(&bench, &err) ||
      sim_bus_open(&bench.bus, &bench.net, options.simulator, options.wave, options.rtl, &err)) {
    dataset_free(&bench.data);
    return cmd_fail(&err);
  }
  model_new(&bench.model, &bench.net, options.seed);
  int failed = options.netlist ? work_netlist(&bench, &err) : work(&bench, &err);
  int status = failed ? EXIT_MISMATCH : report(&bench);
  if (failed && bench.compare.mismatches > 0) /* why it stands still */
    printf("first difference: %s\n", bench.compare.first);
  if (failed)
    printf("sim: FAIL net=%s %s\n", bench.net.name, err.message);
  compare_free(&bench.compare);
  sim_bus_close(&bench.bus);
  model_free(&bench.model);
  dataset_free(&bench.data);
  return status;
}
