/* cmd_train.c : `engram train`: trains a network on the model or the simulated RTL.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "cmd/net_options.h"
#include "cmd/pace.h"
#include "cmd/report_options.h"
#include "cmd/train_log.h"
#include "cmd/train_report.h"
#include "cmd/train_save.h"
#include "data/channel.h"
#include "train/keep.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  KEY_EPOCHS = 0x200,
  KEY_STEPS,
  KEY_SEED,
  KEY_RATE,
  KEY_FREEZE,
  KEY_PARTS,
  KEY_RESTART,
  KEY_HALVE,
  KEY_AUGMENT,
  KEY_PATIENCE,
  KEY_LOG,
  KEY_BALANCE
};
enum { EPOCHS_MAX = 100000, SPLITS = 2, HALVES_MAX = NET_RATE_MAX };

struct options {
  struct net_options net;
  struct data_options data;
  struct weights_options weights;
  struct report_options report;
  const char *save, *freeze, *parts, *augment, *log;
  uint32_t epochs, patience; /* patience 0: none */
  uint64_t steps;            /* 0: no limit */
  uint64_t seed;
  int rate;                   /* -1: not given */
  uint32_t halve[HALVES_MAX]; /* ascending */
  size_t halve_count;
  bool untrained; /* --steps 0 */
  bool seed_given, restart, balance, json;
};

/* What a training begins with. */
struct training {
  const struct options *options;
  struct net net;
  struct augment augment;
  struct dataset data;
  enum part *parts[SPLITS]; /* [data.count] */
  const char *by[SPLITS];   /* split.h, or a table's path */
  int split_count;
  struct device_state loaded; /* what the file of --load has */
  struct trained_classes classes;
  struct checkpoint start, best; /* best: of the epochs before start */
  bool has_best;
  struct device *device;
  struct train_log log;
};

/* ---- options ---- */

/* "5,8" */
static void parse_halve(struct options *options, const char *text, struct argp_state *state) {
  uint32_t before = 0;
  char *list = strdup(text), *rest = list;
  options->halve_count = 0;
  for (char *name; (name = strsep(&rest, ",")); options->halve_count++) {
    if (options->halve_count == HALVES_MAX)
      argp_error(state, "--halve=%s: at most %d epochs are expected", text, HALVES_MAX);
    before = (uint32_t)option_number(state, "halve", name, before + 1, EPOCHS_MAX);
    options->halve[options->halve_count] = before;
  }
  free(list);
}

static error_t parse_number(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case KEY_EPOCHS:
    options->epochs = (uint32_t)option_number(state, "epochs", arg, 0, EPOCHS_MAX);
    return 0;
  case KEY_STEPS:
    options->steps = option_number(state, "steps", arg, 0, UINT32_MAX);
    options->untrained = options->steps == 0;
    return 0;
  case KEY_SEED:
    options->seed = option_number(state, "seed", arg, 0, UINT64_MAX);
    options->seed_given = true;
    return 0;
  case KEY_RATE:
    options->rate = (int)option_number(state, "rate", arg, 0, NET_RATE_MAX);
    return 0;
  case KEY_PATIENCE:
    options->patience = (uint32_t)option_number(state, "patience", arg, 1, EPOCHS_MAX);
    return 0;
  case KEY_HALVE:
    parse_halve(options, arg, state);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->net;
    state->child_inputs[1] = &options->data;
    state->child_inputs[2] = &options->weights;
    state->child_inputs[3] = &options->report;
    return 0;
  case ARGP_KEY_END:
    if (options->untrained)
      options->epochs = 0;
    return 0;
  case 's':
    options->save = arg;
    return 0;
  case KEY_FREEZE:
    options->freeze = arg;
    return 0;
  case KEY_PARTS:
    options->parts = arg;
    return 0;
  case KEY_AUGMENT:
    options->augment = arg;
    return 0;
  case KEY_LOG:
    options->log = arg;
    return 0;
  case KEY_BALANCE:
    options->balance = true;
    return 0;
  case KEY_RESTART:
    options->restart = true;
    return 0;
  case 'j':
    options->json = true;
    return 0;
  case 'V':
    option_version();
  default:
    return parse_number(key, arg, state);
  }
}

