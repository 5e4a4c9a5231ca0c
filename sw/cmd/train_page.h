/* train_page.h : the report of `engram train`, and its result as JSON.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_CMD_TRAIN_PAGE_H
#define ENGRAM_CMD_TRAIN_PAGE_H

#include "cmd/train_report.h"
#include "cmd/train_start.h"

/* The result of `count` trainings; "device" is `device`. To be released. */
json_t *train_page_json(const struct training *training, const struct train_result *results,
                        int count, const char *device);

/* Writes the page that --report names, and its figures. Returns 0 or -1. */
int train_page_write(const struct training *training, struct train_result *results, int count,
                     struct error *err);

#endif
