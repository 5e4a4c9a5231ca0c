/* cmd.c : what all commands say to people.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/cmd.h"

#include <stdio.h>
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
