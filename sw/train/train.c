/* train.c : a training run on any device.
 * SPDX-License-Identifier: MIT
 */
#include "train/train.h"

#include "base/file.h"
#include "model/random.h"
#include "model/softmax.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

double train_loss(int32_t probability) {
  return -log((probability > 1 ? probability : 1) / (double)SOFTMAX_ONE);
}

void train_order(uint64_t seed, uint32_t epoch, size_t count, size_t *order) {
  uint64_t random = random_splitmix(&seed) ^ epoch;
  for (size_t i = 0; i < count; i++)
    order[i] = i;
  for (size_t i = count; i > 1; i--) {
    size_t j = random_splitmix(&random) % i;
    size_t kept = order[i - 1];
    order[i - 1] = order[j];
    order[j] = kept;
  }
}

/* ---- each class equally often ---- */

/* A class, and where it stands in its row of decks. */
struct drawer {
  uint64_t base;    /* of its decks' seeds */
  size_t *pictures; /* [count], their numbers, ascending */
  size_t *deck;     /* [count] */
  size_t count;
};

static void shuffle_deck(const struct drawer *drawer, uint64_t number) {
  uint64_t random = drawer->base ^ number;
  memcpy(drawer->deck, drawer->pictures, drawer->count * sizeof *drawer->deck);
  for (size_t i = drawer->count; i > 1; i--) {
    size_t j = random_splitmix(&random) % i, kept = drawer->deck[i - 1];
    drawer->deck[i - 1] = drawer->deck[j];
    drawer->deck[j] = kept;
  }
}

/* Places from .. to-1 of the row. `times` has how often each picture was drawn. Returns how many.
 */
static size_t draw_row(const struct drawer *drawer, uint64_t from, uint64_t to, size_t count,
                       size_t *times, size_t *list) {
  for (uint64_t place = from; place < to; place++) {
    size_t at = (size_t)(place % drawer->count);
    if (place == from || at == 0)
      shuffle_deck(drawer, place / drawer->count);
    size_t picture = drawer->deck[at];
    list[place - from] = picture + times[picture]++ * count;
  }
  return (size_t)(to - from);
}

/* The numbers of a class's pictures; drawer->count of them. */
static void find_pictures(struct drawer *drawer, const uint8_t *ranks, size_t count, int rank) {
  drawer->count = 0;
  for (size_t t = 0; t < count; t++)
    if (ranks[t] == rank)
      drawer->pictures[drawer->count++] = t;
}

void train_order_balanced(uint64_t seed, uint32_t epoch, const uint8_t *ranks, size_t count,
                          size_t *order) {
  size_t *memory = memory_new(4 * count, sizeof *memory), *times = memory, *list = memory + count;
  struct drawer drawer = {.pictures = memory + 2 * count, .deck = memory + 3 * count};
  uint64_t classes = 0, r = 0, mixed = seed;
  bool there[UINT8_MAX + 1] = {false};
  for (size_t t = 0; t < count; t++) {
    classes += !there[ranks[t]];
    there[ranks[t]] = true;
  }
  random_splitmix(&mixed);
  uint64_t base = random_splitmix(&mixed), before = (uint64_t)epoch * count;
  size_t listed = 0;
  for (int rank = 0; rank <= UINT8_MAX; rank++) {
    if (!there[rank])
      continue;
    find_pictures(&drawer, ranks, count, rank);
    drawer.base = base ^ (uint64_t)rank << 48;
    uint64_t round = classes - 1 - r++;
    listed += draw_row(&drawer, (before + round) / classes, (before + count + round) / classes,
                       count, times, list + listed);
  }
  train_order(seed, epoch, count, order);
  for (size_t i = 0; i < count; i++)
    order[i] = list[order[i]];
  free(memory);
}

/* FNV-1a. */
static uint64_t digest_bytes(uint64_t hash, const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++)
    hash = (hash ^ bytes[i]) * UINT64_C(0x100000001B3);
  return hash;
}

uint64_t train_digest(const struct dataset *data, const enum part *parts) {
  size_t pixels = (size_t)(data->height * data->width);
  uint64_t hash = UINT64_C(0xCBF29CE484222325);
  for (size_t i = 0; i < data->count; i++) {
    const uint8_t head[] = {data->labels[i], (uint8_t)parts[i]};
    hash = digest_bytes(hash, head, sizeof head);
    hash = digest_bytes(hash, data->pictures + i * pixels, pixels);
  }
  return hash ? hash : 1;
}