static const struct argp_option table[] = {
    {"save", 's', "FILE", 0,
     "keep the last state there, and the weights that were best on validation in FILE.best; both "
     "are written after each epoch (on sim and on a board, after one that is not the best only "
     "where reading the weights costs less than a tenth of the time) and at the end",
     2},
    {"log", KEY_LOG, "FILE.csv", 0,
     "write a line for each epoch as it ends; with --load go on in that file behind its line of "
     "the weights' epoch",
     2},
    {"patience", KEY_PATIENCE, "N", 0,
     "end when N epochs in a row were not better on validation than the best before them", 2},
    {"restart", KEY_RESTART, 0, 0, "of --load take the weights only and begin with epoch 1", 2},
    {"epochs", KEY_EPOCHS, "N", 0, "train until N epochs are finished in all, 30 by default", 2},
    {"steps", KEY_STEPS, "N", 0,
     "stop after N training steps at the latest; 0 keeps what a training begins with", 2},
    {"seed", KEY_SEED, "N", 0,
     "of all that is drawn: initial weights, split, order, dropout, --augment; 1 by default", 2},
    {"rate", KEY_RATE, "R", 0,
     "learning rate 2^-R, the description's by default; with --load in place of the file's", 2},
    {"halve", KEY_HALVE, "EPOCHS", 0,
     "halve the learning rate when these epochs are finished, as 5,8; not below 2^-15", 2},
    {"augment", KEY_AUGMENT, "HOW", 0,
     "train on pictures that are changed anew in each epoch: shift=N moves them by up to N pixels "
     "up, down, left and right, mirror flips one of two left to right; both as shift=1,mirror",
     2},
    {"balance", KEY_BALANCE, 0, 0,
     "draw each class equally often: an epoch has as many steps as without, pictures of small "
     "classes several times, of large ones a part in turn",
     2},
    {"freeze", KEY_FREEZE, "LAYERS", 0,
     "layers that do not learn: conv, dense1, output; or none; the description's by default; with "
     "--load in place of the file's",
     2},
    {"parts", KEY_PARTS, "FILE", 0,
     "write which picture is in which part, as CSV (of the first split)", 2},
    {"json", 'j', 0, 0, "print the result as JSON", 2},
    OPTION_VERSION,
    {0},
};
static const struct argp_child children[] = {{&net_options_argp, 0, "Network:", 1},
                                             {&data_options_argp, 0, "Pictures:", 1},
                                             {&weights_options_argp, 0, "Weights:", 1},
                                             {&report_options_argp, 0, "Report:", 1},
                                             {0}};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .children = children,
    .doc = "Train a network. Shows loss and accuracy by epoch, and at the end those of the test "
           "pictures with the weights that were best on validation."
           "\v80 % of the pictures are trained on, 10 % choose the epoch, 10 % are the test; where "
           "--test or t10k-... files name the test, 90 % of the others are trained on. A "
           "training that was stopped (Ctrl-C, --steps) and saved goes on with --load, on any "
           "device, with the same bits as if it had not been stopped: seed, split, learning rate "
           "and frozen layers are the file's (--rate and --freeze change the last two), --halve, "
           "--augment, --balance, --patience, --test and --rotation are named again.",
};

/* ---- what the training begins with ---- */

/* "conv,dense1" as bits, or "none". */
static int parse_freeze(const struct net *net, const char *text, uint32_t *freeze,
                        struct error *err) {
  char *names[NET_LAYERS_MAX]; /* names_list only reads them */
  for (int l = 0; l < net->layer_count; l++)
    names[l] = (char *)net->layer[l].name;
  *freeze = 0;
  if (!strcmp(text, "none"))
    return 0;
  for (const char *end; *text; text = *end ? end + 1 : end) {
    end = strchrnul(text, ',');
    int l = 0;
    while (l < net->layer_count && (strlen(names[l]) != (size_t)(end - text) ||
                                    strncmp(names[l], text, (size_t)(end - text)) != 0))
      l++;
    char allowed[64];
    if (l == net->layer_count)
      return error_set(err, "--freeze: found '%.*s', allowed %s or none", (int)(end - text), text,
                       names_list(allowed, sizeof allowed, names, net->layer_count, ", "));
    *freeze |= UINT32_C(1) << l;
  }
  return 0;
}

