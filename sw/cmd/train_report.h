/* train_report.h : what `engram train` says: a table by epoch, the test's figures, JSON.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_CMD_TRAIN_REPORT_H
#define ENGRAM_CMD_TRAIN_REPORT_H

#include "report/report.h"
#include "train/train.h"

#include <jansson.h>

/* A training with one split. */
struct train_result {
  const char *by;   /* what was dealt out whole: split.h, or a table's path */
  char title[256];  /* "Split by segment" */
  bool whole_files; /* no file stands in two parts */
  struct train train;
  struct checkpoint last; /* where it stands now */
  bool tested;
  struct metrics test;  /* when tested */
  struct metrics files; /* ditto, one decision a file; count = 0: pictures have no files */
  struct report_mistakes mistakes; /* of the test, when there is a report */
};

/* Says on stderr where one class has more than three times another's pictures to train on: a net
 * that always answers it would seem to be good. parts [data->count]. */
void report_imbalance(const struct dataset *data, const enum part *parts);

/* One line and the table's head. */
void report_begin(const struct train_result *result, const char *device);

/* One row; one that is not finished has no figures of validation. */
void report_epoch(const struct train_epoch *epoch, bool finished);

/* A line when the run was ended by --patience. */
void report_patience(const struct train_result *result);

/* Of all layers. */
uint64_t report_saturations(const struct train_counts *counts);
uint64_t report_lost(const struct train_counts *counts);

/* The test's table. */
void report_test(const struct train_result *result);

/* "test by segment: ...", one line. */
void report_line(const struct train_result *result);

json_t *report_json(const struct train_result *result);

#endif
