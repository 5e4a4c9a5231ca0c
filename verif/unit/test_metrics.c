/* test_metrics.c : figures of merit against values computed by hand.
 * SPDX-License-Identifier: MIT
 */
#include "data/metrics.h"
#include "data/votes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

static char *const names[] = {"airplane", "car", "helicopter"};

static void assert_near(double found, double expected) {
  if (!(fabs(found - expected) <= 1e-12))
    fail_msg("found %.17g, expected %.17g", found, expected);
}

static void add_many(struct metrics *metrics, int label, int predicted, int count, double loss) {
  for (int i = 0; i < count; i++)
    metrics_add(metrics, label, predicted, loss);
}

/* Labels down, predictions across:  5 1 0 /  2 3 1 /  0 0 8.  20 pictures, 16 right. Labelled 6, 6,
 * 8; called 7, 4, 9. Chance agreement (6*7 + 6*4 + 8*9) / 400 = 138/400; kappa = (320 - 138) / (400
 * - 138) = 182/262. */
static struct metrics three_classes(void) {
  struct metrics metrics;
  metrics_begin(&metrics, 3);
  add_many(&metrics, 0, 0, 5, 0.1);
  add_many(&metrics, 0, 1, 1, 2.0);
  add_many(&metrics, 1, 0, 2, 1.5);
  add_many(&metrics, 1, 1, 3, 0.2);
  add_many(&metrics, 1, 2, 1, 1.0);
  add_many(&metrics, 2, 2, 8, 0.05);
  return metrics;
}

static void test_three_classes(void **state) {
  (void)state;
  struct metrics metrics = three_classes();
  assert_int_equal(metrics.count, 20);
  assert_int_equal(metrics.confusion[1][0], 2);
  assert_int_equal(metrics.confusion[0][1], 1);
  assert_near(metrics_accuracy(&metrics), 0.8);
  assert_near(metrics_loss(&metrics), 7.5 / 20); /* 0.5 + 2 + 3 + 0.6 + 1 + 0.4 */
  const double precision[] = {5.0 / 7, 3.0 / 4, 8.0 / 9}, recall[] = {5.0 / 6, 3.0 / 6, 1};
  const double f1[] = {10.0 / 13, 6.0 / 10, 16.0 / 17};
  for (int c = 0; c < 3; c++) {
    assert_near(metrics_precision(&metrics, c), precision[c]);
    assert_near(metrics_recall(&metrics, c), recall[c]);
    assert_near(metrics_f1(&metrics, c), f1[c]);
  }
  assert_near(metrics_macro_f1(&metrics), (10.0 / 13 + 0.6 + 16.0 / 17) / 3);
  assert_near(metrics_kappa(&metrics), 182.0 / 262);
}

/* One class never said, one never there: the figures without a denominator are 0, the others
 * finite. */
static void test_empty_classes(void **state) {
  (void)state;
  struct metrics metrics;
  metrics_begin(&metrics, 3);
  add_many(&metrics, 0, 0, 3, 0);
  add_many(&metrics, 1, 0, 1, 0);
  assert_near(metrics_accuracy(&metrics), 0.75);
  assert_near(metrics_precision(&metrics, 0), 0.75);
  assert_near(metrics_precision(&metrics, 1), 0);
  assert_near(metrics_recall(&metrics, 1), 0);
  assert_near(metrics_recall(&metrics, 2), 0);
  assert_near(metrics_f1(&metrics, 2), 0);
  assert_near(metrics_kappa(&metrics), 0); /* always the same answer is no better than chance */
}

static void test_nothing_and_extremes(void **state) {
  (void)state;
  struct metrics metrics;
  metrics_begin(&metrics, 2);
  assert_near(metrics_accuracy(&metrics), 0);
  assert_near(metrics_loss(&metrics), 0);
  assert_near(metrics_kappa(&metrics), 0);
  add_many(&metrics, 0, 0, 4, 0);
  assert_near(metrics_kappa(&metrics), 0); /* one class only: chance is always right */
  add_many(&metrics, 1, 1, 4, 0);
  assert_near(metrics_kappa(&metrics), 1);
  metrics_begin(&metrics, 2);
  assert_int_equal(metrics.count, 0);
  add_many(&metrics, 0, 1, 4, 0);
  add_many(&metrics, 1, 0, 4, 0);
  assert_near(metrics_kappa(&metrics), -1);
}

