/* test_report.c : a report's texts, pictures, sounds and curves, and the two files as a whole.
 * SPDX-License-Identifier: MIT
 *
 * Runs in the repository's root: reads nets/.
 */
#include "base/file.h"
#include "model/softmax.h"
#include "report/chart.h"
#include "report/media.h"
#include "report/report.h"
#include "report/sounds.h"
#include "report/text.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "board_model.h"
#include "device/device_parts.h"
#include <math.h>
#include <png.h>
#include <sys/stat.h>
#include <unistd.h>

#define FFFD "\xEF\xBF\xBD"

static int setup(void **state) {
  *state = scratch_make();
  return *state ? 0 : -1;
}

static int teardown(void **state) {
  return scratch_remove(*state);
}

/* What a function wrote. */
struct written {
  char *text;
  size_t size;
  FILE *to;
};

static struct written *open_written(void) {
  struct written *written = memory_new(1, sizeof *written);
  written->to = open_memstream(&written->text, &written->size);
  assert_non_null(written->to);
  return written;
}

static char *close_written(struct written *written) {
  fclose(written->to);
  char *text = written->text;
  free(written);
  return text;
}

/* ---- texts ---- */

static const struct {
  const char *text, *escaped, *valid;
} texts[] = {
    {"", "", ""},
    {"a car, 100 %", "a car, 100 %", "a car, 100 %"},
    {"<b a=\"x\" b='y'>&amp;", "&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;",
     "<b a=\"x\" b='y'>&amp;"},
    {"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x9A\x97", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x9A\x97",
     "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x9A\x97"},
    {"\t\n\x01\x0D\x1B\x7F", "\t\n" FFFD FFFD FFFD FFFD, "\t\n" FFFD FFFD FFFD FFFD},
    {"\xC2\x85", FFFD, FFFD},                                       /* a control of ISO 8859 */
    {"\x80z", FFFD "z", FFFD "z"},                                  /* goes on, begins nothing */
    {"\xC3", FFFD, FFFD},                                           /* cut */
    {"\xE2\x82<", FFFD FFFD "&lt;", FFFD FFFD "<"},                 /* cut by a tag */
    {"\xC0\xBC", FFFD FFFD, FFFD FFFD},                             /* overlong '<' */
    {"\xE0\x80\xBC", FFFD FFFD FFFD, FFFD FFFD FFFD},               /* ditto */
    {"\xED\xA0\x80", FFFD FFFD FFFD, FFFD FFFD FFFD},               /* a surrogate */
    {"\xF4\x90\x80\x80", FFFD FFFD FFFD FFFD, FFFD FFFD FFFD FFFD}, /* behind U+10FFFF */
    {"\xFF", FFFD, FFFD},
    {"\xEF\xBF\xBE", FFFD, FFFD}, /* U+FFFE */
};

static void test_texts(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    struct written *written = open_written();
    text_escape(written->to, texts[i].text);
    char *escaped = close_written(written), *valid = text_valid(texts[i].text);
    assert_string_equal(escaped, texts[i].escaped);
    assert_string_equal(valid, texts[i].valid);
    free(escaped);
    free(valid);
  }
}

