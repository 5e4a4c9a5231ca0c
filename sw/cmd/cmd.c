/* cmd.c : what all commands say to people.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/cmd.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Names of files and classes stand in messages: a terminal is not to obey them. */
static void say(const char *message) {
  char *shown = utf8_printable(message, 0);
  fflush(stdout);
  fprintf(stderr, "engram: %s\n", shown);
  free(shown);
}

int cmd_fail(const struct error *err) {
  say(err->message);
  return EXIT_BAD_INPUT;
}

void cmd_warn(const char *format, ...) {
  char *message = NULL;
  va_list args;
  va_start(args, format);
  if (vasprintf(&message, format, args) >= 0)
    say(message);
  va_end(args);
  free(message);
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
