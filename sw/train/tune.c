/* tune.c : binary points for a network and its data.
 * SPDX-License-Identifier: MIT
 */
#include "train/tune.h"

#include "model/twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const tune_word_names[TUNE_WORDS] = {"weights", "activations", "gradients"};

/* ---- a net's binary points ---- */

static struct format *format_of(struct layer *layer, enum tune_word word) {
  return word == TUNE_WEIGHTS       ? &layer->word
         : word == TUNE_ACTIVATIONS ? &layer->activation
                                    : &layer->gradient;
}

int tune_frac(const struct net *net, int l, enum tune_word word) {
  struct layer layer = net->layer[l];
  return format_of(&layer, word)->frac;
}

/* Into `low`..`high`, of which what is below 0 is not there. */
static int clamp(int value, int low, int high) {
  low = low < 0 ? 0 : low;
  return value > high ? high : value < low ? low : value;
}

enum { FRAC_MOST = 31, SHIFT_MOST = 47 }; /* docs/description.md, "Formats" */

static int most_of(int a, int b) {
  return a > b ? a : b;
}

static int least_of(int a, int b) {
  return a < b ? a : b;
}

/* Biases stay as they are, as far as they can be built beside the other words. */
static void limit_biases(struct net *net) {
  int input = net->pixel_frac;
  for (int l = 0; l < net->layer_count; l++) {
    struct layer *layer = &net->layer[l];
    int sum = input + layer->word.frac - (layer->word.bits - layer->weight.bits);
    int gradient = layer->gradient.frac;
    int low = layer->bias.init == NET_INIT_ZERO ? 0 : -layer->bias.init;
    if (layer->bias.there)
      layer->bias.word.frac =
          clamp(layer->bias.word.frac, most_of(low, most_of(sum, gradient) - SHIFT_MOST),
                least_of(sum, gradient));
    input = layer->activation.frac;
  }
}

bool tune_move(const struct net *net, int l, enum tune_word word, int frac, struct net *moved) {
  struct error err = {""};
  *moved = *net;
  format_of(&moved->layer[l], word)->frac = frac;
  limit_biases(moved);
  return frac >= 0 && net_derive(moved, &err) == 0;
}

/* ---- trainings ---- */

/* Of the last quarter of the epochs: the mean of one is as noisy as its few pictures. */
static void measure_end(const struct train *train, double *loss, double *accuracy) {
  size_t first = train->epoch_count - (train->epoch_count + 3) / 4;
  *loss = *accuracy = 0;
  for (size_t e = first; e < train->epoch_count; e++) {
    *loss += train->epochs[e].validation_loss;
    *accuracy += train->epochs[e].validation_accuracy;
  }
  *loss /= (double)(train->epoch_count - first);
  *accuracy /= (double)(train->epoch_count - first);
}

/* Trains once; `end` gets the weights, or NULL. */
static int train_once(struct tune *tune, const struct net *net, const char *name, uint64_t seed,
                      double *loss, double *accuracy, struct weights *end, struct error *err) {
  if (tune->watch.training)
    tune->watch.training(tune->watch.context, tune->trainings);
  tune->trainings++;
  struct device *device = device_open(name, net, err);
  if (!device)
    return -1;
  struct checkpoint start = {.state = device_state_fresh(net, seed), .place = {.seed = seed}};
  weights_new(&start.weights, net);
  random_weights(net, seed, &start.weights);
  start.place.data = train_digest(tune->data, tune->parts);
  struct train train = {.net = net,
                        .device = device,
                        .data = tune->data,
                        .parts = tune->parts,
                        .fresh = true,
                        .place = start.place};
  int status = -1;
  if (train_begin(&train, &start, NULL, err) == 0 && train_run(&train, tune->epochs, 0, err) == 0) {
    measure_end(&train, loss, accuracy);
    struct device_state state;
    status = end ? device_get(device, end, &state, err) : 0;
  }
  train_end(&train);
  weights_free(&start.weights);
  device_close(device);
  return status;
}

