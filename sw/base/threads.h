/* threads.h : how many threads a piece of work may have.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_BASE_THREADS_H
#define ENGRAM_BASE_THREADS_H

#include <stddef.h>

enum { THREADS_MAX = 256 };

/* ENGRAM_THREADS where it is set, else the processors that this process may use; 1..THREADS_MAX. */
size_t threads_count(void);

#endif
