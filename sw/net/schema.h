/* schema.h : YAML files into C structs, from tables that say what is allowed.
 * SPDX-License-Identifier: MIT
 *
 *   static const struct schema_field point[] = {
 *       {.key = "x", .type = SCHEMA_INT, .offset = offsetof(struct point, x), .required = true,
 * .low = 0, .high = 9},
 *       {.key = NULL},
 *   };
 *   struct schema *doc = schema_open("point.yaml", err);
 *   if (!doc || schema_read(doc, point, &p, err) != 0) ...
 *   schema_close(doc);
 *
 * Every complaint reads "file:line:column: found, allowed". Keys that are not in the table, keys
 * given twice and required keys left out are complaints; an optional key left out leaves its target
 * as it was.
 */
#ifndef ENGRAM_NET_SCHEMA_H
#define ENGRAM_NET_SCHEMA_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum schema_type {
  SCHEMA_INT,  /* int: decimal, low..high */
  SCHEMA_INTS, /* int[count]: a list of them, or one integer for all; each low..high */
  SCHEMA_BOOL, /* bool: true or false */
  SCHEMA_ENUM, /* enum (int): index into names */
  SCHEMA_TEXT, /* char[high + 1]: low..high characters */
  SCHEMA_OWN,  /* what `read` makes of an unquoted scalar; `allowed` says in words what it takes */
  SCHEMA_MAP,  /* struct at offset, described by fields; with `read` an unquoted scalar as well, and
                  a mapping says more about what `read` makes of "true" */
  SCHEMA_LIST, /* low..high structs of item_size bytes at offset; their number goes to the int at
                  count_offset */
};

struct schema_field;

/* One kind of a list's items, written as a mapping with the kind's name as its only key. */
struct schema_item {
  const char *key; /* NULL ends the table */
  const struct schema_field *fields;
  const void *defaults; /* item_size bytes, copied to the item before it is read */
};

struct schema_field {
  const char *key; /* NULL ends the table */
  enum schema_type type;
  bool required;
  size_t offset; /* of the target in the struct that the table describes */
  int low, high;
  int count;
  const char *const *names;                    /* ended by NULL */
  int (*read)(const char *text, void *target); /* returns 0 or -1 */
  const char *allowed;
  const struct schema_field *fields;
  const struct schema_item *items;
  size_t item_size, count_offset;
};

struct schema;

/* Parses a file of exactly one YAML document, at most 64 KiB. Returns NULL with the error set, else
 * a document for schema_close. */
struct schema *schema_open(const char *path, struct error *err);

/* The same of `size` bytes of text, which complaints call `path`. */
struct schema *schema_parse(const char *path, const void *text, size_t size, struct error *err);

void schema_close(struct schema *doc);

/* Fills `target` from the document's root mapping. Returns 0 or -1; `target` is then half filled.
 */
int schema_read(const struct schema *doc, const struct schema_field *fields, void *target,
                struct error *err);

/* Line and column (from 1) of the value at `where`, such as "layers[1].dense.units"; of the
 * innermost mapping or list around it when the file does not give it. */
void schema_locate(const struct schema *doc, const char *where, int *line, int *column);

/* A decimal integer: an optional '-', digits without a leading zero, nothing else. Returns 0 when
 * it is within low..high, else -1 and leaves *value. */
int schema_int(const char *text, int low, int high, int *value);

#endif