int tune_measure(struct tune *tune, const struct net *net, const char *device,
                 struct tune_score *score, struct error *err) {
  *score = (struct tune_score){.loss = 0};
  for (int k = 0; k < tune->seeds; k++) {
    double accuracy;
    if (train_once(tune, net, device, tune->seed + (uint64_t)k, &score->losses[k], &accuracy, NULL,
                   err) != 0)
      return -1;
    score->loss += score->losses[k] / tune->seeds;
    score->accuracy += accuracy / tune->seeds;
  }
  return 0;
}

struct tune_difference tune_compare(const struct tune *tune, const struct tune_score *score,
                                    const struct tune_score *with) {
  double mean = score->loss - with->loss, squares = 0;
  for (int k = 0; k < tune->seeds; k++) {
    double off = score->losses[k] - with->losses[k] - mean;
    squares += off * off;
  }
  return (struct tune_difference){mean, sqrt(squares / (tune->seeds - 1) / tune->seeds)};
}

bool tune_is_better(const struct tune_difference *difference) {
  return difference->mean < 0 && -difference->mean > difference->error;
}

/* ---- ranges ---- */

enum { LOWEST = -64, HIGHEST = 64, RANGES = HIGHEST - LOWEST + 1, PICTURES = 500 };

/* How many numbers that are not 0 need each range: |number| <= 2^range. */
struct histogram {
  size_t count[RANGES], all;
  bool endless; /* there was one that is not a number */
};

static void note(struct histogram *histogram, const double *numbers, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(numbers[i])) {
      histogram->endless = true;
    } else if (numbers[i] != 0) {
      int range = ilogb(numbers[i]) + 1;
      range = range < LOWEST ? LOWEST : range > HIGHEST ? HIGHEST : range;
      histogram->count[range - LOWEST]++;
      histogram->all++;
    }
}

/* The least beyond which at most one in a thousand is. */
static int range_of(const struct histogram *histogram) {
  size_t beyond = 0;
  int range = HIGHEST;
  while (range > LOWEST && (beyond += histogram->count[range - LOWEST]) * 1000 <= histogram->all)
    range--;
  return range;
}

static void note_twin(struct twin *twin, const struct tune *tune,
                      struct histogram histograms[][TUNE_WORDS]) {
  const struct net *net = twin->net;
  int seen = 0;
  for (size_t i = 0; i < tune->data->count && seen < PICTURES; i++) {
    if (tune->parts[i] != PART_TRAIN)
      continue;
    seen++;
    size_t pixels = (size_t)net->height * (size_t)net->width;
    twin_forward(twin, tune->data->pictures + i * pixels, true);
    twin_backward(twin, tune->data->labels[i]);
    for (int l = 0; l < net->layer_count; l++) {
      size_t outputs = (size_t)net->layer[l].outputs;
      note(&histograms[l][TUNE_ACTIVATIONS], twin->layer[l].activation, outputs);
      note(&histograms[l][TUNE_GRADIENTS], twin->layer[l].gradient, outputs);
    }
    twin->state.random = random_advance(twin->state.random, RANDOM_STEP_SHIFTS);
  }
  for (int l = 0; l < net->layer_count; l++)
    note(&histograms[l][TUNE_WEIGHTS], twin->layer[l].weights, net_tensor_size(net_matrix(net, l)));
}

/* Into what can be built beside the others, from front to end and several times, because each word
 * depends on its neighbours. Needs the derived widths. */
