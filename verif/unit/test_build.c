/* test_build.c : folders of sounds and their manifests, whole and broken.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "data/build.h"
#include "data/sheet.h"
#include "scratch.h"
#include "sound/features.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int make_folder(void **state) {
  *state = scratch_make();
  return *state ? 0 : -1;
}

static int remove_folder(void **state) {
  return scratch_remove(*state);
}

static void write_text(const char *folder, const char *name, const char *text) {
  char *path = path_join(folder, name);
  assert_int_equal(scratch_write(path, text, strlen(text)), 0);
  free(path);
}

/* A sound of `segments` segments and a half, whose samples depend on `kind`. */
static void write_sound(const char *folder, const char *class, const char *name, int segments,
                        int kind) {
  struct error err = {""};
  char *class_folder = path_join(folder, class), *path = path_join(class_folder, name);
  size_t count = (size_t)segments * FEATURES_SPECTRUM_SAMPLES + FEATURES_SPECTRUM_SAMPLES / 2;
  int16_t *samples = memory_new(count, sizeof *samples);
  for (size_t i = 0; i < count; i++)
    samples[i] = (int16_t)((int)(i * (size_t)(kind + 3) % 1000) - 500);
  assert_int_equal(folder_make(class_folder, &err), 0);
  assert_int_equal(sound_save(path, samples, count, &err), 0);
  free(samples);
  free(path);
  free(class_folder);
}

static void write_sounds(const char *folder) {
  write_sound(folder, "tram", "b.wav", 2, 1);
  write_sound(folder, "tram", "a.WAV", 1, 2);
  write_sound(folder, "bus", "a, \"1\".wav", 3, 3);
  write_sound(folder, "bus", "z.wav", 1, 4);
  write_sound(folder, "car", "only.wav", 2, 5);
  write_sound(folder, ".hidden", "a.wav", 2, 6);
  write_text(folder, "bus/notes.txt", "not a sound");
  write_text(folder, "README.wav", "not in a class");
}

static void build_all(const char *const *folders, size_t count, const char *classes,
                      struct dataset *data, size_t *too_short) {
  struct build build;
  struct error err = {""};
  if (build_scan(&build, folders, count, classes, &err) != 0)
    fail_msg("%s", err.message);
  if (build_pictures(&build, FEATURES_SPECTRUM, 28, 28, 0, NULL, data, &err) != 0)
    fail_msg("%s", err.message);
  *too_short = build.too_short;
  build_free(&build);
}

static void assert_refused(const char *folder, const char *classes, const char *expected) {
  struct build build;
  struct dataset data;
  struct error err = {""};
  int result = build_scan(&build, &folder, 1, classes, &err);
  if (result == 0) {
    result = build_pictures(&build, FEATURES_SPECTRUM, 28, 28, 0, NULL, &data, &err);
    build_free(&build);
  }
  assert_int_equal(result, -1);
  if (!strstr(err.message, expected))
    fail_msg("\"%s\" does not say \"%s\"", err.message, expected);
  assert_null(strchr(err.message, '\n'));
}

static void folders_become_classes(void **state) {
  const char *folder = *state;
  write_sounds(folder);
  struct dataset data;
  size_t too_short;
  build_all(&folder, 1, NULL, &data, &too_short);
  static const char *const files[] = {"bus/a, \"1\".wav", "bus/z.wav", "car/only.wav", "tram/a.WAV",
                                      "tram/b.wav"};
  static const int file[] = {0, 0, 0, 1, 2, 2, 3, 4, 4}, label[] = {0, 0, 0, 0, 1, 1, 2, 2, 2};
  static const int segment[] = {0, 1, 2, 0, 0, 1, 0, 0, 1};
  assert_int_equal(data.count, 9);
  assert_int_equal(too_short, 0);
  assert_int_equal(data.class_count, 3);
  assert_string_equal(data.class_names[0], "bus");
  assert_string_equal(data.class_names[2], "tram");
  assert_int_equal(data.file_count, 5);
  assert_int_equal(data.recording_count, 5);
  struct features *features = features_new(FEATURES_SPECTRUM, 28, 28);
  for (int i = 0; i < 9; i++) {
    assert_int_equal(data.file[i], file[i]);
    assert_int_equal(data.labels[i], label[i]);
    assert_int_equal(data.segment[i], segment[i]);
    assert_string_equal(data.file_names[data.file[i]], files[file[i]]);
    assert_string_equal(data.recording_names[data.recording[i]], files[file[i]]);
    char *path = path_join(folder, files[file[i]]);
    uint8_t *pictures;
    size_t count;
    struct error err = {""};
    assert_int_equal(features_load(features, path, &pictures, &count, &err), 0);
    assert_memory_equal(data.pictures + i * 784, pictures + segment[i] * 784, 784);
    free(pictures);
    free(path);
  }
  features_free(features);
  dataset_free(&data);
}

