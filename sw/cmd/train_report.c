/* train_report.c : what `engram train` says.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/train_report.h"

#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "data/classes.h"

#include <inttypes.h>
#include <stdlib.h>

enum { IMBALANCE = 3 }; /* a class may have so many times the pictures of another */

void report_imbalance(const struct dataset *data, const enum part *parts) {
  size_t counts[NET_CLASSES_MAX] = {0};
  int least = 0, most = 0;
  for (size_t i = 0; i < data->count; i++)
    counts[data->labels[i]] += parts[i] == PART_TRAIN;
  for (int c = 1; c < data->class_count; c++) {
    least = counts[c] < counts[least] ? c : least;
    most = counts[c] > counts[most] ? c : most;
  }
  if (counts[most] <= IMBALANCE * counts[least])
    return;
  const char *const names[] = {data->class_names[most], data->class_names[least]};
  char *large = classes_text(&names[0], 1), *small = classes_text(&names[1], 1);
  cmd_warn("%zu pictures of %s to train on and %zu of %s: --balance draws each class equally often",
           counts[most], large, counts[least], small);
  free(large);
  free(small);
}

void report_begin(const struct train_result *result, const char *device) {
  const struct train *train = &result->train;
  printf("%s on %s, split by %s with seed %" PRIu64
         ": %zu pictures to train on, %zu for validation, %zu for test\n\n",
         train->net->name, device, result->by, train->place.seed, train->count[PART_TRAIN],
         train->count[PART_VALIDATION], train->count[PART_TEST]);
  printf("%5s %22s %22s\n", "", "training", "validation");
  printf("%5s %10s %11s %10s %11s %12s %13s\n", "epoch", "loss", "accuracy", "loss", "accuracy",
         "saturations", "lost updates");
  fflush(stdout);
}

static uint64_t sum_of(const uint64_t *counts) {
  uint64_t sum = 0;
  for (int l = 0; l < NET_LAYERS_MAX; l++)
    sum += counts[l];
  return sum;
}

uint64_t report_saturations(const struct train_counts *counts) {
  return sum_of(counts->count[COUNT_CUT_ACTIVATIONS]) + sum_of(counts->count[COUNT_CUT_GRADIENTS]);
}

uint64_t report_lost(const struct train_counts *counts) {
  return sum_of(counts->count[COUNT_LOST]);
}

void report_epoch(const struct train_epoch *epoch, bool finished) {
  printf("%5" PRIu32 " %10.4f %9.2f %%", epoch->epoch, epoch->loss, 100 * epoch->accuracy);
  if (finished)
    printf(" %10.4f %9.2f %%", epoch->validation_loss, 100 * epoch->validation_accuracy);
  else
    printf(" %10s %11s", "-", "-");
  printf(" %12" PRIu64 " %13" PRIu64 "%s\n", report_saturations(&epoch->counters),
         report_lost(&epoch->counters), finished && epoch->best ? "  best" : "");
  fflush(stdout);
}

/* What the tested weights are. */
static const char *tested_weights(const struct train *train, char *text, size_t size) {
  if (train->best_epoch > 0)
    snprintf(text, size, "best on validation: epoch %" PRIu32, train->best_epoch);
  else
    snprintf(text, size, "no epoch finished: last weights");
  return text;
}

void report_patience(const struct train_result *result) {
  const struct train *train = &result->train;
  if (train_is_spent(train))
    printf("ended by --patience behind epoch %" PRIu32 ": %" PRIu32
           " in a row were not better on validation than epoch %" PRIu32 "\n",
           train->place.epoch, train->place.epoch - train->best_epoch, train->best_epoch);
}

void report_test(const struct train_result *result) {
  char weights[64];
  printf("\ntest by %s (%s)\n", result->by,
         tested_weights(&result->train, weights, sizeof weights));
  metrics_print(&result->test, result->train.data->class_names, stdout);
  putchar('\n');
}

void report_line(const struct train_result *result) {
  char weights[64];
  printf("test by %-9s  accuracy %6.2f %%  loss %.4f  (%s)\n", result->by,
         100 * metrics_accuracy(&result->test), metrics_loss(&result->test),
         tested_weights(&result->train, weights, sizeof weights));
  if (result->whole_files && result->files.count > 0)
    printf("     whole files    accuracy %6.2f %%  loss %.4f  (%" PRIu64 " files)\n",
           100 * metrics_accuracy(&result->files), metrics_loss(&result->files),
           result->files.count);
}

/* By the counters' keys {"conv": n, "dense1": n, ...}. */
static void add_counts(json_t *json, const struct net *net, const struct train_counts *counts) {
  for (int which = 0; which < net->counters; which++)
    for (int l = 0; l < net->layer_count; l++) {
      const struct counter *counter = net_counter(&net->layer[l], which);
      if (!counter)
        continue;
      json_t *of_layers = json_object_get(json, counter->key);
      if (!of_layers)
        json_object_set_new(json, counter->key, of_layers = json_object());
      json_object_set_new(of_layers, net->layer[l].name,
                          json_integer((json_int_t)counts->count[which][l]));
    }
}

static json_t *epoch_json(const struct net *net, const struct train_epoch *epoch, bool finished) {
  json_t *json = json_pack("{s:I, s:I, s:f, s:f, s:i}", "epoch", (json_int_t)epoch->epoch,
                           "pictures", (json_int_t)epoch->pictures, "loss", epoch->loss, "accuracy",
                           epoch->accuracy, "rate", epoch->rate);
  add_counts(json, net, &epoch->counters);
  if (finished) {
    json_object_set_new(json, "validation_loss", json_real(epoch->validation_loss));
    json_object_set_new(json, "validation_accuracy", json_real(epoch->validation_accuracy));
    json_object_set_new(json, "best", json_boolean(epoch->best));
  }
  return json;
}

json_t *report_json(const struct train_result *result) {
  const struct train *train = &result->train;
  json_t *epochs = json_array();
  for (size_t i = 0; i < train->epoch_count; i++)
    json_array_append_new(epochs, epoch_json(train->net, &train->epochs[i], true));
  json_t *current =
      train->current.pictures > 0 ? epoch_json(train->net, &train->current, false) : json_null();
  json_t *test =
      result->tested ? metrics_json(&result->test, train->data->class_names) : json_null();
  json_t *files = result->tested && result->whole_files && result->files.count > 0
                      ? metrics_json(&result->files, train->data->class_names)
                      : json_null();
  return json_pack("{s:s, s:{s:I, s:I, s:I}, s:o, s:o, s:I, s:I, s:I, s:I, s:b, s:b, s:o, s:o}",
                   "split", result->by, "pictures", "train", (json_int_t)train->count[PART_TRAIN],
                   "validation", (json_int_t)train->count[PART_VALIDATION], "test",
                   (json_int_t)train->count[PART_TEST], "epochs", epochs, "unfinished_epoch",
                   current, "epoch", (json_int_t)result->last.place.epoch, "position",
                   (json_int_t)result->last.place.position, "steps",
                   (json_int_t)result->last.state.steps, "best_epoch",
                   (json_int_t)train->best_epoch, "stopped", train->stopped, "ended_by_patience",
                   train_is_spent(train), "test", test, "test_files", files);
}