static int add_replies(const struct job *jobs, const struct reply *replies, const size_t *pictures,
                       size_t count, struct metrics *metrics, struct votes *votes,
                       struct error *err) {
  for (size_t i = 0; i < count; i++) {
    if (replies[i].status != REPLY_GOOD)
      return error_set(err, "the device refused picture %zu (label %d, %zu bytes)", pictures[i],
                       jobs[i].label, jobs[i].bytes);
    metrics_add(metrics, jobs[i].label, replies[i].best,
                train_loss(replies[i].probability[jobs[i].label]));
    if (votes)
      votes_add(votes, pictures[i], replies[i].probability);
  }
  return 0;
}

static void watch_replies(const struct train_watch *watch, const char *what, const size_t *pictures,
                          size_t count, const struct reply *replies) {
  for (size_t i = 0; i < count && watch->reply; i++)
    watch->reply(watch->context, what, pictures[i], &replies[i]);
}

/* Some pictures of the data set as jobs, owned by the caller. */
static struct job *make_jobs(const struct dataset *data, const size_t *pictures, size_t count,
                             bool train) {
  size_t pixels = (size_t)(data->height * data->width);
  struct job *jobs = memory_new(count, sizeof *jobs);
  for (size_t i = 0; i < count; i++)
    jobs[i] = (struct job){data->pictures + pictures[i] * pixels, pixels, data->labels[pictures[i]],
                           train};
  return jobs;
}

/* Runs the jobs of some pictures through the device. With `watch` they are measured as `what`.
 * `votes` may be NULL. */
static int run_jobs(struct device *device, const struct job *jobs, const size_t *pictures,
                    size_t count, const char *what, const struct train_watch *watch,
                    struct metrics *metrics, struct votes *votes, struct error *err) {
  struct reply *replies = memory_new(count, sizeof *replies);
  int result = device_run(device, jobs, count, replies, err);
  if (result == 0)
    result = add_replies(jobs, replies, pictures, count, metrics, votes, err);
  if (result == 0 && watch)
    watch_replies(watch, what, pictures, count, replies);
  free(replies);
  return result;
}

static size_t chunk_of(size_t left, size_t most) {
  return left < most ? left : most;
}

static bool watch_chunk(const struct train_watch *watch, const char *what, size_t done,
                        size_t total) {
  return !watch->chunk || watch->chunk(watch->context, what, done, total);
}

int train_measure(struct device *device, const struct dataset *data, const size_t *pictures,
                  size_t count, const char *what, const struct train_watch *watch,
                  struct metrics *metrics, struct votes *votes, struct error *err) {
  for (size_t done = 0; done < count;) {
    size_t chunk = chunk_of(count - done, device_chunk(device));
    struct job *jobs = make_jobs(data, pictures + done, chunk, false);
    int result = run_jobs(device, jobs, pictures + done, chunk, what, watch, metrics, votes, err);
    free(jobs);
    if (result != 0)
      return -1;
    done += chunk;
    watch_chunk(watch, what, done, count);
  }
  return 0;
}

static int measure_part(struct train *train, enum part part, const char *what,
                        struct metrics *metrics, struct votes *votes, struct error *err) {
  metrics_begin(metrics, train->net->classes);
  return train_measure(train->device, train->data, train->pictures[part], train->count[part], what,
                       &train->watch, metrics, votes, err);
}

/* ---- the best ---- */

static bool is_better(const struct train *train, double accuracy, double loss) {
  return train->best_epoch == 0 || accuracy > train->best_accuracy ||
         (accuracy == train->best_accuracy && loss < train->best_loss);
}

/* The device's weights are the best so far. */
static int keep_best(struct train *train, const struct metrics *validation, struct error *err) {
  train->best.place = train->place;
  train->best_epoch = train->place.epoch;
  train->best_accuracy = metrics_accuracy(validation);
  train->best_loss = metrics_loss(validation);
  return device_get(train->device, &train->best.weights, &train->best.state, err);
}

static int adopt_best(struct train *train, const struct checkpoint *best, struct error *err) {
  struct metrics validation;
  if (device_set(train->device, &best->weights, &best->state, err) != 0 ||
      measure_part(train, PART_VALIDATION, "validation", &validation, NULL, err) != 0)
    return -1;
  train->place = best->place;
  return keep_best(train, &validation, err);
}

/* ---- the run ---- */

