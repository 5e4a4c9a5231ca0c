/* metrics.c : how good a classifier is, from what it said about labelled pictures.
 * SPDX-License-Identifier: MIT
 */
#include "data/metrics.h"

#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_CHARACTERS = 40 }; /* of a class in the table */

void metrics_begin(struct metrics *metrics, int classes) {
  assert(classes >= 1 && classes <= NET_CLASSES_MAX);
  memset(metrics, 0, sizeof *metrics);
  metrics->classes = classes;
}

void metrics_add(struct metrics *metrics, int label, int predicted, double loss) {
  assert(label >= 0 && label < metrics->classes);
  assert(predicted >= 0 && predicted < metrics->classes);
  assert(isfinite(loss));
  metrics->confusion[label][predicted]++;
  metrics->count++;
  metrics->loss_sum += loss;
}

static double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

/* Pictures that are of the class. */
static uint64_t label_count(const struct metrics *metrics, int class) {
  uint64_t sum = 0;
  for (int c = 0; c < metrics->classes; c++)
    sum += metrics->confusion[class][c];
  return sum;
}

/* Pictures that were called the class. */
static uint64_t predicted_count(const struct metrics *metrics, int class) {
  uint64_t sum = 0;
  for (int c = 0; c < metrics->classes; c++)
    sum += metrics->confusion[c][class];
  return sum;
}

double metrics_accuracy(const struct metrics *metrics) {
  uint64_t correct = 0;
  for (int c = 0; c < metrics->classes; c++)
    correct += metrics->confusion[c][c];
  return ratio((double)correct, (double)metrics->count);
}

double metrics_loss(const struct metrics *metrics) {
  return ratio(metrics->loss_sum, (double)metrics->count);
}

double metrics_precision(const struct metrics *metrics, int class) {
  return ratio((double)metrics->confusion[class][class], (double)predicted_count(metrics, class));
}

double metrics_recall(const struct metrics *metrics, int class) {
  return ratio((double)metrics->confusion[class][class], (double)label_count(metrics, class));
}

double metrics_f1(const struct metrics *metrics, int class) {
  uint64_t both = label_count(metrics, class) + predicted_count(metrics, class);
  return ratio(2 * (double)metrics->confusion[class][class], (double)both);
}

double metrics_macro_f1(const struct metrics *metrics) {
  double sum = 0;
  for (int c = 0; c < metrics->classes; c++)
    sum += metrics_f1(metrics, c);
  return sum / metrics->classes;
}

double metrics_kappa(const struct metrics *metrics) {
  double count = (double)metrics->count;
  double chance = 0;
  for (int c = 0; c < metrics->classes; c++)
    chance += ratio((double)label_count(metrics, c), count) *
              ratio((double)predicted_count(metrics, c), count);
  return ratio(metrics_accuracy(metrics) - chance, 1 - chance);
}

static json_t *class_json(const struct metrics *metrics, int class, const char *name) {
  return json_pack("{ss,sI,sf,sf,sf}", "name", name, "count",
                   (json_int_t)label_count(metrics, class), "precision",
                   metrics_precision(metrics, class), "recall", metrics_recall(metrics, class),
                   "f1", metrics_f1(metrics, class));
}

json_t *metrics_json(const struct metrics *metrics, char *const *class_names) {
  json_t *classes = json_array(), *confusion = json_array();
  for (int label = 0; label < metrics->classes; label++) {
    json_t *row = json_array();
    for (int predicted = 0; predicted < metrics->classes; predicted++)
      json_array_append_new(row, json_integer((json_int_t)metrics->confusion[label][predicted]));
    json_array_append_new(confusion, row);
    json_array_append_new(classes, class_json(metrics, label, class_names[label]));
  }
  return json_pack("{sI,sf,sf,sf,sf,so,so}", "count", (json_int_t)metrics->count, "accuracy",
                   metrics_accuracy(metrics), "loss", metrics_loss(metrics), "kappa",
                   metrics_kappa(metrics), "macro_f1", metrics_macro_f1(metrics), "classes",
                   classes, "confusion", confusion);
}

void metrics_print(const struct metrics *metrics, char *const *class_names, FILE *to) {
  fprintf(to, "pictures %" PRIu64 "  accuracy %.2f %%  loss %.4f  kappa %.3f  macro F1 %.3f\n\n",
          metrics->count, 100 * metrics_accuracy(metrics), metrics_loss(metrics),
          metrics_kappa(metrics), metrics_macro_f1(metrics));
  char *names[NET_CLASSES_MAX];
  int width = (int)strlen("class");
  for (int c = 0; c < metrics->classes; c++) {
    names[c] = utf8_printable(class_names[c], NAME_CHARACTERS);
    int length = (int)utf8_length(names[c]);
    width = length > width ? length : width;
  }
  fprintf(to, "   %-*s  pictures  precision  recall     F1   called", width, "class");
  for (int c = 0; c < metrics->classes; c++)
    fprintf(to, " %7d", c);
  for (int label = 0; label < metrics->classes; label++) {
    fprintf(to, "\n%2d %s%*s  %8" PRIu64 "  %9.3f  %6.3f  %5.3f         ", label, names[label],
            width - (int)utf8_length(names[label]), "", label_count(metrics, label),
            metrics_precision(metrics, label), metrics_recall(metrics, label),
            metrics_f1(metrics, label));
    for (int predicted = 0; predicted < metrics->classes; predicted++)
      fprintf(to, " %7" PRIu64, metrics->confusion[label][predicted]);
  }
  fputc('\n', to);
  for (int c = 0; c < metrics->classes; c++)
    free(names[c]);
}