/* Fresh weights, or those of --load; then what --rate and --freeze say. */
static int make_start(struct training *training, struct error *err) {
  const struct options *options = training->options;
  const struct net *net = &training->net;
  struct checkpoint *start = &training->start;
  weights_new(&start->weights, net);
  start->state = device_state_fresh(net, options->seed);
  start->place = (struct place){.seed = options->seed};
  if (!options->weights.path)
    random_weights(net, options->seed, &start->weights);
  else if (weights_options_load(&options->weights, net, start, err) != 0)
    return -1;
  if (options->restart) {
    start->state = device_state_fresh(net, options->seed);
    start->place = (struct place){.seed = options->seed};
  } else if (options->seed_given && start->place.seed != options->seed)
    return error_set(err, "%s: was trained with seed %" PRIu64 ", not %" PRIu64,
                     options->weights.path, start->place.seed, options->seed);
  training->loaded = start->state;
  if (options->rate >= 0)
    start->state.rate = options->rate;
  return options->freeze ? parse_freeze(net, options->freeze, &start->state.freeze, err) : 0;
}

/* Whether --split both is given: a training by segment, and one by recording. */
static bool trains_both(const struct options *options) {
  return options->data.split.by && strcmp(options->data.split.by, "both") == 0;
}

/* The split that the loaded run had. */
static int find_split(struct training *training, struct error *err) {
  const struct options *options = training->options;
  const struct split_choice *choice = &options->data.split;
  const char **by = &training->by[0];
  training->split_count = 1;
  if (!data_find_split(&training->data, &training->start.place, choice, by, training->parts[0]))
    return error_set(err,
                     "%s: was trained on other pictures than these of %s (name the same --data, "
                     "--classes, --test, --rotation and --use-parts, or take the weights only with "
                     "--restart)",
                     options->weights.path, options->data.folder);
  if (choice->by && strcasecmp(choice->by, *by) != 0)
    return error_set(err, "%s: was trained by %s, not by %s", options->weights.path, *by,
                     choice->by);
  return 0;
}

static int make_splits(struct training *training, struct error *err) {
  const struct options *options = training->options;
  for (int i = 0; i < SPLITS; i++)
    training->parts[i] = memory_new(training->data.count, sizeof *training->parts[i]);
  if (training->start.place.data != 0)
    return find_split(training, err);
  const char *const both[SPLITS] = {split_segment, split_recording};
  training->split_count = trains_both(options) ? SPLITS : 1;
  for (int i = 0; i < training->split_count; i++) {
    struct split_choice choice = options->data.split;
    if (trains_both(options))
      choice.by = both[i];
    if (data_split(&training->data, &choice, options->seed, &training->by[i], training->parts[i],
                   err) != 0)
      return -1;
  }
  return 0;
}

/* What the pictures are. */
static int note_origin(const struct dataset *data, struct origin *origin, struct error *err) {
  struct channel channel = channel_of(data, -1);
  static_assert(sizeof origin->view == DATASET_VIEW_BYTES, "a view's name fits");
  memcpy(origin->view, data->view, sizeof origin->view);
  origin->channel[0] = '\0';
  if (data->rate_hz)
    channel_write(&channel, origin->channel, sizeof origin->channel);
  return class_options_list(data, origin->class_names, sizeof origin->class_names, err);
}

/* Notes what is named anew in each run, and says where a run that goes on is told otherwise than
 * the one before. */
static void note_how(const struct training *training, struct origin *origin) {
  const struct options *options = training->options;
  char how[sizeof origin->how] = "";
  size_t length = 0;
  for (size_t i = 0; i < options->halve_count; i++)
    length += (size_t)snprintf(how + length, sizeof how - length, "%s%" PRIu32,
                               i ? "," : " halve=", options->halve[i]);
  if (training->augment.shift > 0)
    length += (size_t)snprintf(how + length, sizeof how - length, " augment=shift=%d",
                               training->augment.shift);
  if (training->augment.mirror)
    length += (size_t)snprintf(how + length, sizeof how - length, "%smirror",
                               training->augment.shift > 0 ? "," : " augment=");
  if (options->balance)
    snprintf(how + length, sizeof how - length, " balance");
  const char *now = how[0] ? how + 1 : "-", *before = origin->how;
  if (training->start.place.data != 0 && before[0] && strcmp(before, now) != 0)
    cmd_warn("%s: was trained with %s, goes on with %s", options->weights.path,
             strcmp(before, "-") ? before : "none of --halve, --augment, --balance",
             strcmp(now, "-") ? now : "none of --halve, --augment, --balance");
  snprintf(origin->how, sizeof origin->how, "%s", now);
}