int train_begin(struct train *train, const struct checkpoint *start, const struct checkpoint *best,
                struct error *err) {
  for (int part = 0; part < TRAIN_PARTS; part++)
    train->pictures[part] =
        split_pictures(train->data, train->parts, (enum part)part, &train->count[part]);
  train->order = memory_new(train->count[PART_TRAIN], sizeof *train->order);
  int *classes = dataset_order_classes(train->data), rank[NET_CLASSES_MAX];
  for (int c = 0; c < train->data->class_count; c++)
    rank[classes[c]] = c;
  free(classes);
  train->ranks = memory_new(train->count[PART_TRAIN], 1);
  for (size_t t = 0; t < train->count[PART_TRAIN]; t++)
    train->ranks[t] = (uint8_t)rank[train->data->labels[train->pictures[PART_TRAIN][t]]];
  weights_new(&train->best.weights, train->net);
  if (start->place.position > 0 && start->place.position >= train->count[PART_TRAIN])
    return error_set(err, "the run stands at picture %" PRIu32 " of an epoch, which has %zu",
                     start->place.position, train->count[PART_TRAIN]);
  if (best && adopt_best(train, best, err) != 0)
    return -1;
  train->place = start->place;
  train->rate = start->state.rate;
  if (train->fresh)
    return device_initialise(train->device, start->place.seed, &start->state, err);
  return device_set(train->device, &start->weights, &start->state, err);
}

/* ---- counters ---- */

/* Pictures of which a device's 32-bit counters, which wrap, count all there is to count. */
static size_t countable(const struct net *net) {
  size_t most = 1;
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    size_t weights = layer->weight_count, outputs = (size_t)layer->outputs;
    most = weights > most ? weights : most;
    most = outputs > most ? outputs : most;
  }
  return UINT32_MAX / most;
}

/* Adds what was counted since *last, which becomes the present count. */
static int add_counters(struct train *train, struct counters *last, struct error *err) {
  struct counters now;
  struct train_counts *to = &train->current.counters;
  if (device_counters(train->device, &now, err) != 0)
    return -1;
  for (int which = 0; which < NET_COUNTERS_MAX; which++)
    for (int l = 0; l < NET_LAYERS_MAX; l++)
      to->count[which][l] += now.count[which][l] - last->count[which][l];
  *last = now;
  return 0;
}

/* The jobs of the epoch's next `count` pictures get copies of them, augmented, which the caller
 * owns. */
static uint8_t *augment_jobs(const struct train *train, struct job *jobs, const size_t *pictures,
                             size_t count) {
  const struct dataset *data = train->data;
  size_t pixels = (size_t)(data->height * data->width);
  uint8_t *copies = memory_new(count, pixels);
  for (size_t i = 0; i < count; i++) {
    size_t times = train->order[train->place.position + i] / train->count[PART_TRAIN];
    struct augment_move move = augment_draw(&train->augment, train->place.seed, train->place.epoch,
                                            pictures[i] + times * data->count);
    augment_picture(jobs[i].picture, data->height, data->width, move,
                    (uint8_t)net_pixel_zero(train->net), copies + i * pixels);
    jobs[i].picture = copies + i * pixels;
  }
  return copies;
}

/* Trains on the epoch's next `count` pictures, at most TRAIN_CHUNK. */
static int train_chunk(struct train *train, size_t count, struct metrics *metrics,
                       struct error *err) {
  size_t pictures[TRAIN_CHUNK];
  for (size_t i = 0; i < count; i++)
    pictures[i] = train->pictures[PART_TRAIN][train->order[train->place.position + i] %
                                              train->count[PART_TRAIN]];
  struct job *jobs = make_jobs(train->data, pictures, count, true);
  uint8_t *copies = NULL;
  if (augment_changes(&train->augment))
    copies = augment_jobs(train, jobs, pictures, count);
  int result = run_jobs(train->device, jobs, pictures, count, NULL, NULL, metrics, NULL, err);
  free(copies);
  free(jobs);
  return result;
}

/* Trains on what is left of the epoch, at most `steps` pictures. */
static int run_steps(struct train *train, uint64_t steps, struct metrics *metrics,
                     struct error *err) {
  struct place *place = &train->place;
  size_t total = train->count[PART_TRAIN], uncounted = 0;
  struct counters last;
  if (device_counters(train->device, &last, err) != 0)
    return -1;
  if (train->balance)
    train_order_balanced(place->seed, place->epoch, train->ranks, total, train->order);
  else
    train_order(place->seed, place->epoch, total, train->order);
  while (place->position < total && steps > 0 && !train->stopped) {
    size_t chunk = chunk_of(total - place->position, TRAIN_CHUNK);
    if (chunk > steps)
      chunk = (size_t)steps;
    if (uncounted + chunk > countable(train->net)) {
      if (add_counters(train, &last, err) != 0)
        return -1;
      uncounted = 0;
    }
    if (train_chunk(train, chunk, metrics, err) != 0)
      return -1;
    uncounted += chunk;
    steps -= chunk;
    place->position += (uint32_t)chunk;
    train->stopped = !watch_chunk(&train->watch, "training", place->position, total);
  }
  return add_counters(train, &last, err);
}

