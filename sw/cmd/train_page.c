/* train_page.c : the report of `engram train`, and its result as JSON.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/train_page.h"

#include <inttypes.h>
#include <stdlib.h>

json_t *train_page_json(const struct training *training, const struct train_result *results,
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

static void add_facts(struct report *report, const struct training *training) {
  const struct train_options *options = training->options;
  const struct checkpoint *start = &training->start;
  const struct net *net = &training->net;
  char *frozen[NET_LAYERS_MAX], names[128];
  int count = 0;
  for (int l = 0; l < net->layer_count; l++)
    if (start->state.freeze >> l & 1)
      frozen[count++] = (char *)net->layer[l].name;
  report_facts(report, train_options_device(options));
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

int train_page_write(const struct training *training, struct train_result *results, int count,
                     struct error *err) {
  const struct report_options *options = &training->options->report;
  struct report_run runs[TRAINING_SPLITS];
  json_t *json = train_page_json(training, results, count,
                                 report_device(train_options_device(training->options)));
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
