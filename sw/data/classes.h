/* classes.h : picking classes by name.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_DATA_CLASSES_H
#define ENGRAM_DATA_CLASSES_H

#include "base/error.h"

/* Picks from names [count] those of a comma-separated list, in the list's order, blanks around a
 * name ignored; all of them when `list` is NULL. chosen [count] gets their indices. Returns how
 * many, or -1 for a name that is empty, twice in the list, or not there ("classes 'x' not found in
 * WHERE, which has: a, b, c"). */
int classes_select(const char *list, const char *const *names, int count, const char *where,
                   int *chosen, struct error *err);

#endif
