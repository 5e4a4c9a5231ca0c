/* error.h : one context for the first thing that went wrong.
 * SPDX-License-Identifier: MIT
 *
 * Functions that can fail take a `struct error *`, return 0 or -1 (or NULL), and leave one message
 * of the form "where: what was found, what was expected". Only the programs' main prints it and
 * exits.
 */
#ifndef ENGRAM_BASE_ERROR_H
#define ENGRAM_BASE_ERROR_H

struct error {
  char message[1024]; /* empty: no error yet */
};

/* Keeps the message unless an earlier one is already there (the first is the cause). Always returns
 * -1, so that `return error_set(err, ...)` reads well. */
int error_set(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
