/* classes.c : picking classes by name.
 * SPDX-License-Identifier: MIT
 */
#include "data/classes.h"

#include "base/file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int find(const char *name, size_t length, const char *const *names, int count) {
  for (int i = 0; i < count; i++)
    if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
      return i;
  return -1;
}

/* The next name of the list, without blanks around it; moves the cursor behind its comma, or to
 * NULL. */
static const char *next_name(const char **cursor, size_t *length) {
  const char *name = *cursor + strspn(*cursor, " \t");
  size_t size = strcspn(name, ",");
  *cursor = name[size] == ',' ? name + size + 1 : NULL;
  while (size > 0 && (name[size - 1] == ' ' || name[size - 1] == '\t'))
    size--;
  *length = size;
  return name;
}

/* "'x', 'y'" of the list's names that are not there; "" when all are. To be freed by the caller. */
static char *missing_names(const char *list, const char *const *names, int count) {
  char *missing = memory_new(3 * strlen(list) + 8, 1), *end = missing; /* quotes, comma, blank */
  for (const char *cursor = list; cursor;) {
    size_t length;
    const char *name = next_name(&cursor, &length);
    if (find(name, length, names, count) >= 0)
      continue;
    end = stpcpy(end, end == missing ? "'" : ", '");
    end = stpcpy(mempcpy(end, name, length), "'");
  }
  return missing;
}

static int refuse(const char *missing, const char *const *names, int count, const char *where,
                  struct error *err) {
  size_t size = 1;
  for (int i = 0; i < count; i++)
    size += strlen(names[i]) + 2;
  char *present = memory_new(size, 1), *end = present;
  for (int i = 0; i < count; i++)
    end = stpcpy(stpcpy(end, i ? ", " : ""), names[i]);
  error_set(err, "classes %.300s not found in %.300s, which has: %s", missing, where, present);
  free(present);
  return -1;
}

int classes_select(const char *list, const char *const *names, int count, const char *where,
                   int *chosen, struct error *err) {
  int picked = 0;
  if (!list) {
    for (; picked < count; picked++)
      chosen[picked] = picked;
    return count;
  }
  char *missing = missing_names(list, names, count);
  bool complete = missing[0] == '\0';
  if (!complete)
    refuse(missing, names, count, where, err);
  free(missing);
  if (!complete)
    return -1;
  for (const char *cursor = list; cursor;) {
    size_t length;
    const char *name = next_name(&cursor, &length);
    int index = find(name, length, names, count);
    for (int i = 0; i < picked; i++)
      if (chosen[i] == index)
        return error_set(err, "classes: '%s' is listed twice", names[index]);
    chosen[picked++] = index;
  }
  return picked;
}
