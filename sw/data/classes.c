/* classes.c : lists of classes' names, and picking classes by name.
 * SPDX-License-Identifier: MIT
 */
#include "data/classes.h"

#include "base/file.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_CHARACTERS = 40 }; /* of a name, in messages */

static const char blanks[] = " \t";

static int find(const char *name, const char *const *names, int count) {
  for (int i = 0; i < count; i++)
    if (strcmp(names[i], name) == 0)
      return i;
  return -1;
}

/* ---- lists ---- */

/* What stands between quotes, from behind the first on. Returns where it ends, behind the last
 * quote, or NULL. */
static const char *read_quoted(const char *text, char *name) {
  for (; *text; text++) {
    if (*text == '"' && *++text != '"') {
      *name = '\0';
      return text;
    }
    *name++ = *text;
  }
  return NULL;
}

/* What stands in front of the next comma or the end, without blanks around it. Returns its end. */
static const char *read_plain(const char *text, char *name) {
  size_t size = strcspn(text, ","), length = size;
  while (length > 0 && strchr(blanks, text[length - 1]))
    length--;
  memcpy(name, text, length);
  name[length] = '\0';
  return text + size;
}

char **classes_read(const char *list, int *count, struct error *err) {
  size_t most = 1;
  for (const char *c = list; *c; c++)
    most += *c == ',';
  char **names = memory_new(most, sizeof *names);
  *count = 0;
  for (const char *cursor = list; cursor; (*count)++) {
    cursor += strspn(cursor, blanks);
    char *name = names[*count] = memory_new(strlen(cursor) + 1, 1);
    bool quoted = *cursor == '"';
    cursor = quoted ? read_quoted(cursor + 1, name) : read_plain(cursor, name);
    if (cursor && quoted)
      cursor += strspn(cursor, blanks);
    if (!cursor || (*cursor != '\0' && *cursor != ',')) {
      if (cursor)
        error_set(err, "classes: found '%.40s' behind a quote in %.200s, allowed a comma", cursor,
                  list);
      else
        error_set(err, "classes: found a quote that is not closed in %.200s", list);
      classes_free(names, *count + 1);
      return NULL;
    }
    cursor = *cursor ? cursor + 1 : NULL;
  }
  return names;
}

static bool needs_quotes(const char *name) {
  size_t length = strlen(name);
  return length > 0 && (strchr(name, ',') || name[0] == '"' || strchr(blanks, name[0]) ||
                        strchr(blanks, name[length - 1]));
}

char *classes_write(const char *const *names, int count) {
  size_t size = 1;
  for (int i = 0; i < count; i++)
    size += 2 * strlen(names[i]) + 3; /* each of its bytes a quote; two around it, a comma */
  char *list = memory_new(size, 1), *end = list;
  for (int i = 0; i < count; i++) {
    const char *quote = needs_quotes(names[i]) ? "\"" : "";
    end = stpcpy(stpcpy(end, i ? "," : ""), quote);
    for (const char *c = names[i]; *c; c++) {
      if (*quote && *c == '"')
        *end++ = '"';
      *end++ = *c;
    }
    end = stpcpy(end, quote);
  }
  return list;
}

void classes_free(char **names, int count) {
  for (int i = 0; names && i < count; i++)
    free(names[i]);
  free(names);
}

enum classes_order classes_compare(const char *const *names, int count, const char *const *others,
                                   int other_count) {
  bool same = count == other_count;
  for (int i = 0; i < count && same; i++)
    same = strcmp(names[i], others[i]) == 0;
  if (same)
    return CLASSES_SAME;
  bool permuted = count == other_count;
  for (int i = 0; i < count && permuted; i++)
    permuted = find(names[i], others, other_count) >= 0;
  return permuted ? CLASSES_PERMUTED : CLASSES_OTHER;
}

/* ---- for people ---- */

/* Names between quotation marks or nothing, only those that are not among `known` (NULL: all). */
static char *text_of(const char *const *names, int count, const char *mark,
                     const char *const *known, int known_count) {
  char *text = NULL;
  size_t size;
  FILE *to = open_memstream(&text, &size);
  bool first = true;
  for (int i = 0; to && i < count; i++) {
    if (known && find(names[i], known, known_count) >= 0)
      continue;
    char *shown = utf8_printable(names[i], SHOWN_CHARACTERS);
    fprintf(to, "%s%s%s%s", first ? "" : ", ", mark, shown, mark);
    free(shown);
    first = false;
  }
  if (!to || fclose(to) != 0)
    abort();
  return text;
}

char *classes_text(const char *const *names, int count) {
  return text_of(names, count, "", NULL, 0);
}

/* ---- picking ---- */

/* Refuses names that are not there. */
static int check_there(const char *const *wanted, int wanted_count, const char *const *names,
                       int count, const char *where, struct error *err) {
  char *missing = text_of(wanted, wanted_count, "'", names, count);
  char *present = classes_text(names, count);
  int result = 0;
  if (missing[0] != '\0')
    result = error_set(err, "classes %.300s not found in %.300s, which has: %s", missing, where,
                       present);
  free(missing);
  free(present);
  return result;
}

int classes_select(const char *list, const char *const *names, int count, const char *where,
                   int *chosen, struct error *err) {
  if (!list) {
    for (int i = 0; i < count; i++)
      chosen[i] = i;
    return count;
  }
  int wanted_count;
  char **wanted = classes_read(list, &wanted_count, err);
  if (!wanted)
    return -1;
  int result = check_there((const char *const *)wanted, wanted_count, names, count, where, err);
  for (int w = 0; w < wanted_count && result == 0; w++) {
    for (int i = 0; i < w && result == 0; i++)
      if (strcmp(wanted[i], wanted[w]) == 0)
        result = error_set(err, "classes: '%s' is listed twice", wanted[w]);
    if (result == 0)
      chosen[w] = find(wanted[w], names, count);
  }
  classes_free(wanted, wanted_count);
  return result == 0 ? wanted_count : -1;
}
