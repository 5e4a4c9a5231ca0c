/* test_classes.c : lists of names are read as they were written, and shown so that a terminal only
 * shows them.
 * SPDX-License-Identifier: MIT
 */
#include "base/utf8.h"
#include "data/classes.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* A list and its names, separated by '|'. */
static void reads(const char *list, const char *expected) {
  struct error err = {""};
  int count;
  char **names = classes_read(list, &count, &err);
  assert_string_equal(err.message, "");
  char joined[200] = "";
  for (int i = 0; i < count; i++)
    snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s", i ? "|" : "",
             names[i]);
  assert_string_equal(joined, expected);
  classes_free(names, count);
}

static void test_lists(void **state) {
  (void)state;
  reads("a", "a");
  reads("a,b", "a|b");
  reads(" a ,\tb c\t", "a|b c");
  reads("", "");
  reads("a,,b,", "a||b|");
  reads("\"a,b\",c", "a,b|c");
  reads(" \"a,b\" , c", "a,b|c");
  reads("\"say \"\"a\"\"\"", "say \"a\"");
  reads("\" a \",\"\"", " a |");
  reads("5\" gun,a \"b\"", "5\" gun|a \"b\""); /* only a quote in front begins quotes */
}

static void refuses(const char *list, const char *reason) {
  struct error err = {""};
  int count;
  assert_null(classes_read(list, &count, &err));
  assert_non_null(strstr(err.message, reason));
}

static void test_bad_lists(void **state) {
  (void)state;
  refuses("\"a,b", "a quote that is not closed");
  refuses("a,\"", "a quote that is not closed");
  refuses("\"a\"\"", "a quote that is not closed");
  refuses("\"a\"b,c", "found 'b,c' behind a quote");
  refuses("\"a\" \"b\"", "behind a quote");
}

/* Names of a few characters that mean something: what is written is read. */
static void test_round_trip(void **state) {
  (void)state;
  enum { NAMES = 4, LENGTH = 6 };
  static const char alphabet[] = "a,\" \t\xC3\xA9";
  uint64_t random = scratch_seed();
  for (int n = 0; n < 2000; n++) {
    char names[NAMES][LENGTH];
    const char *list[NAMES];
    for (int i = 0; i < NAMES; i++) {
      size_t length = 1 + scratch_random(&random) % (LENGTH - 1);
      for (size_t k = 0; k < length; k++)
        names[i][k] = alphabet[(scratch_random(&random) >> 20) % (sizeof alphabet - 1)];
      names[i][length] = '\0';
      list[i] = names[i];
    }
    struct error err = {""};
    char *written = classes_write(list, NAMES);
    int count;
    char **read = classes_read(written, &count, &err);
    assert_string_equal(err.message, "");
    assert_int_equal(count, NAMES);
    for (int i = 0; i < NAMES; i++)
      assert_string_equal(read[i], names[i]);
    classes_free(read, count);
    free(written);
  }
  const char *const plain[] = {"airplane", "car"};
  char *written = classes_write(plain, 2);
  assert_string_equal(written, "airplane,car");
  free(written);
}

static void test_compare(void **state) {
  (void)state;
  const char *const a[] = {"x", "y", "z"}, *const b[] = {"z", "x", "y"}, *const c[] = {"x", "y"};
  const char *const d[] = {"x", "y", "w"};
  assert_int_equal(classes_compare(a, 3, a, 3), CLASSES_SAME);
  assert_int_equal(classes_compare(a, 3, b, 3), CLASSES_PERMUTED);
  assert_int_equal(classes_compare(a, 3, c, 2), CLASSES_OTHER);
  assert_int_equal(classes_compare(c, 2, a, 3), CLASSES_OTHER);
  assert_int_equal(classes_compare(a, 3, d, 3), CLASSES_OTHER);
}

static void test_select(void **state) {
  (void)state;
  struct error err = {""};
  const char *const names[] = {"a, b", "c", "d"};
  int chosen[3];
  assert_int_equal(classes_select("d,\"a, b\"", names, 3, "here", chosen, &err), 2);
  assert_int_equal(chosen[0], 2);
  assert_int_equal(chosen[1], 0);
  assert_int_equal(classes_select(NULL, names, 3, "here", chosen, &err), 3);
  assert_string_equal(err.message, "");
  assert_int_equal(classes_select("c,c", names, 3, "here", chosen, &err), -1);
  assert_non_null(strstr(err.message, "'c' is listed twice"));
  err.message[0] = '\0';
  assert_int_equal(classes_select("a, b,x\x1B", names, 3, "here", chosen, &err), -1);
  assert_string_equal(err.message,
                      "classes 'a', 'b', 'x\\x1b' not found in here, which has: a, b, c, d");
}

static void shows(const char *text, size_t most, const char *expected) {
  char *shown = utf8_printable(text, most);
  assert_string_equal(shown, expected);
  free(shown);
}

static void test_printable(void **state) {
  (void)state;
  shows("plain", 0, "plain");
  shows("", 0, "");
  shows("\xC3\xA9\xF0\x9F\x9A\x97", 0, "\xC3\xA9\xF0\x9F\x9A\x97");
  shows("a\x1B[2J\n\x7F", 0, "a\\x1b[2J\\x0a\\x7f");
  shows("\xC2\x9B", 0, "\\xc2\\x9b");          /* CSI in one character */
  shows("\xE2\x80\xAE", 0, "\\xe2\\x80\\xae"); /* right to left */
  shows("\xFF\xC3", 0, "\\xff\\xc3");
  shows("abcdef", 6, "abcdef");
  shows("abcdefg", 6, "abcde\xE2\x80\xA6");
  shows("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 3, "\xC3\xA9\xC3\xA9\xE2\x80\xA6");
  assert_int_equal(utf8_length("\xC3\xA9z\xE2\x80\xA6"), 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lists),      cmocka_unit_test(test_bad_lists),
      cmocka_unit_test(test_round_trip), cmocka_unit_test(test_compare),
      cmocka_unit_test(test_select),     cmocka_unit_test(test_printable),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