static void test_json(void **state) {
  (void)state;
  struct metrics metrics = three_classes();
  json_t *json = metrics_json(&metrics, names);
  assert_non_null(json);
  assert_int_equal(json_object_size(json), 7);
  assert_int_equal(json_integer_value(json_object_get(json, "count")), 20);
  assert_near(json_real_value(json_object_get(json, "accuracy")), 0.8);
  assert_near(json_real_value(json_object_get(json, "loss")), 0.375);
  assert_near(json_real_value(json_object_get(json, "kappa")), 182.0 / 262);
  assert_near(json_real_value(json_object_get(json, "macro_f1")), metrics_macro_f1(&metrics));
  const int confusion[3][3] = {{5, 1, 0}, {2, 3, 1}, {0, 0, 8}}, counts[] = {6, 6, 8};
  json_t *classes = json_object_get(json, "classes"), *rows = json_object_get(json, "confusion");
  assert_int_equal(json_array_size(classes), 3);
  assert_int_equal(json_array_size(rows), 3);
  for (size_t c = 0; c < 3; c++) {
    json_t *class = json_array_get(classes, c);
    assert_string_equal(json_string_value(json_object_get(class, "name")), names[c]);
    assert_int_equal(json_integer_value(json_object_get(class, "count")), counts[c]);
    assert_near(json_real_value(json_object_get(class, "precision")),
                metrics_precision(&metrics, (int)c));
    assert_near(json_real_value(json_object_get(class, "recall")),
                metrics_recall(&metrics, (int)c));
    assert_near(json_real_value(json_object_get(class, "f1")), metrics_f1(&metrics, (int)c));
    for (size_t p = 0; p < 3; p++)
      assert_int_equal(json_integer_value(json_array_get(json_array_get(rows, c), p)),
                       confusion[c][p]);
  }
  json_decref(json);
}

static void test_table(void **state) {
  (void)state;
  struct metrics metrics = three_classes();
  char *text = NULL;
  size_t size = 0;
  FILE *file = open_memstream(&text, &size);
  assert_non_null(file);
  metrics_print(&metrics, names, file);
  fclose(file);
  assert_string_equal(
      text, "pictures 20  accuracy 80.00 %  loss 0.3750  kappa 0.695  macro F1 0.770\n"
            "\n"
            "   class       pictures  precision  recall     F1   called       0       1       2\n"
            " 0 airplane           6      0.714   0.833  0.769                5       1       0\n"
            " 1 car                6      0.750   0.500  0.600                2       3       1\n"
            " 2 helicopter         8      0.889   1.000  0.941                0       0       8\n");
  free(text);
}

/* Two files of two pictures and one picture without: the first file's mean decides against one of
 * its pictures, the second's is even, and the lower class has it. */
static void test_votes(void **state) {
  (void)state;
  uint8_t labels[] = {1, 1, 2, 2, 0};
  int file[] = {0, 0, 1, 1, -1};
  const struct dataset data = {
      .count = 5, .class_count = 3, .labels = labels, .file = file, .file_count = 3};
  const int32_t said[][3] = {
      {20480, 12288, 0}, {0, 28672, 4096}, {0, 32768, 0}, {0, 0, 32768}, {32768, 0, 0}};
  struct votes *votes = votes_new(&data);
  struct metrics files;
  votes_count(votes, &files);
  assert_true(files.count == 0);
  for (size_t i = 0; i < data.count; i++)
    votes_add(votes, i, said[i]);
  votes_count(votes, &files);
  assert_true(files.count == 2);
  assert_true(files.confusion[1][1] == 1 && files.confusion[2][1] == 1);
  assert_near(files.loss_sum, -log(0.625) - log(0.5));
  votes_free(votes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_three_classes),
      cmocka_unit_test(test_empty_classes),
      cmocka_unit_test(test_nothing_and_extremes),
      cmocka_unit_test(test_json),
      cmocka_unit_test(test_table),
      cmocka_unit_test(test_votes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