static void classes_are_chosen_and_ordered(void **state) {
  const char *folder = *state;
  write_sounds(folder);
  struct dataset data;
  size_t too_short;
  build_all(&folder, 1, "tram, car", &data, &too_short);
  assert_int_equal(data.count, 5);
  assert_int_equal(data.class_count, 2);
  assert_string_equal(data.class_names[0], "tram");
  assert_string_equal(data.class_names[1], "car");
  assert_int_equal(data.labels[0], 0);
  assert_string_equal(data.file_names[data.file[0]], "tram/a.WAV");
  assert_int_equal(data.labels[4], 1);
  dataset_free(&data);
  assert_refused(folder, "tram,van", "classes 'van' not found in ");
  assert_refused(folder, "tram,van", "which has: bus, car, tram");
  assert_refused(folder, "tram", "only one class ('tram')");
}

static void manifests_name_recordings(void **state) {
  const char *folder = *state;
  write_sounds(folder);
  write_text(folder, "manifest.csv",
             "\xef\xbb\xbf\"recording\",\"a \"\"quoted\"\"\nname\",path\r\n"
             "r1,x,tram/a.WAV\r\n"
             "\r\n"
             "r1,\"y,z\",\"bus/a, \"\"1\"\".wav\"\r\n"
             ",x,bus/z.wav\r\n"
             "r9,x,gone.wav\r\n"
             "\"r,2\",,car/only.wav");
  struct dataset data;
  size_t too_short;
  build_all(&folder, 1, NULL, &data, &too_short);
  static const char *const recordings[] = {"r1",  "r1", "r1",         "bus/z.wav", "r,2",
                                           "r,2", "r1", "tram/b.wav", "tram/b.wav"};
  assert_int_equal(data.recording_count, 4);
  for (int i = 0; i < 9; i++)
    assert_string_equal(data.recording_names[data.recording[i]], recordings[i]);
  dataset_free(&data);
  write_text(folder, "manifest.csv", "path,licence\ntram/a.WAV,CC0\n");
  build_all(&folder, 1, NULL, &data, &too_short);
  assert_int_equal(data.recording_count, 5);
  dataset_free(&data);
}

static void broken_manifests_are_refused(void **state) {
  const char *folder = *state;
  write_sounds(folder);
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {"recording\nr1\n", "manifest.csv:1: a column 'recording' without a column 'path'"},
      {"path,recording\ncar/only.wav,r\ncar/only.wav\n", "manifest.csv:3: 1 fields"},
      {"path,recording\n\"a\nb\",r\n\"car/only.wav,r\n", "manifest.csv:4: a quote without its end"},
      {"path,recording\ncar/only.wav,r\ncar/only.wav,s\n", "'car/only.wav' is listed twice"},
      {"path,recording\n./car/only.wav,r\n", "names no sound of"},
      {"path,recording\ncar/only.wav,\xff\n", "in UTF-8"},
  };
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    write_text(folder, "manifest.csv", cases[c].text);
    assert_refused(folder, NULL, cases[c].expected);
  }
  char *path = path_join(folder, "manifest.csv");
  assert_int_equal(scratch_write(path, "path\0recording\n", 15), 0);
  assert_refused(folder, NULL, "holds a zero byte");
  free(path);
}

