/* figures.c : what a report shows, as JSON.
 * SPDX-License-Identifier: MIT
 */
#include "report/report_parts.h"

#include "report/sounds.h"

#include <math.h>

/* Sums over the run and how many they could be at most, by layer. */
static json_t *layers_json(const struct net *net, const struct report_run *run) {
  struct train_counts counts = report_counts(run->train);
  json_int_t steps = (json_int_t)report_steps(run->train);
  json_t *layers = json_array();
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    json_t *json =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:b}", "name", layer->name, "values",
                  steps * layer->outputs, "saturated_activations",
                  (json_int_t)counts.count[COUNT_CUT_ACTIVATIONS][l], "saturated_gradients",
                  (json_int_t)counts.count[COUNT_CUT_GRADIENTS][l], "updates",
                  steps * (json_int_t)layer->weight_count, "lost_updates",
                  (json_int_t)counts.count[COUNT_LOST][l], "frozen", (int)(run->freeze >> l & 1));
    for (int which = NET_COUNTERS_SHARED; net_counter(layer, which); which++)
      json_object_set_new(json, net_counter(layer, which)->key,
                          json_integer((json_int_t)counts.count[which][l]));
    json_array_append_new(layers, json);
  }
  return layers;
}

static json_t *inference_json(const struct net *net, const struct report_run *run) {
  json_t *layers = json_array();
  for (int l = 0; l < net->layer_count; l++)
    json_array_append_new(layers,
                          json_pack("{s:s, s:I, s:I}", "name", net->layer[l].name, "values",
                                    (json_int_t)run->metrics.count * net->layer[l].outputs,
                                    "saturated_activations",
                                    (json_int_t)run->counters.count[COUNT_CUT_ACTIVATIONS][l]));
  return layers;
}

/* A layer's columns, where they are pictures: adds [row][column] of each. */
static void add_filters(json_t *filters, const struct layer *layer, const int32_t *weights) {
  int height, width;
  bool pictures = net_column_shape(layer, &height, &width);
  for (int f = 0; pictures && f < layer->units; f++) {
    json_t *rows = json_array();
    for (int r = 0; r < height; r++) {
      json_t *row = json_array();
      for (int c = 0; c < width; c++)
        json_array_append_new(
            row, json_real(ldexp(weights[(r * width + c) * layer->units + f], -layer->word.frac)));
      json_array_append_new(rows, row);
    }
    json_array_append_new(filters, rows);
  }
}

static json_t *filters_json(const struct net *net, const struct weights *weights) {
  json_t *filters = json_array();
  for (int l = 0; l < net->layer_count; l++)
    add_filters(filters, &net->layer[l], weights->layer[l]);
  return filters;
}

static json_t *mistake_json(const struct report *report, const struct report_mistake *mistake) {
  const struct dataset *data = report->data;
  size_t picture = mistake->picture;
  json_t *probabilities = json_array();
  for (int c = 0; c < report->net->classes; c++)
    json_array_append_new(probabilities, json_real(report_probability(mistake, c)));
  json_t *json = json_pack(
      "{s:I, s:s, s:s, s:f, s:o, s:s}", "picture", (json_int_t)picture, "label",
      data->class_names[data->labels[picture]], "predicted", data->class_names[mistake->predicted],
      "probability", report_probability(mistake, mistake->predicted), "probabilities",
      probabilities, "recording", data->recording_names[data->recording[picture]]);
  if (data->file[picture] >= 0) {
    json_object_set_new(json, "file", json_string(data->file_names[data->file[picture]]));
    json_object_set_new(json, "segment", json_integer(data->segment[picture]));
    json_object_set_new(json, "seconds", json_real(sounds_begin_seconds(data, picture)));
  }
  return json;
}

static void add_run(const struct report *report, const struct report_run *run) {
  json_t *mistakes = json_array();
  for (size_t i = 0; i < run->mistakes.count; i++)
    json_array_append_new(mistakes, mistake_json(report, &run->mistakes.list[i]));
  json_object_set_new(run->json, "layers",
                      run->train ? layers_json(report->net, run)
                                 : inference_json(report->net, run));
  json_object_set_new(run->json, "filters", filters_json(report->net, run->weights));
  json_object_set_new(run->json, "mistakes", mistakes);
}

void figures_add(struct report *report) {
  json_object_set_new(report->json, "engram", json_string(ENGRAM_VERSION));
  json_object_set_new(report->json, "report", json_string(report->kind));
  for (int r = 0; r < report->run_count; r++)
    add_run(report, &report->runs[r]);
}
