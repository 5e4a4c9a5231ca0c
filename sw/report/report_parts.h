/* report_parts.h : what the parts of a report share.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_REPORT_PARTS_H
#define ENGRAM_REPORT_PARTS_H

#include "report/report.h"

/* 0..1 */
double report_probability(const struct report_mistake *mistake, int class);

/* Steps of a training, over all epochs that are known. */
uint64_t report_steps(const struct train *train);

/* What was counted over all epochs that are known. */
struct train_counts report_counts(const struct train *train);

/* Adds what the page shows to report->json. */
void figures_add(struct report *report);

/* The whole page. */
void page_write(FILE *to, const struct report *report);

/* Its parts. */
void page_curves(FILE *to, const struct report_run *run);
void page_counts(FILE *to, const struct report *report, const struct report_run *run);
void page_epochs(FILE *to, const struct train *train);
void page_metrics(FILE *to, const struct report *report, const struct report_run *run);
void page_filters(FILE *to, const struct report *report, const struct report_run *run);
void page_mistakes(FILE *to, const struct report *report, const struct report_run *run);

#endif
