/* threads.c : how many threads a piece of work may have.
 * SPDX-License-Identifier: MIT
 */
#include "base/threads.h"

#include <sched.h>
#include <stdlib.h>

size_t threads_count(void) {
  const char *text = getenv("ENGRAM_THREADS");
  cpu_set_t set;
  long count = text                                          ? strtol(text, NULL, 10)
               : sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set)
                                                             : 1;
  return count < 1 ? 1 : count > THREADS_MAX ? THREADS_MAX : (size_t)count;
}