static void limit_points(struct net *net) {
  enum { PASSES = 4 };
  for (int pass = 0; pass < PASSES; pass++) {
    int input = net->pixel_frac;
    for (int l = 0; l < net->layer_count; l++) {
      struct layer *layer = &net->layer[l], *next = layer + 1;
      bool last = l == net->layer_count - 1;
      int unused = layer->word.bits - layer->weight.bits;
      int errors = NET_PROBABILITY_FRAC;
      if (!last)
        errors = next->word.frac - (next->word.bits - next->weight.bits) + next->gradient.frac;
      /* Initial weights are a unit of the last place at least, which an update must reach. */
      int finest = most_of(unused, -layer->init);
      layer->gradient.frac =
          clamp(layer->gradient.frac, most_of(last ? 0 : errors - SHIFT_MOST, finest - input),
                least_of(errors, FRAC_MOST));
      int update = input + layer->gradient.frac, held = layer->word.bits - 1 - layer->init;
      layer->word.frac = clamp(layer->word.frac, most_of(update - SHIFT_MOST, finest),
                               least_of(least_of(update, FRAC_MOST), held));
      int sum = input + layer->word.frac - unused;
      layer->activation.frac =
          clamp(layer->activation.frac, sum - SHIFT_MOST, least_of(sum, FRAC_MOST));
      input = layer->activation.frac;
    }
  }
}

/* The ranges' binary points, as far as each can be built beside the others. */
static int set_points(struct net *net, struct histogram histograms[][TUNE_WORDS],
                      struct error *err) {
  for (int l = 0; l < net->layer_count; l++)
    for (enum tune_word word = 0; word < TUNE_WORDS; word++) {
      struct format *format = format_of(&net->layer[l], word);
      if (histograms[l][word].endless)
        return error_set(err,
                         "the floating-point twin's numbers grow without end at a learning rate "
                         "of 2^-%d, allowed training.rate larger",
                         net->rate);
      if (histograms[l][word].all > 0)
        format->frac = format->bits - 1 - range_of(&histograms[l][word]);
    }
  limit_points(net);
  limit_biases(net);
  return net_derive(net, err);
}

int tune_from_ranges(struct tune *tune, struct net *net, struct error *err) {
  struct histogram(*histograms)[TUNE_WORDS] = calloc((size_t)net->layer_count, sizeof *histograms);
  if (!histograms)
    abort();
  struct weights end;
  struct twin twin;
  double loss, accuracy;
  weights_new(&end, net);
  twin_new(&twin, net, tune->seed);
  note_twin(&twin, tune, histograms);
  int status = train_once(tune, net, "twin", tune->seed, &loss, &accuracy, &end, err);
  if (status == 0) {
    twin_set_weights(&twin, &end);
    note_twin(&twin, tune, histograms);
    status = set_points(net, histograms, err);
  }
  twin_free(&twin);
  weights_free(&end);
  free(histograms);
  return status;
}

/* ---- search ---- */

/* Moves one binary point by `by` as long as that makes it better; returns whether it did, or -1. */
static int follow(struct tune *tune, struct net *net, struct tune_score *score, int l,
                  enum tune_word word, int by, struct error *err) {
  bool moved = false;
  for (;;) {
    struct net trial;
    struct tune_score measured;
    int frac = tune_frac(net, l, word) + by;
    if (!tune_move(net, l, word, frac, &trial))
      return moved;
    if (tune_measure(tune, &trial, "golden", &measured, err) != 0)
      return -1;
    struct tune_difference difference = tune_compare(tune, &measured, score);
    bool kept = tune_is_better(&difference);
    if (tune->watch.trial)
      tune->watch.trial(tune->watch.context, net, l, word, frac, &measured, &difference, kept);
    if (!kept)
      return moved;
    *net = trial;
    *score = measured;
    moved = true;
  }
}

int tune_search(struct tune *tune, struct net *net, struct tune_score *score, struct error *err) {
  for (int round = 0; round < tune->rounds; round++) {
    bool moved = false;
    for (int l = 0; l < net->layer_count; l++)
      for (enum tune_word word = 0; word < TUNE_WORDS; word++) {
        int up = follow(tune, net, score, l, word, 1, err);
        int down = up == 0 ? follow(tune, net, score, l, word, -1, err) : 0;
        if (up < 0 || down < 0)
          return -1;
        moved |= up || down;
      }
    if (!moved)
      break;
  }
  return 0;
}
