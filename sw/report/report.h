/* report.h : a page about a training or an evaluation, and the same figures as JSON.
 * SPDX-License-Identifier: MIT
 *
 *   if (report_check("r.html", &err) != 0) return -1;             // before long work
 *   struct report report = {.kind = "training", .net = &net, .data = &data, .runs = &run, ...};
 *   report_fact(&report, "Device", "%s", "golden");
 *   return report_save(&report, "r.html", &err);                  // r.html and r.json
 *
 * The page is one file that needs nothing else and no script: styles, curves (SVG), pictures (PNG)
 * and sounds (WAV) are in it. The same run gives the same bytes: neither time nor place is told.
 */
#ifndef ENGRAM_REPORT_H
#define ENGRAM_REPORT_H

#include "data/dataset.h"
#include "data/metrics.h"
#include "device/device.h"
#include "train/train.h"

#include <jansson.h>

enum {
  REPORT_FACTS_MAX = 16,
  REPORT_FACT_BYTES = 2048,
  REPORT_MISTAKES_SHOWN = 24, /* on the page; the JSON has all */
};

/* A picture that was taken for another class. */
struct report_mistake {
  size_t picture; /* index into the data set */
  int predicted;
  int32_t probability[NET_CLASSES_MAX]; /* 15 fraction bits */
};

struct report_mistakes {
  struct report_mistake *list; /* [count] */
  size_t count, room;
};

/* One training, or one evaluation. */
struct report_run {
  const char *title;             /* "Split by segment" */
  const char *part;              /* what pictures were measured: "test", "all" */
  const struct train *train;     /* NULL: an evaluation, nothing was trained */
  uint32_t freeze;               /* bit l: layer l did not learn */
  const char *unmeasured;        /* why there is no measurement, a sentence; NULL: there is one */
  struct metrics metrics;        /* of the measured pictures */
  struct metrics files;          /* one decision a file (data/votes.h); count = 0: none */
  struct counters counters;      /* evaluation: what inferring them counted */
  const struct weights *weights; /* the measured ones, or the last */
  struct report_mistakes mistakes;
  json_t *json; /* this run's object inside report.json, not owned */
};

struct report {
  const char *kind; /* "training", "evaluation" */
  const struct net *net;
  const struct dataset *data;
  const char *const *folders; /* [folder_count], where the data set's sound files are looked for */
  size_t folder_count;
  struct report_run *runs; /* [run_count] */
  int run_count;
  json_t *json; /* what --json prints; report_save adds to it; not owned */
  struct {
    const char *name;
    char value[REPORT_FACT_BYTES];
  } facts[REPORT_FACTS_MAX];
  int fact_count;
};

/* Adds a line to the page's head, of at most REPORT_FACT_BYTES. `name` must outlive the report. */
void report_fact(struct report *report, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether the pictures were made of sounds: frequency runs upward then. */
bool report_of_sounds(const struct dataset *data);

/* Notes what the device said of a picture when it was wrong. */
void report_answer(struct report_mistakes *mistakes, const struct dataset *data, size_t picture,
                   const struct reply *reply);
void report_mistakes_free(struct report_mistakes *mistakes);

/* Whether report_save could write to `path`, which ends in ".html", and beside it; leaves no file.
 * Returns 0 or -1. */
int report_check(const char *path, struct error *err);

/* Puts the mistakes into order, the most certain ones first, adds the figures to report->json, and
 * writes FILE.html and FILE.json: both are written out before either takes its place. Returns 0 or
 * -1. */
int report_save(struct report *report, const char *path, struct error *err);

#endif