/* Measures on validation and goes to the next epoch. */
static int finish_epoch(struct train *train, struct error *err) {
  struct metrics validation;
  struct train_epoch *epoch = &train->current;
  if (measure_part(train, PART_VALIDATION, "validation", &validation, NULL, err) != 0)
    return -1;
  train->place.epoch++;
  train->place.position = 0;
  epoch->validation_loss = metrics_loss(&validation);
  epoch->validation_accuracy = metrics_accuracy(&validation);
  epoch->best = is_better(train, epoch->validation_accuracy, epoch->validation_loss);
  if (epoch->best && keep_best(train, &validation, err) != 0)
    return -1;
  size_t count = train->epoch_count + 1;
  struct train_epoch *epochs = realloc(train->epochs, count * sizeof *epochs);
  if (!epochs)
    return error_set(err, "memory exhausted");
  train->epochs = epochs;
  epochs[train->epoch_count++] = *epoch;
  int result = 0;
  if (train->watch.epoch)
    result = train->watch.epoch(train->watch.context, epoch, err);
  train->current.pictures = 0;
  return result;
}

/* Halves the learning rate where the run stands between two epochs and says so. */
static int halve_rate(struct train *train, struct error *err) {
  bool now = false;
  for (size_t i = 0; i < train->halve_count; i++)
    now = now || (train->place.position == 0 && train->halve[i] == train->place.epoch);
  if (!now)
    return 0;
  struct checkpoint state = {0};
  weights_new(&state.weights, train->net);
  int result = device_get(train->device, &state.weights, &state.state, err);
  if (result == 0 && state.state.rate < NET_RATE_MAX) {
    train->rate = ++state.state.rate;
    result = device_set(train->device, &state.weights, &state.state, err);
  }
  weights_free(&state.weights);
  return result;
}

/* Trains up to the end of the epoch or of the steps; returns how many steps it took in *taken. */
static int run_epoch(struct train *train, uint64_t steps, uint64_t *taken, struct error *err) {
  struct metrics metrics;
  struct train_epoch *epoch = &train->current;
  metrics_begin(&metrics, train->net->classes);
  *epoch = (struct train_epoch){.epoch = train->place.epoch + 1};
  if (halve_rate(train, err) != 0)
    return -1;
  epoch->rate = train->rate;
  if (run_steps(train, steps, &metrics, err) != 0)
    return -1;
  *taken = metrics.count;
  epoch->pictures = (size_t)metrics.count;
  epoch->loss = metrics_loss(&metrics);
  epoch->accuracy = metrics_accuracy(&metrics);
  if (train->place.position < train->count[PART_TRAIN])
    return 0;
  return finish_epoch(train, err);
}

bool train_is_spent(const struct train *train) {
  return train->patience > 0 && train->best_epoch > 0 && train->place.position == 0 &&
         train->place.epoch - train->best_epoch >= train->patience;
}

int train_run(struct train *train, uint32_t epochs, uint64_t steps, struct error *err) {
  uint64_t left = steps ? steps : UINT64_MAX, taken;
  while (train->place.epoch < epochs && left > 0 && !train->stopped && !train_is_spent(train)) {
    if (run_epoch(train, left, &taken, err) != 0)
      return -1;
    left -= taken;
  }
  return 0;
}

int train_state(struct train *train, struct checkpoint *last, struct error *err) {
  last->place = train->place;
  return device_get(train->device, &last->weights, &last->state, err);
}

int train_test(struct train *train, struct metrics *metrics, struct metrics *files,
               struct error *err) {
  if (train->best_epoch > 0 &&
      device_set(train->device, &train->best.weights, &train->best.state, err) != 0)
    return -1;
  struct votes *votes = files ? votes_new(train->data) : NULL;
  int result = measure_part(train, PART_TEST, "test", metrics, votes, err);
  if (votes)
    votes_count(votes, files);
  votes_free(votes);
  return result;
}

void train_end(struct train *train) {
  for (int part = 0; part < TRAIN_PARTS; part++)
    free(train->pictures[part]);
  free(train->order);
  free(train->ranks);
  free(train->epochs);
  weights_free(&train->best.weights);
}
