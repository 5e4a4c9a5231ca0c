/* cmd.c : what all commands say to people.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int cmd_fail(const struct error *err) {
  fflush(stdout);
  fprintf(stderr, "engram: %s\n", err->message);
  return EXIT_BAD_INPUT;
}

int cmd_device_fail(const struct device *device, const struct error *err) {
  cmd_fail(err);
  return device_failed(device) ? EXIT_MISMATCH : EXIT_BAD_INPUT;
}

double cmd_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void cmd_progress(const char *what, size_t done, size_t total) {
  if (!isatty(STDERR_FILENO))
    return;
  fprintf(stderr, "\r%s %zu/%zu%s", what, done, total, done == total ? "\n" : "");
  fflush(stderr);
}

void cmd_pictures(struct cmd_pace *pace, const char *what, size_t done, size_t total) {
  double now = cmd_seconds(), line = device_line_seconds(pace->device);
  if (strcmp(pace->what, what) != 0 || done <= pace->done) {
    pace->begin = now;
    pace->line = line;
    pace->done = done;
    snprintf(pace->what, sizeof pace->what, "%s", what);
  }
  char label[128];
  double seconds = now - pace->begin;
  int length = snprintf(label, sizeof label, "%s", what);
  if (seconds > 0)
    length += snprintf(label + length, sizeof label - (size_t)length, ", %.0f pictures/s",
                       (double)(done - pace->done) / seconds);
  if (seconds > 0 && line > 0)
    snprintf(label + length, sizeof label - (size_t)length, ", the line takes %.0f %% of the time",
             100 * (line - pace->line) / seconds);
  cmd_progress(label, done, total);
}
