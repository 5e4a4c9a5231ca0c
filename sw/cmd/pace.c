/* pace.c : how fast pictures go through a device, and how long the rest will take.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/pace.h"

#include "cmd/cmd.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const double line_every_seconds = 0.1;

void pace_add(struct pace *pace, double now, const char *what, enum pace_kind kind, size_t done) {
  bool first = pace->what[0] == '\0';
  bool goes_on = strcmp(pace->what, what) == 0 && done > pace->done;
  if (first) {
    pace->begin = now;
    pace->line = pace->device ? device_line_seconds(pace->device) : 0;
  } else {
    pace->pictures[kind] += (double)(done - (goes_on ? pace->done : 0));
    pace->seconds[kind] += now - pace->last;
  }
  snprintf(pace->what, sizeof pace->what, "%s", what);
  pace->last = now;
  pace->kind = kind;
  pace->done = done;
}

double pace_rate(const struct pace *pace, enum pace_kind kind) {
  return pace->seconds[kind] > 0 ? pace->pictures[kind] / pace->seconds[kind] : 0;
}

double pace_left(const struct pace *pace, const struct pace_work *work) {
  double left = 0;
  for (int kind = 0; kind < PACE_KINDS; kind++) {
    double rate = pace_rate(pace, (enum pace_kind)kind);
    if (rate <= 0)
      rate = pace_rate(pace, (enum pace_kind)(PACE_KINDS - 1 - kind));
    if (work->pictures[kind] <= 0)
      continue;
    if (rate <= 0)
      return -1;
    left += work->pictures[kind] / rate;
  }
  return left;
}

char *pace_duration(char text[PACE_DURATION_BYTES], double seconds) {
  unsigned long all = (unsigned long)fmin(ceil(seconds), 1e9);
  unsigned long hours = all / 3600, minutes = all / 60 % 60;
  if (hours > 0)
    snprintf(text, PACE_DURATION_BYTES, "%lu:%02lu:%02lu", hours, minutes, all % 60);
  else
    snprintf(text, PACE_DURATION_BYTES, "%lu:%02lu", minutes, all % 60);
  return text;
}

/* Columns of the terminal that stderr is; 80 where it does not say. */
static int columns(void) {
  struct winsize size;
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

static void print_line(const struct pace *pace, size_t done, size_t total,
                       const struct pace_work *work) {
  char rate[48] = "", left[48] = "", line[80] = "", duration[PACE_DURATION_BYTES], all[256];
  double rated = pace_rate(pace, pace->kind), seconds = pace_left(pace, work);
  double passed = pace->last - pace->begin;
  if (rated > 0)
    snprintf(rate, sizeof rate, ", %.*f pictures/s", rated < 10 ? 1 : 0, rated);
  if (seconds >= 0)
    snprintf(left, sizeof left, ", %s left", pace_duration(duration, seconds));
  double taken = pace->device ? device_line_seconds(pace->device) - pace->line : 0;
  if (passed > 0 && taken > 0)
    snprintf(line, sizeof line, ", the line takes %.0f %% of the time", 100 * taken / passed);
  snprintf(all, sizeof all, "%s %zu/%zu%s%s%s", pace->what, done, total, rate, left, line);
  fprintf(stderr, "\r%.*s\033[K", columns() - 1, all); /* a line that wraps could not be replaced */
  fflush(stderr);
}

void pace_show(struct pace *pace, const char *what, enum pace_kind kind, size_t done, size_t total,
               const struct pace_work *work) {
  pace_add(pace, cmd_seconds(), what, kind, done);
  if (pace->last - pace->shown < line_every_seconds || !isatty(STDERR_FILENO))
    return;
  pace->shown = pace->last;
  pace->visible = true;
  print_line(pace, done, total, work);
}

void pace_clear(struct pace *pace) {
  if (!pace->visible)
    return;
  fputs("\r\033[K", stderr);
  fflush(stderr);
  pace->visible = false;
}