static void folders_are_merged(void **state) {
  char *one = path_join(*state, "one"), *two = path_join(*state, "two");
  write_sound(one, "car", "1.wav", 1, 0);
  write_sound(one, "bus", "1.wav", 1, 1);
  write_sound(two, "car", "0.wav", 2, 2);
  write_sound(two, "van", "1.wav", 1, 3);
  write_text(one, "manifest.csv", "path,recording\ncar/1.wav,shared\n");
  write_text(two, "manifest.csv", "path,recording\ncar/0.wav,shared\n");
  const char *folders[] = {one, two};
  struct dataset data;
  size_t too_short;
  build_all(folders, 2, NULL, &data, &too_short);
  assert_int_equal(data.class_count, 3);
  assert_int_equal(data.count, 5);
  assert_string_equal(data.file_names[data.file[1]], "car/1.wav");
  assert_string_equal(data.file_names[data.file[2]], "car/0.wav");
  assert_int_equal(data.recording[1], data.recording[2]);
  assert_int_equal(data.recording_count, 3);
  dataset_free(&data);
  free(one);
  free(two);
}

static void useless_folders_are_refused(void **state) {
  const char *folder = *state;
  char *missing = path_join(folder, "missing");
  assert_refused(missing, NULL, "No such file or directory");
  free(missing);
  assert_refused(folder, NULL, "no sound files");
  write_sound(folder, "car", "1.wav", 1, 0);
  assert_refused(folder, NULL, "only one class ('car'), expected at least two");
  for (int i = 0; i < 16; i++) {
    char name[8];
    snprintf(name, sizeof name, "c%02d", i);
    write_sound(folder, name, "1.wav", 1, i);
  }
  assert_refused(folder, NULL, "17 classes, expected at most 16");
}

static void short_sounds_are_counted(void **state) {
  const char *folder = *state;
  write_sound(folder, "car", "1.wav", 1, 0);
  write_sound(folder, "car", "2.wav", 0, 0);
  write_sound(folder, "bus", "1.wav", 0, 0);
  assert_refused(folder, NULL, "class 'bus': no sound is as long as a segment");
  write_sound(folder, "bus", "0.wav", 1, 0);
  struct dataset data;
  size_t too_short;
  build_all(&folder, 1, NULL, &data, &too_short);
  assert_int_equal(too_short, 2);
  assert_int_equal(data.count, 2);
  assert_int_equal(data.file_count, 2);
  dataset_free(&data);
}

static void broken_sounds_are_refused(void **state) {
  const char *folder = *state;
  write_sounds(folder);
  write_text(folder, "car/worse.flac", "fLaC, it says");
  assert_refused(folder, NULL, "car/worse.flac: not readable as a sound");
  write_text(folder, "car/worse.flac", "");
  assert_refused(folder, NULL, "car/worse.flac: not readable as a sound");
}

static uint32_t word_at(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void sheets_are_drawn(void **state) {
  const char *folder = *state;
  write_sounds(folder);
  struct dataset data;
  size_t too_short, size;
  struct error err = {""};
  build_all(&folder, 1, NULL, &data, &too_short);
  char *path = path_join(folder, "sheet.png");
  assert_int_equal(sheet_save(&data, path, &err), 0);
  uint8_t *bytes = file_read(path, 1000000, &size, &err);
  assert_non_null(bytes);
  assert_true(size > 33);
  assert_memory_equal(bytes, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
  assert_int_equal(word_at(bytes + 16), 4 + 12 * (28 * 4 + 4));
  assert_int_equal(word_at(bytes + 20), 4 + 3 * (28 * 4 + 4));
  assert_int_equal(sheet_save(&data, folder, &err), -1);
  free(bytes);
  free(path);
  dataset_free(&data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(folders_become_classes, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(classes_are_chosen_and_ordered, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(manifests_name_recordings, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(broken_manifests_are_refused, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(folders_are_merged, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(useless_folders_are_refused, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(short_sounds_are_counted, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(broken_sounds_are_refused, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(sheets_are_drawn, make_folder, remove_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