static int prepare(struct training *training, struct error *err) {
  const struct options *options = training->options;
  if (options->restart && !options->weights.path)
    return error_set(err, "--restart is for --load");
  if (trains_both(options) && options->weights.path)
    return error_set(err, "--split both trains two networks from the beginning: without --load");
  if (net_options_load(&options->net, &training->net, err) != 0)
    return -1;
  if (training->net.fold[FOLD_MODE] != MODE_TRAINING)
    return error_set(err, "layout.mode: found inference, allowed training: a core that only infers "
                          "does not learn (--fold mode=training makes one that does)");
  if (options->augment && augment_parse(&training->augment, options->augment, training->net.height,
                                        training->net.width, err) != 0)
    return -1;
  struct trained_classes *trained = &training->classes;
  *trained = (struct trained_classes){options->weights.path, training->start.origin.class_names,
                                      options->restart, ""};
  if (make_start(training, err) != 0 ||
      data_options_load(&options->data, trained, &training->net, &training->data, err) != 0 ||
      make_splits(training, err) != 0)
    return -1;
  data_options_look(&options->data, &training->data, training->start.origin.channel);
  struct checkpoint *start = &training->start;
  if (note_origin(&training->data, &start->origin, err) != 0)
    return -1;
  note_how(training, &start->origin);
  weights_new(&training->best.weights, &training->net);
  if (start->place.epoch > 0)
    training->has_best =
        keep_load_best(options->weights.path, &training->net, start, &training->best);
  if (start->place.epoch > 0 && !training->has_best)
    fprintf(stderr,
            "%s.best is not there or not of this training: the best is chosen among the "
            "epochs to come\n",
            options->weights.path);
  if (report_options_check(&options->report, err) != 0)
    return -1;
  if (train_log_prepare(&training->log, options->log, start->place.epoch, err) != 0)
    return -1;
  if (options->parts && split_write(&training->data, training->parts[0], options->parts, err) != 0)
    return -1;
  if (options->save && keep_check(options->save, &training->net, start, err) != 0)
    return -1;
  const char *device = options->weights.device ? options->weights.device : "golden";
  training->device = device_open(device, &training->net, err);
  return training->device ? train_log_open(&training->log, err) : -1;
}

/* What the user may not expect, when all is well. */
static void say_changes(const struct training *training) {
  const struct device_state *now = &training->start.state, *file = &training->loaded;
  const char *path = training->options->weights.path;
  data_options_say(&training->classes, &training->data);
  if (!training->options->balance)
    report_imbalance(&training->data, training->parts[0]);
  if (training->start.place.data == 0)
    return;
  if (now->rate != file->rate)
    cmd_warn("%s has the learning rate 2^-%d: goes on with that of --rate, 2^-%d", path, file->rate,
             now->rate);
  if (now->freeze != file->freeze)
    cmd_warn("%s has other frozen layers: goes on with those of --freeze", path);
}

/* ---- watching ---- */

struct watcher {
  const struct options *options;
  struct train *train;
  struct train_result *result;
  struct train_log *log;
  struct train_save save;
  struct report_mistakes *mistakes; /* NULL: not wanted */
  struct place start;
  uint32_t epoch; /* the one that is being trained */
  int trainings;  /* that come behind this one, as long as it */
  struct pace pace;
};

/* What is still to be done when `done` pictures of the present kind are. */
static struct pace_work work_left(const struct watcher *watcher, enum pace_kind kind, size_t done) {
  const struct options *options = watcher->options;
  const struct train *train = watcher->train;
  const struct place *place = &train->place, *start = &watcher->start;
  double epoch = (double)train->count[PART_TRAIN];
  double from = start->epoch * epoch + start->position, at = place->epoch * epoch + place->position;
  double to = options->epochs * epoch;
  if (options->steps > 0 && to > from + (double)options->steps)
    to = from + (double)options->steps;
  double ends = floor(to / epoch) - place->epoch; /* epochs that are still to be measured */
  double measured = ends * (double)train->count[PART_VALIDATION] + (double)train->count[PART_TEST];
  struct pace_work work = {{measured - (kind == PACE_INFERENCE ? (double)done : 0), to - at}};
  work.pictures[PACE_TRAINING] += watcher->trainings * to;
  work.pictures[PACE_INFERENCE] += watcher->trainings * measured;
  return work;
}

