/* metrics.h : how good a classifier is, from what it said about labelled pictures.
 * SPDX-License-Identifier: MIT
 *
 * A figure whose denominator is 0 (the precision of a class that was never said, say) is 0.
 */
#ifndef ENGRAM_DATA_METRICS_H
#define ENGRAM_DATA_METRICS_H

#include "net/net.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

struct metrics {
  int classes;                                          /* 1..NET_CLASSES_MAX */
  uint64_t confusion[NET_CLASSES_MAX][NET_CLASSES_MAX]; /* [label][predicted] */
  uint64_t count;
  double loss_sum;
};

/* Starts from nothing. */
void metrics_begin(struct metrics *metrics, int classes);

/* One picture. 0 <= label, predicted < classes; the loss is finite. */
void metrics_add(struct metrics *metrics, int label, int predicted, double loss);

double metrics_accuracy(const struct metrics *metrics); /* 0..1 */
double metrics_loss(const struct metrics *metrics);     /* mean */

/* Of what was called this class, the part that is. */
double metrics_precision(const struct metrics *metrics, int class);

/* Of what is this class, the part that was called so. */
double metrics_recall(const struct metrics *metrics, int class);

/* Harmonic mean of precision and recall. */
double metrics_f1(const struct metrics *metrics, int class);

/* Mean F1 of all classes. */
double metrics_macro_f1(const struct metrics *metrics);

/* Cohen's kappa: agreement beyond chance, -1..1; 0 is what guessing with the same class frequencies
 * gives. */
double metrics_kappa(const struct metrics *metrics);

/* {"count", "accuracy", "loss", "kappa", "macro_f1", "classes": [{"name", "count", "precision",
 * "recall", "f1"}], "confusion": [[label][predicted]]}. class_names has `classes` texts in UTF-8.
 * The caller owns the reference. */
json_t *metrics_json(const struct metrics *metrics, char *const *class_names);

/* The same as a plain-text table; long names are cut, and those a terminal would obey escaped. */
void metrics_print(const struct metrics *metrics, char *const *class_names, FILE *to);

#endif
