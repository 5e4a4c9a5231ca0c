/* chart.h : curves by epoch as inline SVG.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_REPORT_CHART_H
#define ENGRAM_REPORT_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { CHART_LINES_MAX = 5 };

struct chart_line {
  const char *name;
  const double *values; /* [chart.count], finite */
};

struct chart {
  const char *title, *unit; /* unit: "%", "nats" */
  const uint32_t *epochs;   /* [count], ascending; the x axis */
  size_t count;             /* at least 1 */
  struct chart_line line[CHART_LINES_MAX];
  int line_count;
  double most;   /* the largest value that there can be, where the axis ends at the latest */
  bool zero;     /* the axis begins at 0; else where the values suggest */
  uint32_t mark; /* an epoch to point out; 0: none */
};

/* Room between ticks: 1, 2 or 5 times a power of ten, the smallest with which `range` > 0 has at
 * most `ticks` of them. */
double chart_step(double range, int ticks);

/* One figure element: axes with ticks, the lines, a legend, the mark. */
void chart_write(FILE *to, const struct chart *chart);

#endif