/* Whether one of the signals that are blocked while training has come. */
static bool was_interrupted(void) {
  sigset_t pending;
  return sigpending(&pending) == 0 &&
         (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
          sigismember(&pending, SIGHUP) == 1);
}

static bool watch_chunk(void *context, const char *what, size_t done, size_t total) {
  struct watcher *watcher = context;
  enum pace_kind kind = strcmp(what, "training") == 0 ? PACE_TRAINING : PACE_INFERENCE;
  struct pace_work left = work_left(watcher, kind, done);
  char label[64];
  if (strcmp(what, "test") == 0)
    snprintf(label, sizeof label, "test");
  else
    snprintf(label, sizeof label, "epoch %" PRIu32 " of %" PRIu32 ": %s", watcher->epoch,
             watcher->options->epochs, what);
  pace_show(&watcher->pace, label, kind, done, total, &left);
  return !was_interrupted();
}

static void watch_reply(void *context, const char *what, size_t picture,
                        const struct reply *reply) {
  struct watcher *watcher = context;
  if (watcher->mistakes && strcmp(what, "test") == 0)
    report_answer(watcher->mistakes, watcher->train->data, picture, reply);
}

/* What is shown has been saved. */
static int watch_epoch(void *context, const struct train_epoch *epoch, struct error *err) {
  struct watcher *watcher = context;
  struct train_result *result = watcher->result;
  watcher->epoch = epoch->epoch + 1;
  pace_clear(&watcher->pace);
  train_log_epoch(watcher->log, epoch, result->by);
  if (train_save_epoch(&watcher->save, watcher->train, epoch, &result->last, err) != 0)
    return -1;
  if (!watcher->options->json)
    report_epoch(epoch, true);
  return 0;
}

/* ---- training ---- */

static const char *device_name(const struct options *options) {
  return options->weights.device ? options->weights.device : "golden";
}

/* Of the first split. */
static struct train_save save_of(const struct training *training, int i) {
  const char *device = device_name(training->options);
  return (struct train_save){.path = i == 0 ? training->options->save : NULL,
                             .origin = &training->start.origin,
                             .slow = strcmp(device, "golden") != 0 && strcmp(device, "twin") != 0};
}

/* Trains from `start`, saves when it is asked to, and tests. */
static int train_watched(struct training *training, struct train_result *result,
                         const struct checkpoint *start, struct watcher *watcher,
                         struct error *err) {
  const struct options *options = training->options;
  struct train *train = &result->train;
  if (train_begin(train, start, training->has_best ? &training->best : NULL, err) != 0)
    return -1;
  pace_clear(&watcher->pace);
  if (!options->json)
    report_begin(result, device_name(options));
  if (train_run(train, options->epochs, options->steps, err) != 0 ||
      train_state(train, &result->last, err) != 0)
    return -1;
  pace_clear(&watcher->pace);
  if (!options->json && train->current.pictures > 0)
    report_epoch(&train->current, false);
  if (watcher->save.path && train_save(&watcher->save, train, &result->last, err) != 0)
    return -1;
  if (train->stopped)
    return 0;
  if (train_test(train, &result->test, &result->files, err) != 0)
    return -1;
  pace_clear(&watcher->pace);
  result->tested = true;
  if (!options->json)
    report_test(result);
  return 0;
}

