/* board.c : the boards that Engram knows, and what their devices have.
 * SPDX-License-Identifier: MIT
 */
#include "net/board.h"

#include "embedded.h"
#include "net/schema.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { COUNT_MAX = 1000000, HZ_MAX = 999999999 };

static const char *const families[] = {
    [FAMILY_ECP5] = "ecp5", [FAMILY_ICE40] = "ice40", [FAMILY_COUNT] = NULL};

#define COUNT(field, must)                                                                         \
  {                                                                                                \
    .key = #field, .type = SCHEMA_INT, .offset = offsetof(struct cost, field), .required = must,   \
    .high = COUNT_MAX                                                                              \
  }
static const struct schema_field counts[] = {
    COUNT(cells, true),   COUNT(flip_flops, true), COUNT(multipliers, false),
    COUNT(blocks, false), COUNT(spram, false),     {.key = NULL},
};

#define FIELD(field, kind, least, most)                                                            \
  .key = #field, .type = kind, .offset = offsetof(struct board, field), .required = true,          \
  .low = least, .high = most
#define TEXT(field, least)                                                                         \
  { FIELD(field, SCHEMA_TEXT, least, sizeof((struct board *)0)->field - 1) }
static const struct schema_field fields[] = {
    TEXT(name, 1),
    TEXT(device, 1),
    {FIELD(family, SCHEMA_ENUM, 0, 0), .names = families},
    {FIELD(has, SCHEMA_MAP, 0, 0), .fields = counts},
    {FIELD(fill_percent, SCHEMA_INT, 1, 100)},
    {FIELD(link, SCHEMA_MAP, 0, 0), .fields = counts},
    {FIELD(clock_hz, SCHEMA_INT, 1, HZ_MAX)},
    {FIELD(baud, SCHEMA_INT, 1, HZ_MAX)},
    TEXT(net, 1),
    TEXT(folds, 0),
    TEXT(pnr, 0),
    TEXT(loader, 0),
    {FIELD(seed, SCHEMA_INT, 0, HZ_MAX)},
    {.key = NULL},
};

static int read_board(struct board *board, const char *text, struct error *err) {
  *board = (struct board){.name = ""};
  struct schema *doc = schema_parse("board.yaml", text, strlen(text), err);
  int status = doc ? schema_read(doc, fields, board, err) : -1;
  schema_close(doc);
  return status;
}

int board_find(struct board *board, const char *name, struct error *err) {
  char names[256] = "";
  for (const struct embedded *file = embedded_files; file->name; file++) {
    if (strcmp(file->name, "board.yaml") != 0)
      continue;
    if (read_board(board, file->text, err) != 0)
      return -1;
    if (strcmp(board->name, name) == 0)
      return 0;
    size_t length = strlen(names);
    snprintf(names + length, sizeof names - length, "%s%s", length ? ", " : "", board->name);
  }
  return error_set(err, "board %s: found no board, allowed %s", name, names);
}

/* The values of a table's fields, the keys behind `prefix`. */
static int add_values(struct board_value *values, int count, const char *prefix,
                      const struct schema_field *field, const char *base) {
  for (; field->key; field++) {
    const char *at = base + field->offset;
    struct board_value *value = &values[count];
    if (field->type == SCHEMA_MAP) {
      count = add_values(values, count, field->key, field->fields, at);
      continue;
    }
    assert(count < BOARD_VALUES_MAX);
    count++;
    snprintf(value->key, sizeof value->key, "%s%s%s", prefix, *prefix ? "." : "", field->key);
    if (field->type == SCHEMA_INT)
      snprintf(value->value, sizeof value->value, "%d", *(const int *)(const void *)at);
    else if (field->type == SCHEMA_ENUM)
      snprintf(value->value, sizeof value->value, "%s",
               field->names[*(const int *)(const void *)at]);
    else
      snprintf(value->value, sizeof value->value, "%s", at);
  }
  return count;
}

int board_values(const struct board *board, struct board_value values[BOARD_VALUES_MAX]) {
  return add_values(values, 0, "", fields, (const char *)board);
}

const char *board_value(const struct board_value *values, int count, const char *key,
                        struct error *err) {
  char keys[512] = "";
  for (int i = 0; i < count; i++) {
    if (!strcmp(values[i].key, key))
      return values[i].value;
    size_t length = strlen(keys);
    snprintf(keys + length, sizeof keys - length, "%s%s", i ? ", " : "", values[i].key);
  }
  error_set(err, "board: found no key %.64s, allowed %s", key, keys);
  return NULL;
}

const char *board_resource_name(enum family family, enum resource resource) {
  static const char *const names[FAMILY_COUNT][RESOURCE_COUNT] = {
      [FAMILY_ECP5] = {"logic cells", "flip-flops", "MULT18X18D", "DP16KD", NULL},
      [FAMILY_ICE40] = {"logic cells", "flip-flops", "SB_MAC16", "SB_RAM40_4K", "SB_SPRAM256KA"},
  };
  return names[family][resource];
}

int board_count(const struct cost *cost, enum resource resource) {
  switch (resource) {
  case RESOURCE_CELLS:
    return cost->cells;
  case RESOURCE_FLIP_FLOPS:
    return cost->flip_flops;
  case RESOURCE_MULTIPLIERS:
    return cost->multipliers;
  case RESOURCE_BLOCKS:
    return cost->blocks;
  default:
    return cost->spram;
  }
}

int board_needs(const struct board *board, const struct cost *cost, enum resource resource) {
  return board_count(cost, resource) + board_count(&board->link, resource);
}

int board_lends(const struct board *board, enum resource resource) {
  int has = board_count(&board->has, resource);
  bool logic = resource == RESOURCE_CELLS || resource == RESOURCE_FLIP_FLOPS;
  return logic ? has * board->fill_percent / 100 : has;
}

int board_excess(const struct board *board, const struct cost *cost) {
  long excess = 0;
  for (enum resource r = 0; r < RESOURCE_COUNT; r++) {
    long lends = board_lends(board, r), needs = board_needs(board, cost, r);
    if (needs > lends)
      excess += 1 + (needs - lends) * 1000 / (lends > 0 ? lends : 1);
  }
  return excess < INT_MAX ? (int)excess : INT_MAX;
}

bool board_fits(const struct board *board, const struct cost *cost) {
  return board_excess(board, cost) == 0;
}
