/* cmd.c : what all commands say to people.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/cmd.h"

#include <stdio.h>
#include <unistd.h>

int cmd_fail(const struct error *err) {
  fflush(stdout);
  fprintf(stderr, "engram: %s\n", err->message);
  return EXIT_BAD_INPUT;
}

void cmd_progress(const char *what, size_t done, size_t total) {
  if (!isatty(STDERR_FILENO))
    return;
  fprintf(stderr, "\r%s %zu/%zu%s", what, done, total, done == total ? "\n" : "");
  fflush(stderr);
}