/* Trains with split i; with the first one saves. */
static int train_split(struct training *training, int i, struct train_result *result,
                       struct error *err) {
  const struct options *options = training->options;
  struct train *train = &result->train;
  struct checkpoint start = training->start;
  struct watcher watcher = {.options = options,
                            .train = train,
                            .result = result,
                            .log = &training->log,
                            .save = save_of(training, i),
                            .mistakes = options->report.path ? &result->mistakes : NULL,
                            .start = start.place,
                            .epoch = start.place.epoch + 1,
                            .trainings = training->split_count - 1 - i,
                            .pace = {.device = training->device}};
  start.place.data = train_digest(&training->data, training->parts[i]);
  result->by = training->by[i];
  result->whole_files = split_keeps_files(&training->data, training->parts[i]);
  *train = (struct train){.net = &training->net,
                          .device = training->device,
                          .data = &training->data,
                          .parts = training->parts[i],
                          .fresh = !options->weights.path,
                          .place = start.place,
                          .halve = options->halve,
                          .halve_count = options->halve_count,
                          .patience = options->patience,
                          .balance = options->balance,
                          .augment = training->augment,
                          .watch = {&watcher, watch_chunk, watch_epoch, watch_reply}};
  snprintf(result->title, sizeof result->title, "Split by %s", result->by);
  weights_new(&result->last.weights, &training->net);
  int failed = train_watched(training, result, &start, &watcher, err);
  pace_clear(&watcher.pace);
  return failed;
}

static json_t *results_json(const struct training *training, const struct train_result *results,
                            int count, const char *device) {
  json_t *runs = json_array();
  for (int i = 0; i < count; i++)
    json_array_append_new(runs, report_json(&results[i]));
  return json_pack("{s:s, s:o, s:s, s:I, s:i, s:{s:i, s:b}, s:b, s:I, s:o}", "net",
                   training->net.name, "net_hash", json_hash(training->net.net_hash), "device",
                   device, "seed", (json_int_t)training->start.place.seed, "rate",
                   training->start.state.rate, "augment", "shift", training->augment.shift,
                   "mirror", training->augment.mirror, "balance", training->options->balance,
                   "patience", (json_int_t)training->options->patience, "runs", runs);
}

static void show_json(const struct training *training, const struct train_result *results,
                      int count, double seconds) {
  const struct options *options = training->options;
  json_t *json = results_json(training, results, count, device_name(options));
  json_object_set_new(json, "seconds", json_real(seconds));
  json_object_set_new(json, "saved", options->save ? json_string(options->save) : json_null());
  json_show(json);
}

/* ---- the report ---- */

static void add_facts(struct report *report, const struct training *training) {
  const struct options *options = training->options;
  const struct checkpoint *start = &training->start;
  const struct net *net = &training->net;
  char *frozen[NET_LAYERS_MAX], names[128];
  int count = 0;
  for (int l = 0; l < net->layer_count; l++)
    if (start->state.freeze >> l & 1)
      frozen[count++] = (char *)net->layer[l].name;
  report_facts(report, device_name(options));
  report_fact(report, "Learning rate", "2^-%d", start->state.rate);
  report_fact(report, "Seed", "%" PRIu64, start->place.seed);
  const struct rotation *rotation = &options->data.split.rotation;
  if (rotation->count > 0)
    report_fact(report, "Rotation", "%d of %d", rotation->index, rotation->count);
  if (options->augment)
    report_fact(report, "Augmentation", "%s", options->augment);
  if (options->balance)
    report_fact(report, "Balance", "each class drawn equally often");
  report_fact(report, "Epochs", "up to %" PRIu32, options->epochs);
  if (options->patience > 0)
    report_fact(report, "Patience", "%" PRIu32 " epochs", options->patience);
  if (options->steps > 0)
    report_fact(report, "Steps", "at most %" PRIu64 " in this run", options->steps);
  if (count > 0)
    report_fact(report, "Frozen", "%s", names_list(names, sizeof names, frozen, count, ", "));
  if (options->weights.path) {
    char *file = report_file(options->weights.path);
    report_fact(report, "Begun with", "%s, after %" PRIu32 " steps", file, start->state.steps);
    free(file);
  }
}

/* What the report says of one training. */
static struct report_run report_run(const struct training *training, struct train_result *result,
                                    json_t *json) {
  struct train *train = &result->train;
  struct report_run run = {
      .title = result->title,
      .part = "test",
      .train = train,
      .freeze = training->start.state.freeze,
      .unmeasured = result->tested ? NULL : "The training was interrupted before the test.",
      .metrics = result->test,
      .files = result->whole_files ? result->files : (struct metrics){0},
      .weights = train->best_epoch > 0 ? &train->best.weights : &result->last.weights,
      .mistakes = result->mistakes,
      .json = json};
  return run;
}

