/* manifest.c : a folder's manifest.csv, which says what recording a sound file was cut from.
 * SPDX-License-Identifier: MIT
 */
#include "data/manifest.h"

#include "base/file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MANIFEST_BYTES_MAX ((size_t)1 << 28)

/* A place in CSV text that is cut up on the way. */
struct csv {
  const char *path;
  char *cursor;
  int line;     /* of the cursor, from 1 */
  bool row_end; /* the field read last ended its row */
};

/* Which columns hold what; -1: none does. */
struct columns {
  int path, recording;
};

/* Copies a quoted field over itself, without quotes. Returns its end, or NULL when the quote stays
 * open. */
static char *unquote(struct csv *csv, char *to) {
  char *from = csv->cursor + 1;
  for (; *from; from++) {
    if (*from == '\n')
      csv->line++;
    if (*from == '"' && *++from != '"') {
      csv->cursor = from;
      return to;
    }
    *to++ = *from;
  }
  return NULL;
}

/* The next field, or NULL with the error set. */
static char *next_field(struct csv *csv, struct error *err) {
  char *field = csv->cursor, *end = field;
  int line = csv->line;
  if (*field == '"') {
    end = unquote(csv, field);
    if (!end) {
      error_set(err, "%s:%d: a quote without its end", csv->path, line);
      return NULL;
    }
  }
  while (*csv->cursor && *csv->cursor != ',' && *csv->cursor != '\n') {
    if (*csv->cursor != '\r')
      *end++ = *csv->cursor;
    csv->cursor++;
  }
  csv->row_end = *csv->cursor != ',';
  if (*csv->cursor == '\n')
    csv->line++;
  if (*csv->cursor)
    csv->cursor++;
  *end = '\0';
  return field;
}

/* Reads the header line. */
static int read_columns(struct csv *csv, struct columns *columns, struct error *err) {
  *columns = (struct columns){-1, -1};
  int column = 0;
  do {
    const char *name = next_field(csv, err);
    if (!name)
      return -1;
    if (strcmp(name, "path") == 0)
      columns->path = column;
    else if (strcmp(name, "recording") == 0)
      columns->recording = column;
    column++;
  } while (!csv->row_end);
  if (columns->recording >= 0 && columns->path < 0)
    return error_set(err, "%s:1: a column 'recording' without a column 'path'", csv->path);
  return 0;
}

static int read_row(struct csv *csv, struct columns columns, struct manifest_row *row,
                    struct error *err) {
  int line = csv->line, fields = 0;
  *row = (struct manifest_row){NULL, NULL};
  do {
    const char *field = next_field(csv, err);
    if (!field)
      return -1;
    if (fields == columns.path)
      row->path = field;
    else if (fields == columns.recording)
      row->recording = field;
    fields++;
  } while (!csv->row_end);
  if (!row->path || !row->recording)
    return error_set(err, "%s:%d: %d fields, expected as many as in the first line", csv->path,
                     line, fields);
  return 0;
}

static int by_path(const void *a, const void *b) {
  return strcmp(((const struct manifest_row *)a)->path, ((const struct manifest_row *)b)->path);
}

static int read_rows(struct manifest *manifest, struct csv *csv, struct error *err) {
  struct columns columns;
  if (read_columns(csv, &columns, err) != 0)
    return -1;
  size_t lines = 1;
  for (const char *at = csv->cursor; (at = strchr(at, '\n')) != NULL; at++)
    lines++;
  manifest->rows = memory_new(lines, sizeof *manifest->rows);
  while (columns.recording >= 0 && *csv->cursor) {
    if (*csv->cursor == '\n' || *csv->cursor == '\r') {
      csv->line += *csv->cursor++ == '\n';
      continue;
    }
    if (read_row(csv, columns, &manifest->rows[manifest->count++], err) != 0)
      return -1;
  }
  qsort(manifest->rows, manifest->count, sizeof *manifest->rows, by_path);
  for (size_t i = 1; i < manifest->count; i++)
    if (by_path(&manifest->rows[i - 1], &manifest->rows[i]) == 0)
      return error_set(err, "%s: '%s' is listed twice", csv->path, manifest->rows[i].path);
  return 0;
}

int manifest_read(struct manifest *manifest, const char *path, struct error *err) {
  *manifest = (struct manifest){0};
  size_t size;
  manifest->text = (char *)file_read(path, MANIFEST_BYTES_MAX, &size, err);
  if (!manifest->text)
    return -1;
  int result = 0;
  if (strlen(manifest->text) != size)
    result = error_set(err, "%s: holds a zero byte, expected text", path);
  struct csv csv = {.path = path, .cursor = manifest->text, .line = 1};
  if (strncmp(csv.cursor, "\xef\xbb\xbf", 3) == 0) /* a byte order mark, from spreadsheets */
    csv.cursor += 3;
  if (result == 0)
    result = read_rows(manifest, &csv, err);
  if (result != 0)
    manifest_free(manifest);
  return result;
}

const char *manifest_find(const struct manifest *manifest, const char *path) {
  struct manifest_row key = {path, NULL};
  const struct manifest_row *row = NULL;
  if (manifest->count > 0)
    row = bsearch(&key, manifest->rows, manifest->count, sizeof key, by_path);
  return row && row->recording[0] != '\0' ? row->recording : NULL;
}

void manifest_free(struct manifest *manifest) {
  free(manifest->rows);
  free(manifest->text);
  *manifest = (struct manifest){0};
}
