/* votes.c : one decision for each file of sound, from what was said about its pictures.
 * SPDX-License-Identifier: MIT
 */
#include "data/votes.h"

#include "base/file.h"
#include "model/softmax.h"

#include <math.h>
#include <stdlib.h>

struct ballot {
  int label;
  size_t pictures;
  double sum[NET_CLASSES_MAX]; /* of probabilities */
};

struct votes {
  const struct dataset *data;
  struct ballot *ballot; /* [data->file_count] */
};

struct votes *votes_new(const struct dataset *data) {
  struct votes *votes = memory_new(1, sizeof *votes);
  votes->data = data;
  votes->ballot = memory_new((size_t)data->file_count + 1, sizeof *votes->ballot);
  return votes;
}

void votes_free(struct votes *votes) {
  if (votes)
    free(votes->ballot);
  free(votes);
}

void votes_add(struct votes *votes, size_t picture, const int32_t *probability) {
  int file = votes->data->file[picture];
  if (file < 0)
    return;
  struct ballot *ballot = &votes->ballot[file];
  if (ballot->pictures++ == 0)
    ballot->label = votes->data->labels[picture];
  for (int c = 0; c < votes->data->class_count; c++)
    ballot->sum[c] += probability[c] / (double)SOFTMAX_ONE;
}

void votes_count(const struct votes *votes, struct metrics *metrics) {
  metrics_begin(metrics, votes->data->class_count);
  for (int f = 0; f < votes->data->file_count; f++) {
    const struct ballot *ballot = &votes->ballot[f];
    if (ballot->pictures == 0)
      continue;
    int best = 0;
    for (int c = 1; c < votes->data->class_count; c++)
      if (ballot->sum[c] > ballot->sum[best])
        best = c;
    double mean = ballot->sum[ballot->label] / (double)ballot->pictures;
    metrics_add(metrics, ballot->label, best, -log(fmax(mean, 1.0 / SOFTMAX_ONE)));
  }
}
