/* chart.c : curves by epoch as inline SVG.
 * SPDX-License-Identifier: MIT
 */
#include "report/chart.h"

#include "report/text.h"

#include <inttypes.h>
#include <math.h>

/* Of the drawing, in units of its view box. */
enum {
  WIDTH = 520,
  HEIGHT = 270,
  LEFT = 52,
  RIGHT = 508,
  TOP = 44,
  BOTTOM = 228,
  TICKS = 5,
  DOTS_MAX = 60, /* more epochs have no dots */
};

struct axes {
  double low, high, step; /* of y */
  uint32_t first, last;   /* of x */
};

double chart_step(double range, int ticks) {
  static const double steps[] = {1, 2, 5, 10};
  double power = pow(10, floor(log10(range / ticks)));
  for (int i = 0; i < 3; i++)
    if (steps[i] * power * ticks >= range * (1 - 1e-9))
      return steps[i] * power;
  return steps[3] * power;
}

static struct axes axes_of(const struct chart *chart) {
  double low = INFINITY, high = -INFINITY;
  for (int l = 0; l < chart->line_count; l++)
    for (size_t i = 0; i < chart->count; i++) {
      low = fmin(low, chart->line[l].values[i]);
      high = fmax(high, chart->line[l].values[i]);
    }
  if (chart->zero)
    low = 0;
  if (high - low < 1e-3 * chart->most) { /* a flat line in the middle of something */
    low = chart->zero ? 0 : fmax(low - 0.01 * chart->most, 0);
    high = fmin(fmax(high, low + 1e-9 * chart->most) + (chart->zero ? 0 : 0.01 * chart->most),
                chart->most);
  }
  struct axes axes = {.step = chart_step(high - low, TICKS)};
  axes.low = floor(low / axes.step + 1e-9) * axes.step;
  axes.high = fmin(ceil(high / axes.step - 1e-9) * axes.step, chart->most);
  axes.first = chart->epochs[0];
  axes.last = chart->epochs[chart->count - 1];
  return axes;
}

static double x_of(const struct axes *axes, uint32_t epoch) {
  if (axes->last == axes->first)
    return (LEFT + RIGHT) / 2.0;
  double part = (double)(epoch - axes->first) / (double)(axes->last - axes->first);
  return LEFT + 12 + part * (RIGHT - LEFT - 24);
}

static double y_of(const struct axes *axes, double value) {
  return BOTTOM - (value - axes->low) / (axes->high - axes->low) * (BOTTOM - TOP);
}

static void write_y_axis(FILE *to, const struct chart *chart, const struct axes *axes) {
  int digits = axes->step < 1 ? (int)ceil(-log10(axes->step) - 1e-9) : 0;
  for (double tick = axes->low; tick <= axes->high + 1e-9 * axes->step; tick += axes->step) {
    double y = y_of(axes, tick);
    fprintf(to, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, y, RIGHT);
    fprintf(to, "<text class=\"end\" x=\"%d\" y=\"%.1f\">%.*f</text>\n", LEFT - 7, y + 4, digits,
            tick);
  }
  fprintf(to, "<text class=\"end\" x=\"%d\" y=\"%d\">", LEFT - 7, TOP - 14);
  text_escape(to, chart->unit);
  fputs("</text>\n", to);
}

static void write_x_axis(FILE *to, const struct axes *axes) {
  uint32_t range = axes->last - axes->first;
  uint32_t step = range > 0 ? (uint32_t)fmax(chart_step(range, 8), 1) : 1;
  fprintf(to, "<path class=\"axis\" d=\"M%d %dH%d\"/>", LEFT, BOTTOM, RIGHT);
  for (uint64_t epoch = axes->first; epoch <= axes->last; epoch++)
    if (epoch % step == 0 || range == 0) {
      double x = x_of(axes, (uint32_t)epoch);
      fprintf(to, "<path class=\"axis\" d=\"M%.1f %dv5\"/>", x, BOTTOM);
      fprintf(to, "<text class=\"middle\" x=\"%.1f\" y=\"%d\">%" PRIu64 "</text>\n", x, BOTTOM + 19,
              epoch);
    }
  fprintf(to, "<text class=\"middle\" x=\"%d\" y=\"%d\">epoch</text>\n", (LEFT + RIGHT) / 2,
          HEIGHT - 4);
}

static void write_mark(FILE *to, const struct chart *chart, const struct axes *axes) {
  if (chart->mark < axes->first || chart->mark > axes->last)
    return;
  double x = x_of(axes, chart->mark);
  bool near_right = x > RIGHT - 90;
  fprintf(to, "<path class=\"mark\" d=\"M%.1f %dV%d\"/>", x, TOP - 6, BOTTOM);
  fprintf(to, "<text class=\"%s\" x=\"%.1f\" y=\"%d\">epoch %" PRIu32 " chosen</text>\n",
          near_right ? "end" : "start", near_right ? x - 5 : x + 5, TOP - 1, chart->mark);
}

static void write_line(FILE *to, const struct chart *chart, const struct axes *axes, int l) {
  const double *values = chart->line[l].values;
  fprintf(to, "<g class=\"s%d\"><polyline points=\"", l);
  for (size_t i = 0; i < chart->count; i++)
    fprintf(to, "%s%.1f,%.1f", i ? " " : "", x_of(axes, chart->epochs[i]), y_of(axes, values[i]));
  fputs("\"/>\n", to);
  for (size_t i = 0; i < chart->count && chart->count <= DOTS_MAX; i++) {
    fprintf(to, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"><title>", x_of(axes, chart->epochs[i]),
            y_of(axes, values[i]));
    text_escape(to, chart->line[l].name);
    fprintf(to, ", epoch %" PRIu32 ": %.4g ", chart->epochs[i], values[i]);
    text_escape(to, chart->unit);
    fputs("</title></circle>\n", to);
  }
  fputs("</g>\n", to);
}

static void write_legend(FILE *to, const struct chart *chart) {
  double x = LEFT;
  for (int l = 0; l < chart->line_count; l++) {
    double text = x + 28;
    fprintf(to, "<g class=\"s%d\"><path d=\"M%.0f 12h22\"/></g><text class=\"start\" x=\"%.0f\" ",
            l, x, text);
    fputs("y=\"16\">", to);
    text_escape(to, chart->line[l].name);
    fputs("</text>\n", to);
    x += 110;
  }
}

void chart_write(FILE *to, const struct chart *chart) {
  struct axes axes = axes_of(chart);
  fputs("<figure class=\"chart\"><figcaption>", to);
  text_escape(to, chart->title);
  fprintf(to, "</figcaption>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH,
          HEIGHT);
  text_escape(to, chart->title);
  fputs(" by epoch\">\n", to);
  write_y_axis(to, chart, &axes);
  write_x_axis(to, &axes);
  write_mark(to, chart, &axes);
  for (int l = 0; l < chart->line_count; l++)
    write_line(to, chart, &axes, l);
  write_legend(to, chart);
  fputs("</svg></figure>\n", to);
}
