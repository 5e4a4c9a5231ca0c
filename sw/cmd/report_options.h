/* report_options.h : the options --report and --sounds, as an argp child, and what train's and
 * eval's reports say alike.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_CMD_REPORT_OPTIONS_H
#define ENGRAM_CMD_REPORT_OPTIONS_H

#include "report/report.h"

#include <argp.h>

enum { REPORT_FOLDERS_MAX = 64 };

struct report_options {
  const char *path; /* NULL: not given */
  const char *folders[REPORT_FOLDERS_MAX];
  size_t folder_count;
};

/* The child's input is a `struct report_options`, zeroed. */
extern const struct argp report_options_argp;

/* Whether the report can be written and the folders are there, for use before long work. Returns 0
 * or -1. */
int report_options_check(const struct report_options *options, struct error *err);

/* The facts that follow from network, data and device ("golden", "sim", a port). */
void report_facts(struct report *report, const char *device);

/* The device's kind: a port is "serial", as its name belongs to a machine. */
const char *report_device(const char *device);

/* "weights.best" of "/somewhere/weights.best", in UTF-8, in memory that the caller frees. */
char *report_file(const char *path);

#endif