/* The examples of RFC 4648. */
static void test_data(void **state) {
  (void)state;
  static const char *const encoded[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                        "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
  for (size_t size = 0; size <= 6; size++) {
    struct written *written = open_written();
    text_data(written->to, "image/png", (const uint8_t *)"foobar", size);
    char *text = close_written(written);
    assert_int_equal(strncmp(text, "data:image/png;base64,", 22), 0);
    assert_string_equal(text + 22, encoded[size]);
    free(text);
  }
  struct written *written = open_written();
  text_data(written->to, "x", (const uint8_t *)"\xFB\xFF\xBF", 3);
  char *text = close_written(written);
  assert_string_equal(text, "data:x;base64,+/+/");
  free(text);
}

static void test_numbers(void **state) {
  (void)state;
  static const struct {
    uint64_t number;
    const char *text;
  } cases[] = {{0, "0"},
               {999, "999"},
               {1000, "1\xE2\x80\xAF"
                      "000"},
               {1234567, "1\xE2\x80\xAF"
                         "234\xE2\x80\xAF"
                         "567"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct written *written = open_written();
    text_number(written->to, cases[i].number);
    char *text = close_written(written);
    assert_string_equal(text, cases[i].text);
    free(text);
  }
}

/* ---- pictures and sounds ---- */

/* The bytes of "data:KIND;base64,...", decoded without any of Engram's code. */
static uint8_t *decode(const char *uri, const char *kind, size_t *size) {
  size_t head = strlen("data:") + strlen(kind) + strlen(";base64,");
  assert_int_equal(strncmp(uri + 5, kind, strlen(kind)), 0);
  uint8_t *bytes = memory_new(strlen(uri), 1);
  uint32_t bits = 0;
  int have = 0;
  *size = 0;
  for (const char *c = uri + head; *c && *c != '='; c++) {
    int value = *c >= 'A' && *c <= 'Z'   ? *c - 'A'
                : *c >= 'a' && *c <= 'z' ? *c - 'a' + 26
                : *c >= '0' && *c <= '9' ? *c - '0' + 52
                : *c == '+'              ? 62
                                         : 63;
    bits = (bits << 6 | (uint32_t)value) & 0xFFFFFF;
    have += 6;
    if (have >= 8) {
      have -= 8;
      bytes[(*size)++] = (uint8_t)(bits >> have);
    }
  }
  return bytes;
}

static void test_png(void **state) {
  (void)state;
  static const uint8_t pixels[6] = {0, 50, 100, 150, 200, 255},
                       flipped[6] = {150, 200, 255, 0, 50, 100};
  for (int flip = 0; flip < 2; flip++) {
    struct written *written = open_written();
    media_png(written->to, pixels, 2, 3, flip);
    char *uri = close_written(written);
    size_t size;
    uint8_t *bytes = decode(uri, "image/png", &size), read[6];
    png_image image = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_memory(&image, bytes, size));
    assert_int_equal(image.width, 3);
    assert_int_equal(image.height, 2);
    image.format = PNG_FORMAT_GRAY;
    assert_true(png_image_finish_read(&image, NULL, read, 0, NULL));
    assert_memory_equal(read, flip ? flipped : pixels, sizeof read);
    free(bytes);
    free(uri);
  }
}

static void test_wav(void **state) {
  enum { COUNT = 5 };
  static const float samples[COUNT] = {0, 0.5F, -0.25F, 3, -3},
                     cut[COUNT] = {0, 0.5F, -0.25F, 1, -1};
  struct error err = {""};
  struct written *written = open_written();
  media_wav(written->to, samples, COUNT);
  char *uri = close_written(written), *path = path_join(*state, "x.wav");
  size_t size;
  uint8_t *bytes = decode(uri, "audio/wav", &size);
  assert_int_equal(scratch_write(path, bytes, size), 0);
  struct sound sound;
  assert_int_equal(sound_load(&sound, path, &err), 0);
  assert_int_equal(sound.file_rate_hz, SOUND_RATE_HZ);
  assert_int_equal(sound.file_channels, 1);
  assert_int_equal(sound.count, COUNT);
  for (int i = 0; i < COUNT; i++)
    assert_true(fabsf(sound.samples[i] - cut[i]) <= 1.01F / 32768);
  sound_free(&sound);
  free(bytes);
  free(uri);
  free(path);
}

/* ---- curves ---- */

static void test_step(void **state) {
  (void)state;
  static const struct {
    double range;
    int ticks;
    double step;
  } cases[] = {{1, 5, 0.2},       {100, 5, 20},    {101, 5, 50}, {0.003, 5, 0.001},
               {10.4, 5, 5},      {7, 8, 1},       {9, 8, 2},    {29, 8, 5},
               {99999, 8, 20000}, {0.05, 5, 0.01}, {5, 5, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    if (fabs(chart_step(cases[i].range, cases[i].ticks) - cases[i].step) > 1e-9 * cases[i].step)
      fail_msg("range %g: %g", cases[i].range, chart_step(cases[i].range, cases[i].ticks));
}

static int count_of(const char *text, const char *what) {
  int count = 0;
  for (const char *at = text; (at = strstr(at, what)); at++)
    count++;
  return count;
}

/* Every coordinate is a number inside the drawing, whatever the values are. */
static void check_chart(const struct chart *chart) {
  struct written *written = open_written();
  chart_write(written->to, chart);
  char *text = close_written(written);
  assert_null(strstr(text, "nan"));
  assert_null(strstr(text, "inf"));
  assert_int_equal(count_of(text, "<polyline"), chart->line_count);
  assert_int_equal(count_of(text, "<circle"), (int)chart->count * chart->line_count);
  for (const char *at = text; (at = strstr(at, "cy=\"")); at++) {
    double y = strtod(at + 4, NULL);
    assert_true(y >= 40 && y <= 230);
  }
  for (const char *at = text; (at = strstr(at, "cx=\"")); at++) {
    double x = strtod(at + 4, NULL);
    assert_true(x >= 50 && x <= 510);
  }
  assert_int_equal(count_of(text, "chosen"), chart->mark > 0);
  free(text);
}

static void test_charts(void **state) {
  (void)state;
  static const uint32_t epochs[4] = {3, 4, 5, 6};
  static const double values[][4] = {{0, 0, 0, 0},          {100, 100, 100, 100}, {50, 50, 50, 50},
                                     {1e-9, 0, 0, 2e-9},    {97.5, 98, 99, 100},  {0, 100, 0, 100},
                                     {3.1, 2.2, 1.7, 0.01}, {60, 60, 60, 60.001}};
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
    for (int zero = 0; zero < 2; zero++)
      for (size_t count = 1; count <= 4; count += 3) {
        struct chart chart = {.title = "t",
                              .unit = "%",
                              .epochs = epochs,
                              .count = count,
                              .line = {{"a", values[i]}, {"b", values[(i + 1) % 8]}},
                              .line_count = 2,
                              .most = 100,
                              .zero = zero,
                              .mark = zero ? 3 : 0};
        check_chart(&chart);
      }
}

/* Ticks of values from 60 to 80: from 0, or from where they are; and the end at `most`. */
static void test_axes(void **state) {
  (void)state;
  static const uint32_t epochs[2] = {1, 2};
  static const double values[2] = {60, 80};
  for (int zero = 0; zero < 2; zero++) {
    const struct chart chart = {.title = "t",
                                .unit = "%",
                                .epochs = epochs,
                                .count = 2,
                                .line = {{"a", values}},
                                .line_count = 1,
                                .most = 100,
                                .zero = zero};
    struct written *written = open_written();
    chart_write(written->to, &chart);
    char *text = close_written(written);
    assert_int_equal(count_of(text, ">0</text>"), zero);
    assert_int_equal(count_of(text, ">65</text>"), !zero);
    assert_int_equal(count_of(text, ">80</text>"), 1);
    assert_int_equal(count_of(text, ">100</text>"), 0);
    assert_int_equal(count_of(text, "cy=\"44.0\""), 1); /* 80 is at the top */
    assert_int_equal(count_of(text, "cy=\"228.0\""), !zero);
    free(text);
  }
}

/* ---- the whole ---- */

enum { SIDE = 8, PIXELS = SIDE * SIDE, CLASSES = 3, PICTURES = 40 };

/* All pictures of class 0, not made of sounds. */
struct setting {
  struct net net;
  struct dataset data;
  struct weights weights;
  struct report_run run;
  struct report report;
};

static const char nasty[] = "<script>alert(\"&'\")</script>";

static struct setting *setting_new(void) {
  struct error err = {""};
  struct setting *made = memory_new(1, sizeof *made);
  struct dataset *data = &made->data;
  assert_int_equal(net_load(&made->net, "nets/tiny.yaml", NULL, 0, &err), 0);
  *data = (struct dataset){.count = PICTURES, .height = SIDE, .width = SIDE};
  data->class_count = CLASSES;
  data->class_names = memory_new(CLASSES, sizeof *data->class_names);
  static const char *const names[CLASSES] = {nasty, "b", "c"};
  for (int c = 0; c < CLASSES; c++)
    data->class_names[c] = strcpy(memory_new(40, 1), names[c]);
  data->pictures = memory_new(PICTURES, PIXELS);
  data->labels = memory_new(PICTURES, 1);
  data->recording = memory_new(PICTURES, sizeof *data->recording);
  data->file = memory_new(PICTURES, sizeof *data->file);
  data->segment = memory_new(PICTURES, sizeof *data->segment);
  data->recording_names = memory_new(1, sizeof *data->recording_names);
  data->recording_names[data->recording_count++] = strcpy(memory_new(2, 1), "r");
  for (int i = 0; i < PICTURES; i++) {
    data->file[i] = -1;
    data->pictures[i * PIXELS + i] = (uint8_t)(100 + i);
  }
  weights_new(&made->weights, &made->net);
  made->weights.layer[0][1] = 77;
  made->run = (struct report_run){
      .title = "Evaluation", .part = "test", .weights = &made->weights, .json = json_object()};
  metrics_begin(&made->run.metrics, CLASSES);
  made->report = (struct report){.kind = "evaluation",
                                 .net = &made->net,
                                 .data = data,
                                 .runs = &made->run,
                                 .run_count = 1,
                                 .json = made->run.json};
  return made;
}

static void setting_free(struct setting *setting) {
  report_mistakes_free(&setting->run.mistakes);
  dataset_free(&setting->data);
  weights_free(&setting->weights);
  json_decref(setting->run.json);
  free(setting);
}

/* Picture i is taken for class 1 with a probability that differs, in no order; every fourth is
 * right. */
static int32_t probability_of(size_t picture) {
  return (int32_t)(12000 + picture * 37 % PICTURES * 100);
}

static void answer_all(struct setting *setting) {
  for (size_t i = 0; i < PICTURES; i++) {
    struct reply reply = {.best = i % 4 != 0};
    reply.probability[reply.best] = probability_of(i);
    reply.probability[2] = SOFTMAX_ONE - probability_of(i);
    report_answer(&setting->run.mistakes, &setting->data, i, &reply);
    metrics_add(&setting->run.metrics, 0, reply.best, 0.5);
  }
}

static char *read_text(const char *folder, const char *name) {
  struct error err = {""};
  size_t size;
  char *path = path_join(folder, name);
  char *text = (char *)file_read(path, 1 << 24, &size, &err);
  assert_string_equal(err.message, "");
  free(path);
  return text;
}

static void save_setting(struct setting *setting, const char *folder) {
  struct error err = {""};
  char *path = path_join(folder, "r.html");
  report_fact(&setting->report, "Weights", "%s", nasty);
  report_save(&setting->report, path, &err);
  assert_string_equal(err.message, "");
  free(path);
}

static void test_page(void **state) {
  struct setting *setting = setting_new();
  answer_all(setting);
  assert_int_equal(setting->run.mistakes.count, 30);
  save_setting(setting, *state);
  char *page = read_text(*state, "r.html");
  assert_null(strstr(page, "<script"));
  assert_non_null(strstr(page, "&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;"));
  assert_int_equal(count_of(page, "class=\"mistake\""), REPORT_MISTAKES_SHOWN);
  assert_int_equal(count_of(page, "src=\"data:image/png;base64,"),
                   REPORT_MISTAKES_SHOWN + setting->net.layer[0].units);
  assert_int_equal(count_of(page, "src="), count_of(page, "src=\"data:"));
  assert_int_equal(count_of(page, "<audio"), 0);
  assert_non_null(strstr(page, "25.00 %")); /* accuracy: 10 of 40 */
  assert_non_null(strstr(page, "The 24 of 30 with"));
  free(page);
  setting_free(setting);
}

/* The JSON: all mistakes, the most certain first, and the filters' values. */
static void test_figures(void **state) {
  struct setting *setting = setting_new();
  answer_all(setting);
  save_setting(setting, *state);
  char *text = read_text(*state, "r.json");
  json_t *root = json_loads(text, 0, NULL);
  assert_non_null(root);
  const json_t *mistakes = json_object_get(root, "mistakes");
  assert_int_equal(json_array_size(mistakes), 30);
  double last = 2;
  for (size_t i = 0; i < 30; i++) {
    const json_t *mistake = json_array_get(mistakes, i);
    size_t picture = (size_t)json_integer_value(json_object_get(mistake, "picture"));
    double probability = json_real_value(json_object_get(mistake, "probability"));
    assert_true(picture % 4 != 0);
    assert_true(probability == probability_of(picture) / 32768.0);
    assert_true(probability < last);
    assert_string_equal(json_string_value(json_object_get(mistake, "label")), nasty);
    assert_string_equal(json_string_value(json_object_get(mistake, "predicted")), "b");
    last = probability;
  }
  /* weights [tap][filter]: 1 is the first tap of the second filter */
  const json_t *filter = json_array_get(json_object_get(root, "filters"), 1);
  const json_t *first = json_array_get(json_array_get(filter, 0), 0);
  assert_true(json_real_value(first) == ldexp(77, -setting->net.layer[0].weight.frac));
  assert_string_equal(json_string_value(json_object_get(root, "engram")), ENGRAM_VERSION);
  json_decref(root);
  free(text);
  setting_free(setting);
}

static void test_no_mistakes(void **state) {
  struct setting *setting = setting_new();
  for (size_t i = 0; i < PICTURES; i++)
    metrics_add(&setting->run.metrics, 0, 0, 0.1);
  save_setting(setting, *state);
  char *page = read_text(*state, "r.html");
  assert_non_null(strstr(page, "<p>None.</p>"));
  free(page);
  setting_free(setting);
}

/* Decisions about whole files have a section of their own, where there are some. */
static void test_files(void **state) {
  struct setting *setting = setting_new();
  answer_all(setting);
  save_setting(setting, *state);
  char *page = read_text(*state, "r.html");
  assert_null(strstr(page, "Whole files"));
  free(page);
  metrics_begin(&setting->run.files, CLASSES);
  for (int i = 0; i < 7; i++)
    metrics_add(&setting->run.files, 0, i % 2, 0.5);
  save_setting(setting, *state);
  page = read_text(*state, "r.html");
  const char *files = strstr(page, "Whole files, by the mean probability");
  assert_non_null(files);
  assert_non_null(strstr(files, "57.14 %")); /* 4 of 7 */
  assert_non_null(strstr(files, "rows are what a file is"));
  free(page);
  setting_free(setting);
}

/* ---- on a board ---- */

static void note_answer(void *context, const char *what, size_t picture,
                        const struct reply *reply) {
  struct setting *setting = context;
  if (strcmp(what, "test") == 0)
    report_answer(&setting->run.mistakes, &setting->data, picture, reply);
}

/* Trains two epochs and a half on a device, which is closed, and saves the report. */
static void report_training(struct device *device, const char *folder) {
  struct error err = {""};
  struct setting *setting = setting_new();
  struct report_run *run = &setting->run;
  enum part parts[PICTURES] = {PART_TRAIN};
  for (int i = 0; i < PICTURES; i++) {
    parts[i] = i % 4 == 0 ? PART_TEST : i % 4 == 1 ? PART_VALIDATION : PART_TRAIN;
    setting->data.labels[i] = (uint8_t)(i % CLASSES);
  }
  struct train train = {.net = &setting->net,
                        .device = device,
                        .data = &setting->data,
                        .parts = parts,
                        .fresh = true,
                        .watch = {.context = setting, .reply = note_answer}};
  struct checkpoint start = {.state = device_state_fresh(&setting->net, 1), .place = {.seed = 1}};
  train_begin(&train, &start, NULL, &err);
  train_run(&train, 3, 50, &err);
  train_test(&train, &run->metrics, NULL, &err);
  assert_string_equal(err.message, "");
  assert_int_equal(train.current.pictures, 10);
  run->train = &train;
  run->weights = &train.best.weights;
  save_setting(setting, folder);
  train_end(&train);
  device_close(device);
  setting_free(setting);
}

/* The same two files as on the model: replies, weights and counters came over the line. */
static void test_board(void **state) {
  struct error err = {""};
  struct net net;
  assert_int_equal(net_load(&net, "nets/tiny.yaml", NULL, 0, &err), 0);
  report_training(device_open("golden", &net, &err), *state);
  char *page = read_text(*state, "r.html"), *figures = read_text(*state, "r.json");
  assert_non_null(strstr(page, "<polyline"));
  assert_non_null(strstr(page, "not finished"));
  struct board_model *board = board_new(&net);
  struct device *device = device_serial_new(&board->port, 0, &net, &err);
  assert_non_null(device);
  report_training(device, *state);
  board_free(board);
  char *board_page = read_text(*state, "r.html"), *board_figures = read_text(*state, "r.json");
  assert_string_equal(board_page, page);
  assert_string_equal(board_figures, figures);
  char *texts_read[] = {page, figures, board_page, board_figures};
  for (size_t i = 0; i < sizeof texts_read / sizeof texts_read[0]; i++)
    free(texts_read[i]);
}

/* ---- paths ---- */

static void refused(const char *path, const char *message) {
  struct error err = {""};
  assert_int_equal(report_check(path, &err), -1);
  assert_non_null(strstr(err.message, message));
}

static void test_paths(void **state) {
  struct error err = {""};
  char *page = path_join(*state, "new.html"), *folder = path_join(*state, "folder.html");
  char *beside = path_join(*state, "taken.json"), *taken = path_join(*state, "taken.html");
  char *nowhere = path_join(*state, "nowhere/r.html"), *hidden = path_join(*state, ".html");
  refused("r", "ends in .html");
  refused("r.htm", "ends in .html");
  refused(".html", "ends in .html");
  refused("", "ends in .html");
  refused(hidden, "ends in .html");
  refused(nowhere, "cannot write");
  assert_int_equal(mkdir(folder, 0777), 0);
  refused(folder, "is a folder");
  assert_int_equal(mkdir(beside, 0777), 0);
  refused(taken, "taken.json: is a folder");
  assert_int_equal(access(taken, F_OK), -1);
  assert_int_equal(report_check(page, &err), 0);
  assert_int_equal(access(page, F_OK), -1);
  char *paths[] = {page, folder, beside, taken, nowhere, hidden};
  for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
    free(paths[i]);
}

/* ---- the sounds of pictures ---- */

/* Two segments of noise, `seed` apart. */
static void save_noise(const char *folder, const char *name, uint64_t seed, size_t count) {
  struct error err = {""};
  char *path = path_join(folder, name);
  int16_t *samples = memory_new(count, sizeof *samples);
  for (size_t i = 0; i < count; i++)
    samples[i] = (int16_t)(scratch_random(&seed) >> 49);
  assert_int_equal(sound_save(path, samples, count, &err), 0);
  free(samples);
  free(path);
}

static void test_sounds(void **state) {
  enum { BOTH = 2 * FEATURES_SPECTRUM_SAMPLES };
  struct error err = {""};
  char *first = path_join(*state, "first"), *second = path_join(*state, "second");
  const char *folders[] = {first, second};
  assert_int_equal(mkdir(first, 0777) | mkdir(second, 0777), 0);
  save_noise(second, "x.wav", 5, BOTH);
  char *path = path_join(second, "x.wav"), *name = "x.wav";
  struct features *features = features_new(FEATURES_SPECTRUM, SIDE, SIDE);
  struct features_file loaded;
  assert_int_equal(features_load(features, path, &loaded, &err), 0);
  uint8_t *pictures = loaded.pictures;
  int file[2] = {0, 0}, segment[2] = {0, 1};
  struct dataset data = {.count = 2, .height = SIDE, .width = SIDE, .pictures = pictures};
  data.file = file;
  data.segment = segment;
  data.file_names = &name;
  struct sounds sounds;
  const float *samples;

  sounds_begin(&sounds, &data, folders, 2);
  assert_int_equal(sounds_find(&sounds, 1, &samples), SOUNDS_HERE);
  assert_true(samples == sounds.sound.samples + FEATURES_SPECTRUM_SAMPLES);
  pictures[PIXELS] ^= 1; /* rounded otherwise on another machine */
  assert_int_equal(sounds_find(&sounds, 1, &samples), SOUNDS_HERE);
  pictures[PIXELS] ^= 64;
  assert_int_equal(sounds_find(&sounds, 1, &samples), SOUNDS_OTHER_SOUND);
  sounds_end(&sounds);

  sounds_begin(&sounds, &data, folders, 1);
  assert_int_equal(sounds_find(&sounds, 0, &samples), SOUNDS_NO_FILE);
  save_noise(first, "x.wav", 6, BOTH);
  assert_int_equal(sounds_find(&sounds, 0, &samples), SOUNDS_OTHER_SOUND);
  sounds_end(&sounds);

  sounds_begin(&sounds, &data, folders, 2); /* the first one's is another, the second one's is it */
  assert_int_equal(sounds_find(&sounds, 0, &samples), SOUNDS_HERE);
  segment[0] = 2;
  assert_int_equal(sounds_find(&sounds, 0, &samples), SOUNDS_UNREADABLE);
  sounds_end(&sounds);

  features_free(features);
  free(pictures);
  free(path);
  free(first);
  free(second);
}

/* Pictures of the other view have segments of another length. */
static void test_sounds_of_beats(void **state) {
  struct error err = {""};
  size_t segment_samples = features_segment_samples(FEATURES_MODULATION);
  const char *folders[] = {*state};
  save_noise(*state, "x.wav", 7, 2 * segment_samples);
  char *path = path_join(*state, "x.wav"), *name = "x.wav";
  struct features *features = features_new(FEATURES_MODULATION, SIDE, SIDE);
  struct features_file loaded;
  assert_int_equal(features_load(features, path, &loaded, &err), 0);
  uint8_t *pictures = loaded.pictures;
  assert_int_equal(loaded.count, 2);
  int file[2] = {0, 0}, segment[2] = {0, 1};
  struct dataset data = {.view = "modulation", .count = 2, .height = SIDE, .width = SIDE};
  data.pictures = pictures;
  data.file = file;
  data.segment = segment;
  data.file_names = &name;
  struct sounds sounds;
  const float *samples;
  sounds_begin(&sounds, &data, folders, 1);
  assert_int_equal(sounds_find(&sounds, 1, &samples), SOUNDS_HERE);
  assert_true(samples == sounds.sound.samples + segment_samples);
  sounds_end(&sounds);
  assert_true(sounds_begin_seconds(&data, 1) == (double)segment_samples / SOUND_RATE_HZ);
  strcpy(data.view, "spectrum");
  assert_true(sounds_begin_seconds(&data, 1) == 0.3);
  sounds_begin(&sounds, &data, folders, 1);
  assert_int_equal(sounds_find(&sounds, 1, &samples), SOUNDS_OTHER_SOUND);
  sounds_end(&sounds);
  features_free(features);
  free(pictures);
  free(path);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_texts),    cmocka_unit_test(test_data), cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_png),      IN_FOLDER(test_wav),         cmocka_unit_test(test_step),
      cmocka_unit_test(test_charts),   IN_FOLDER(test_page),        IN_FOLDER(test_figures),
      IN_FOLDER(test_no_mistakes),     IN_FOLDER(test_paths),       IN_FOLDER(test_sounds),
      IN_FOLDER(test_board),           cmocka_unit_test(test_axes), IN_FOLDER(test_files),
      IN_FOLDER(test_sounds_of_beats),
  };
  return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