static int write_report(const struct training *training, struct train_result *results, int count,
                        struct error *err) {
  const struct report_options *options = &training->options->report;
  struct report_run runs[SPLITS];
  json_t *json =
      results_json(training, results, count, report_device(device_name(training->options)));
  for (int i = 0; i < count; i++)
    runs[i] =
        report_run(training, &results[i], json_array_get(json_object_get(json, "runs"), (size_t)i));
  struct report report = {.kind = "training",
                          .net = &training->net,
                          .data = &training->data,
                          .folders = options->folders,
                          .folder_count = options->folder_count,
                          .runs = runs,
                          .run_count = count,
                          .json = json};
  add_facts(&report, training);
  int result = report_save(&report, options->path, err);
  json_decref(json);
  return result;
}

static void show_end(const struct training *training, const struct train_result *results, int count,
                     double seconds) {
  const struct options *options = training->options;
  const struct train *train = &results[count - 1].train;
  uint64_t steps = 0;
  for (int i = 0; i < count; i++) {
    steps += results[i].last.state.steps - training->start.state.steps;
    report_patience(&results[i]);
    if (results[i].tested)
      report_line(&results[i]);
  }
  if (train->stopped || (train->place.epoch < options->epochs && !train_is_spent(train)))
    printf("%s in epoch %" PRIu32 " after %" PRIu32 " of %zu pictures\n",
           train->stopped ? "interrupted" : "stopped", train->place.epoch + 1,
           train->place.position, train->count[PART_TRAIN]);
  printf("%" PRIu64 " steps in %.1f s\n", steps, seconds);
  if (options->save)
    printf("saved %s and %s.best\n", options->save, options->save);
}

static int train_all(struct training *training, struct error *err) {
  struct train_result results[SPLITS] = {0};
  double begin = cmd_seconds();
  int result = 0, count = 0;
  while (result == 0 && count < training->split_count &&
         (count == 0 || !results[count - 1].train.stopped)) {
    result = train_split(training, count, &results[count], err);
    count++;
  }
  double seconds = cmd_seconds() - begin;
  if (result == 0 && training->options->report.path)
    result = write_report(training, results, count, err);
  if (result == 0 && training->options->json)
    show_json(training, results, count, seconds);
  else if (result == 0)
    show_end(training, results, count, seconds);
  for (int i = 0; i < count; i++) {
    train_end(&results[i].train);
    weights_free(&results[i].last.weights);
    report_mistakes_free(&results[i].mistakes);
  }
  return result;
}

/* Adds a signal, unless the program was started to ignore it. */
static void add_signal(sigset_t *set, int number) {
  struct sigaction action;
  if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN)
    sigaddset(set, number);
}

/* SIGINT, SIGTERM and SIGHUP (the terminal was closed) wait while training; they then end the
 * program in the usual way. */
static int run(struct training *training, struct error *err) {
  if (prepare(training, err) != 0)
    return -1;
  say_changes(training);
  sigset_t wait, before;
  sigemptyset(&wait);
  add_signal(&wait, SIGINT);
  add_signal(&wait, SIGTERM);
  add_signal(&wait, SIGHUP);
  sigprocmask(SIG_BLOCK, &wait, &before);
  int result = train_all(training, err);
  if (train_log_close(&training->log, err) != 0)
    result = -1;
  if (fflush(stdout) != 0)
    result = error_set(err, "standard output: %s", strerror(errno));
  sigprocmask(SIG_SETMASK, &before, NULL);
  return result;
}

int cmd_train(int argc, char **argv) {
  struct options options = {.epochs = 30, .seed = 1, .rate = -1};
  struct training training = {.options = &options};
  struct error err = {""};
  option_parse(&argp, "engram train", argc, argv, &options);
  int status = run(&training, &err) == 0 ? EXIT_DONE : cmd_device_fail(training.device, &err);
  device_close(training.device);
  train_log_close(&training.log, &err);
  dataset_free(&training.data);
  for (int i = 0; i < SPLITS; i++)
    free(training.parts[i]);
  weights_free(&training.start.weights);
  weights_free(&training.best.weights);
  return status;
}
