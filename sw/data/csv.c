/* csv.c : small tables from text files.
 * SPDX-License-Identifier: MIT
 */
#include "data/csv.h"

#include "base/file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CSV_BYTES_MAX ((size_t)1 << 28)

/* A place in the text, which is cut up on the way. */
struct cursor {
  const char *path;
  char *at;
  int line; /* of `at`, from 1 */
  char separator;
  bool row_end; /* the field read last ended its row */
};

/* The separator that the first line has most of. */
static char find_separator(const char *text) {
  static const char separators[] = {',', ';', '\t'};
  int count[sizeof separators] = {0}, most = 0;
  bool quoted = false;
  for (; *text && (quoted || *text != '\n'); text++) {
    quoted ^= *text == '"';
    for (size_t i = 0; i < sizeof separators && !quoted; i++)
      count[i] += *text == separators[i];
  }
  for (size_t i = 1; i < sizeof separators; i++)
    if (count[i] > count[most])
      most = (int)i;
  return separators[most];
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct cursor *cursor) {
  while (is_blank(*cursor->at) && *cursor->at != cursor->separator)
    cursor->at++;
}

/* Copies a quoted field over itself, without quotes. Returns its end, or NULL when the quote stays
 * open. */
static char *unquote(struct cursor *cursor, char *to) {
  char *from = cursor->at + 1;
  for (; *from; from++) {
    if (*from == '\n')
      cursor->line++;
    if (*from == '"' && *++from != '"') {
      cursor->at = from;
      return to;
    }
    *to++ = *from;
  }
  return NULL;
}

/* The next field, or NULL with the error set. */
static char *next_field(struct cursor *cursor, struct error *err) {
  skip_blanks(cursor);
  char *field = cursor->at, *end = field, *kept = field;
  int line = cursor->line;
  if (*field == '"') {
    end = kept = unquote(cursor, field);
    if (!end) {
      error_set(err, "%s:%d: a quote without its end", cursor->path, line);
      return NULL;
    }
  }
  while (*cursor->at && *cursor->at != cursor->separator && *cursor->at != '\n')
    *end++ = *cursor->at++;
  while (end > kept && is_blank(end[-1]))
    end--;
  cursor->row_end = *cursor->at != cursor->separator;
  cursor->line += *cursor->at == '\n';
  if (*cursor->at)
    cursor->at++;
  *end = '\0';
  return field;
}

static void add_field(struct csv *csv, size_t count, char *field) {
  csv->fields = memory_grow(csv->fields, count, sizeof *csv->fields);
  csv->fields[count] = field;
}

static int read_names(struct csv *csv, struct cursor *cursor, struct error *err) {
  do {
    char *name = next_field(cursor, err);
    if (!name)
      return -1;
    if (name[0] == '\0')
      return error_set(err, "%s:1: column %zu has no name", csv->path, csv->column_count + 1);
    for (size_t i = 0; i < csv->column_count; i++)
      if (strcasecmp(csv->fields[i], name) == 0)
        return error_set(err, "%s:1: two columns '%s'", csv->path, name);
    add_field(csv, csv->column_count++, name);
  } while (!cursor->row_end);
  csv->names = csv->fields;
  csv->fields = NULL;
  return 0;
}

static int read_rows(struct csv *csv, struct cursor *cursor, struct error *err) {
  size_t count = 0;
  csv->lines = memory_new(strlen(cursor->at) / csv->column_count + 1, sizeof *csv->lines);
  while (*cursor->at) {
    int line = cursor->line;
    size_t begin = count;
    do {
      char *field = next_field(cursor, err);
      if (!field)
        return -1;
      add_field(csv, count++, field);
    } while (!cursor->row_end);
    if (count == begin + 1 && csv->fields[begin][0] == '\0') {
      count = begin; /* an empty line */
      continue;
    }
    if (count - begin != csv->column_count)
      return error_set(err, "%s:%d: %zu fields, expected as many as the first line's %zu",
                       csv->path, line, count - begin, csv->column_count);
    csv->lines[csv->row_count++] = line;
  }
  return 0;
}

int csv_read(struct csv *csv, const char *path, struct error *err) {
  *csv = (struct csv){.path = path};
  size_t size;
  csv->text = (char *)file_read(path, CSV_BYTES_MAX, &size, err);
  if (!csv->text)
    return -1;
  int result = 0;
  if (strlen(csv->text) != size)
    result = error_set(err, "%s: holds a zero byte, expected text", path);
  struct cursor cursor = {.path = path, .at = csv->text, .line = 1};
  if (strncmp(cursor.at, "\xef\xbb\xbf", 3) == 0) /* a byte order mark, from spreadsheets */
    cursor.at += 3;
  cursor.separator = find_separator(cursor.at);
  if (result != 0 || read_names(csv, &cursor, err) != 0 || read_rows(csv, &cursor, err) != 0) {
    csv_free(csv);
    return -1;
  }
  return 0;
}

int csv_column(const struct csv *csv, const char *name) {
  for (size_t i = 0; i < csv->column_count; i++)
    if (strcasecmp(csv->names[i], name) == 0)
      return (int)i;
  return -1;
}

const char *csv_field(const struct csv *csv, size_t row, int column) {
  return csv->fields[row * csv->column_count + (size_t)column];
}

void csv_write(FILE *file, const char *text) {
  size_t length = strlen(text);
  bool plain = !strpbrk(text, ",;\t\"\r\n") &&
               (length == 0 || (!is_blank(text[0]) && !is_blank(text[length - 1])));
  if (!plain)
    fputc('"', file);
  for (; *text; text++) {
    if (*text == '"')
      fputc('"', file);
    fputc(*text, file);
  }
  if (!plain)
    fputc('"', file);
}

void csv_free(struct csv *csv) {
  free(csv->names);
  free(csv->fields);
  free(csv->lines);
  free(csv->text);
  *csv = (struct csv){0};
}
