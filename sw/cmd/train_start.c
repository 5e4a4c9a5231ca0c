/* train_start.c : what a training begins with: net, pictures, splits, weights.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/train_start.h"

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/train_report.h"
#include "data/channel.h"
#include "train/keep.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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
  const struct train_options *options = training->options;
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

/* The split that the loaded run had. */
static int find_split(struct training *training, struct error *err) {
  const struct train_options *options = training->options;
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
  const struct train_options *options = training->options;
  for (int i = 0; i < TRAINING_SPLITS; i++)
    training->parts[i] = memory_new(training->data.count, sizeof *training->parts[i]);
  if (training->start.place.data != 0)
    return find_split(training, err);
  const char *const both[TRAINING_SPLITS] = {split_segment, split_recording};
  training->split_count = train_options_both(options) ? TRAINING_SPLITS : 1;
  for (int i = 0; i < training->split_count; i++) {
    struct split_choice choice = options->data.split;
    if (train_options_both(options))
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
  const struct train_options *options = training->options;
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

int training_prepare(struct training *training, struct error *err) {
  const struct train_options *options = training->options;
  if (options->restart && !options->weights.path)
    return error_set(err, "--restart is for --load");
  if (train_options_both(options) && options->weights.path)
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
  training->device = device_open(train_options_device(options), &training->net, err);
  return training->device ? train_log_open(&training->log, err) : -1;
}

void training_say(const struct training *training) {
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

void training_free(struct training *training) {
  struct error ignored = {""}; /* train_log_close was asked before, when all went well */
  device_close(training->device);
  train_log_close(&training->log, &ignored);
  dataset_free(&training->data);
  for (int i = 0; i < TRAINING_SPLITS; i++)
    free(training->parts[i]);
  weights_free(&training->start.weights);
  weights_free(&training->best.weights);
}
