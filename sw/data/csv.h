/* csv.h : small tables from text files, as spreadsheets and scripts write them.
 * SPDX-License-Identifier: MIT
 *
 * The first line names the columns. Columns are separated by commas, semicolons or tabs, whichever
 * the first line has most of outside quotes. Fields may be quoted ("" for a quote inside), blanks
 * around them do not count, lines may end in CR LF, empty lines are passed over, and the file may
 * begin with a byte order mark.
 */
#ifndef ENGRAM_DATA_CSV_H
#define ENGRAM_DATA_CSV_H

#include "base/error.h"

#include <stddef.h>
#include <stdio.h>

struct csv {
  const char *path; /* the caller's */
  size_t column_count, row_count;
  char **names;  /* [column_count] */
  char **fields; /* [row_count][column_count] */
  int *lines;    /* [row_count], where each row begins in the file, from 1 */
  char *text;    /* what the fields point into */
};

/* Reads a file. Refuses a zero byte, an open quote, a row with fewer or more fields than columns,
 * and a column without a name or with another's. Returns 0 and memory for csv_free, or -1 and
 * nothing to release. `path` must outlive the table. */
int csv_read(struct csv *csv, const char *path, struct error *err);

/* Index of the column of a name, in any case, or -1. */
int csv_column(const struct csv *csv, const char *name);

/* A field; column < column_count. */
const char *csv_field(const struct csv *csv, size_t row, int column);

/* Writes a field, in quotes where it needs them. */
void csv_write(FILE *file, const char *text);

void csv_free(struct csv *csv);

#endif
