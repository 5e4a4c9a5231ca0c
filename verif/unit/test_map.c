/* test_map.c : the word addresses that the RTL's constants say are those of the address map's
 * table. SPDX-License-Identifier: MIT
 */
#include "embedded.h"
#include "net/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 32, RUN_WORD = 0x1D };

#define REGISTER(name, address, ...) {#name, address},
static const struct {
  const char *name;
  int address;
} registers[] = {MAP_REGISTERS(REGISTER, MAP_NOTHING, MAP_NOTHING)};
enum { COUNT = sizeof registers / sizeof *registers };

/* Word address of what a constant is named after, or -1. */
static int expected_word(const char *name) {
  if (!strcmp(name, "RANDOM"))
    return MAP_RANDOM0 / MAP_WORD;
  if (!strcmp(name, "UNUSED"))
    return registers[COUNT - 1].address / MAP_WORD + 1;
  if (!strcmp(name, "LAYER_BASE"))
    return MAP_LAYERS / MAP_WORD;
  if (!strcmp(name, "RUN")) /* engram_counters' own, in a place that the map leaves free */
    return RUN_WORD;
  for (int i = 0; i < COUNT; i++)
    if (!strcmp(registers[i].name, name))
      return registers[i].address / MAP_WORD;
  return -1;
}

/* Looks at each `NAME = 6'hXX` (or 7'h) of the text. Returns how many agree with the map; `wrong`
 * gets the name of one that does not, or stays empty. */
static int count_agreeing(const char *text, char wrong[NAME_MAX_BYTES]) {
  int agreeing = 0;
  *wrong = '\0';
  for (const char *at = text; (at = strstr(at, "'h")) != NULL; at += 2) {
    const char *end = at - 4, *begin = end; /* behind the name in `NAME = 6'h` */
    if (at < text + 5 || strncmp(end, " = ", 3) != 0 || !strchr("67", at[-1]))
      continue;
    while (begin > text && (isupper((unsigned char)begin[-1]) || begin[-1] == '_'))
      begin--;
    char name[NAME_MAX_BYTES];
    snprintf(name, sizeof name, "%.*s", (int)(end - begin), begin);
    if (strtol(at + 2, NULL, 16) == expected_word(name))
      agreeing++;
    else
      strcpy(wrong, name);
  }
  return agreeing;
}

static const char *leaf(const char *name) {
  const struct embedded *file = embedded_files;
  while (file->name && strcmp(file->name, name) != 0)
    file++;
  assert_non_null(file->name);
  return file->text;
}

static void leaves_have_the_maps_words(void **state) {
  (void)state;
  char wrong[NAME_MAX_BYTES];
  assert_int_equal(count_agreeing(leaf("engram_control.v"), wrong), 7);
  assert_string_equal(wrong, "");
  assert_int_equal(count_agreeing(leaf("engram_counters.v"), wrong), 16);
  assert_string_equal(wrong, "");
  for (int i = 0; i < COUNT; i++)
    assert_int_not_equal(registers[i].address, RUN_WORD * MAP_WORD);
}

static void another_word_is_seen(void **state) {
  (void)state;
  char wrong[NAME_MAX_BYTES];
  assert_int_equal(count_agreeing("localparam [5:0] RATE = 6'h0A,\n  STEPS = 6'h11;", wrong), 1);
  assert_string_equal(wrong, "STEPS");
  assert_int_equal(count_agreeing("localparam [6:0] STEP = 7'h10;", wrong), 0);
  assert_string_equal(wrong, "STEP");
}

/* In order, in words, without gaps: as engram_counters visits them and engram_control says what can
 * be read. */
static void registers_stand_side_by_side(void **state) {
  (void)state;
  for (int i = 0; i < COUNT; i++)
    assert_int_equal(registers[i].address, i * MAP_WORD);
  assert_true(registers[COUNT - 1].address < MAP_LAYERS);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(leaves_have_the_maps_words),
      cmocka_unit_test(another_word_is_seen),
      cmocka_unit_test(registers_stand_side_by_side),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
