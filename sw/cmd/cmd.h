/* cmd.h : the subcommands of `engram`. Each parses its own arguments with argp, prints its result
 * on stdout (JSON with --json), progress and errors on stderr, and returns the exit status.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_CMD_H
#define ENGRAM_CMD_H

#include "base/error.h"
#include "device/device.h"

#include <stddef.h>

enum {
  EXIT_DONE = 0,
  EXIT_MISMATCH = 1,  /* the work was begun and its result is negative: simulation and model differ,
                         does not fit, the board failed */
  EXIT_BAD_INPUT = 2, /* one message, nothing written */
};

int cmd_features(int argc, char **argv);
int cmd_synth(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_tune(int argc, char **argv);
int cmd_eval(int argc, char **argv);
int cmd_infer(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_gen(int argc, char **argv);
int cmd_estimate(int argc, char **argv);
int cmd_board(int argc, char **argv);

/* Prints "engram: message" and returns EXIT_BAD_INPUT. */
int cmd_fail(const struct error *err);

/* Prints "engram: ..." of what the user should know; the work goes on. */
void cmd_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* cmd_fail, and EXIT_MISMATCH when the device (NULL: none yet) has failed. */
int cmd_device_fail(const struct device *device, const struct error *err);

/* Monotonic time in seconds. */
double cmd_seconds(void);

/* One overwritten line on stderr, only when that is a terminal. `done` of `total` units; prints a
 * newline when they are equal. */
void cmd_progress(const char *what, size_t done, size_t total);

#endif
