/* classes.h : lists of classes' names, and picking classes by name.
 * SPDX-License-Identifier: MIT
 *
 * A list separates names by commas, as CSV does: `car,"truck, heavy","the ""old"" one"`. A name
 * that begins with a quote ends with one; in it a comma stands for itself and two quotes stand for
 * one. Blanks around a name are ignored, in front of and behind its quotes, too.
 */
#ifndef ENGRAM_DATA_CLASSES_H
#define ENGRAM_DATA_CLASSES_H

#include "base/error.h"

#include <stdbool.h>

/* The names of a list, *count of them, to be released by classes_free; a name may be empty. NULL
 * with the error set where a quote is not closed, or something stands behind it. */
char **classes_read(const char *list, int *count, struct error *err);

/* A list from which classes_read makes the same names, in memory that the caller frees; each name
 * stands in quotes where it needs them. */
char *classes_write(const char *const *names, int count);

void classes_free(char **names, int count);

/* How two lists of names without repetitions are to each other. */
enum classes_order { CLASSES_SAME, CLASSES_PERMUTED, CLASSES_OTHER };
enum classes_order classes_compare(const char *const *names, int count, const char *const *others,
                                   int other_count);

/* "airplane, car" for people: a name that is too long for a line is cut, characters that a terminal
 * would obey are escaped. The caller frees it. */
char *classes_text(const char *const *names, int count);

/* Picks from names [count] those of a list, in the list's order; all of them when `list` is NULL.
 * chosen [count] gets their indices. Returns how many, or -1 for a name that is empty, twice in the
 * list, or not there ("classes 'x' not found in WHERE, which has: a, b, c"). */
int classes_select(const char *list, const char *const *names, int count, const char *where,
                   int *chosen, struct error *err);

#endif
