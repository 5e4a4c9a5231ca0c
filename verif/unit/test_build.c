/* test_build.c : folders of sounds and their manifests, whole and broken.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "data/build.h"
#include "data/channel.h"
#include "data/scan.h"
#include "data/sheet.h"
#include "scratch.h"
#include "sound/features.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <unistd.h>

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

/* build_free is the caller's. */
static int try_build(const char *const *folders, size_t count, const char *classes,
                     struct build *build, struct dataset *data, struct error *err) {
  struct scan_folder list[2];
  struct scan scan;
  for (size_t i = 0; i < count; i++)
    list[i] = (struct scan_folder){folders[i], NULL};
  build->height = build->width = 28;
  int result = scan_folders(&scan, list, count, classes, err);
  if (result == 0) {
    result = build_pictures(build, &scan, data, err);
    scan_free(&scan);
  }
  return result;
}

static void build_all(const char *const *folders, size_t count, const char *classes,
                      struct dataset *data, size_t *too_short) {
  struct build build = {.view = FEATURES_SPECTRUM};
  struct error err = {""};
  if (try_build(folders, count, classes, &build, data, &err) != 0)
    fail_msg("%s", err.message);
  *too_short = build.too_short;
  build_free(&build);
}

static void assert_refused(const char *folder, const char *classes, const char *expected) {
  struct build build = {.view = FEATURES_SPECTRUM};
  struct dataset data;
  struct error err = {""};
  assert_int_equal(try_build(&folder, 1, classes, &build, &data, &err), -1);
  if (!strstr(err.message, expected))
    fail_msg("\"%s\" does not say \"%s\"", err.message, expected);
  assert_null(strchr(err.message, '\n'));
  build_free(&build);
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
    struct error err = {""};
    struct features_file loaded;
    assert_int_equal(features_load(features, path, &loaded, &err), 0);
    assert_memory_equal(data.pictures + i * 784, loaded.pictures + segment[i] * 784, 784);
    free(loaded.pictures);
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
  /* Pictures stay in the order of the names. */
  assert_int_equal(data.labels[0], 1);
  assert_string_equal(data.file_names[data.file[0]], "car/only.wav");
  assert_int_equal(data.labels[4], 0);
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

/* Other separators, names and paths mean the same; what else a row says is kept. */
static void manifests_are_read_as_people_write_them(void **state) {
  const char *folder = *state;
  write_sounds(folder);
  static const char *const texts[] = {
      "Path;Recording;Author\ncar/only.wav;r;An; \ntram/a.WAV;r;Bo;\n",
      " path ,\"Author\", RECORDING \r\n./car/only.wav , An,r\r\n tram//a.WAV,Bo,r \r\n",
      "recording\tpath\tAuthor\nr\tcar\\only.wav\tAn\nr\t.\\tram\\a.WAV\tBo\n",
  };
  for (size_t i = 1; i < sizeof texts / sizeof texts[0]; i++) {
    struct dataset data;
    size_t too_short;
    write_text(folder, "manifest.csv", texts[i]);
    build_all(&folder, 1, NULL, &data, &too_short);
    assert_int_equal(data.recording_count, 4);
    assert_string_equal(data.recording_names[data.recording[4]], "r"); /* car/only.wav */
    assert_string_equal(data.recording_names[data.recording[6]], "r"); /* tram/a.WAV */
    assert_int_equal(data.column_count, 1);
    const struct dataset_column *author = &data.columns[0];
    assert_string_equal(author->name, "Author");
    assert_int_equal(author->value_count, 2);
    assert_string_equal(author->values[1], "Bo");
    static const int value[] = {-1, -1, 0, 1, -1};
    assert_memory_equal(author->value, value, sizeof value);
    dataset_free(&data);
  }
  write_text(folder, "manifest.csv", texts[0]);
  assert_refused(folder, NULL, "manifest.csv:2: 4 fields, expected as many as the first line's 3");
}

static void broken_manifests_are_refused(void **state) {
  const char *folder = *state;
  write_sounds(folder);
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {"recording\nr1\n", "manifest.csv:1: found the columns recording, expected one that is"},
      {"", "manifest.csv:1: column 1 has no name"},
      {"path,recording,Path\n", "manifest.csv:1: two columns 'Path'"},
      {"path,,recording\n", "manifest.csv:1: column 2 has no name"},
      {"path,recording\ncar/only.wav,r\ncar/only.wav\n", "manifest.csv:3: 1 fields"},
      {"path,recording\ncar/only.wav,r,s\n", "manifest.csv:2: 3 fields"},
      {"path,recording\n\"a\nb\",r\n\"car/only.wav,r\n", "manifest.csv:4: a quote without its end"},
      {"path,recording\ncar/only.wav,r\n\n./car/only.wav,s\n",
       "manifest.csv:4: 'car/only.wav' is listed twice, first in line 2"},
      {"path,recording\ncar/only.wav,r\nonly.wav,r\n", "manifest.csv:3: 'only.wav' names nothing"},
      {"path,recording\n", "names no sound of"},
      {"path,recording\ncar/only.wav,\xff\n", "in UTF-8"},
      {"path,recording\ncar/only.wav,\x1b[2J\n", "without control characters"},
      {"path,part\ncar/only.wav,tst\n", "manifest.csv:2: part: found 'tst', allowed train"},
      {"path,part\ncar/only.wav,0\n", "manifest.csv:2: part: found '0', allowed train"},
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

/* Folders below a class belong to it; everything that is no sound is counted. */
static void nothing_is_left_out_silently(void **state) {
  const char *folder = *state;
  write_sounds(folder);
  write_sound(folder, "car/more", "x.wav", 1, 7);
  write_text(folder, "car/a.txt", "");
  write_text(folder, "car/more/b.txt", "");
  write_text(folder, "car/noending", "");
  write_text(folder, "car/._only.wav", "");
  char *link = path_join(folder, "car/gone.wav"), *loop = path_join(folder, "car/more/loop");
  assert_int_equal(symlink("nowhere", link), 0);
  assert_int_equal(symlink("..", loop), 0);
  struct scan scan;
  struct error err = {""};
  const struct scan_folder list = {folder, NULL};
  assert_int_equal(scan_folders(&scan, &list, 1, "car,bus", &err), 0);
  assert_int_equal(scan.count, 4);
  assert_string_equal(scan.sounds[2].name, "car/more/x.wav");
  static const struct scan_left expected[] = {{"", "sound in no class's folder", 1},
                                              {"bus", ".txt", 1},
                                              {"car", "hidden", 1},
                                              {"car", ".txt", 2},
                                              {"car", "dead link", 1},
                                              {"car", "link back to a folder above", 1},
                                              {"car", "no ending", 1}};
  assert_int_equal(scan.left_count, sizeof expected / sizeof expected[0]);
  for (size_t i = 0; i < scan.left_count; i++) {
    assert_string_equal(scan.left[i].class, expected[i].class);
    assert_string_equal(scan.left[i].what, expected[i].what);
    assert_int_equal(scan.left[i].count, expected[i].count);
  }
  scan_free(&scan);
  free(loop);
  free(link);
}

static void rates_are_kept(void **state) {
  const char *folder = *state;
  write_sounds(folder);
  struct dataset data;
  size_t too_short;
  build_all(&folder, 1, NULL, &data, &too_short);
  for (int f = 0; f < data.file_count; f++)
    assert_int_equal(data.rate_hz[f], SOUND_RATE_HZ);
  struct channel all = channel_of(&data, -1), bus = channel_of(&data, 0);
  assert_int_equal(all.rate_low_hz, SOUND_RATE_HZ);
  assert_true(bus.band_low_hz >= all.band_low_hz && bus.band_high_hz <= all.band_high_hz);
  dataset_free(&data);
}

static void channels_are_compared(void **unused) {
  (void)unused;
  char text[CHANNEL_TEXT_BYTES];
  struct channel known = {0}, found = {0};
  assert_false(channel_differs(&known, &found));
  channel_add(&known, 16000, 8000);
  channel_add(&known, 44100, 0);
  channel_add(&known, 16000, 7000);
  assert_string_equal(channel_write(&known, text, sizeof text), "16000 44100 7000 8000");
  struct channel again = channel_read(text), none = channel_read("16000 44100 7000");
  assert_memory_equal(&again, &known, sizeof known);
  assert_int_equal(none.rate_low_hz, 0);
  assert_string_equal(channel_describe(&known, text, sizeof text),
                      "16000 to 44100 samples a second, content up to 7.0 to 8.0 kHz");
  assert_false(channel_differs(&known, &found)); /* nothing is known of it */
  static const struct {
    int rate, band;
    bool differs;
  } cases[] = {{22050, 7500, false}, {8000, 7500, true},  {48000, 7500, true},
               {16000, 5600, false}, {16000, 5599, true}, {16000, 10000, false},
               {16000, 10001, true}, {16000, 0, false}};
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    struct channel one = {0};
    channel_add(&one, cases[c].rate, cases[c].band);
    assert_int_equal(channel_differs(&known, &one), cases[c].differs);
  }
}

/* A sound of three segments, the middle one silent, and one that is silent throughout. */
static void silence_is_counted(void **state) {
  const char *folder = *state;
  write_sound(folder, "bus", "1.wav", 1, 1);
  write_sound(folder, "car", "1.wav", 1, 1);
  int16_t *samples = memory_new(3 * FEATURES_SPECTRUM_SAMPLES, sizeof *samples);
  char *path = path_join(folder, "car/0.wav"), *silent = path_join(folder, "car/2.wav");
  struct error err = {""};
  assert_int_equal(sound_save(silent, samples, 2 * FEATURES_SPECTRUM_SAMPLES, &err), 0);
  for (int i = 0; i < 3 * FEATURES_SPECTRUM_SAMPLES; i++)
    if (i / FEATURES_SPECTRUM_SAMPLES != 1)
      samples[i] = (int16_t)(i * 37 % 1000);
  assert_int_equal(sound_save(path, samples, 3 * FEATURES_SPECTRUM_SAMPLES, &err), 0);
  struct build build = {.view = FEATURES_SPECTRUM}, all = {.keeps_silence = true};
  struct dataset data;
  assert_int_equal(try_build((const char *const[]){folder}, 1, NULL, &build, &data, &err), 0);
  assert_int_equal(data.count, 4);
  assert_int_equal(data.file_count, 3);
  assert_int_equal(data.segment[1], 0);
  assert_int_equal(data.segment[2], 2);
  assert_int_equal(build.silent, 3);
  assert_int_equal(build.silent_files, 1);
  assert_int_equal(build.too_short, 0);
  dataset_free(&data);
  assert_int_equal(try_build((const char *const[]){folder}, 1, NULL, &all, &data, &err), 0);
  assert_int_equal(data.count, 7);
  assert_int_equal(all.silent, 0);
  assert_true(features_is_flat(data.pictures + 2 * 784, 784));
  dataset_free(&data);
  assert_int_equal(remove(path), 0);
  char *other = path_join(folder, "car/1.wav");
  assert_int_equal(remove(other), 0);
  assert_refused(folder, NULL, "class 'car': all 2 pictures are silence");
  build_free(&build);
  build_free(&all);
  free(other);
  free(path);
  free(silent);
  free(samples);
}

/* With --skip-bad the others are read; without it the first bad one in order is told, in whatever
 * number of threads. */
static void bad_sounds_are_skipped(void **state) {
  const char *folder = *state;
  write_sounds(folder);
  write_text(folder, "bus/worse.flac", "fLaC, it says");
  write_text(folder, "car/worst.flac", "");
  struct build build = {.skips_bad = true};
  struct dataset data;
  struct error err = {""};
  assert_int_equal(try_build((const char *const[]){folder}, 1, NULL, &build, &data, &err), 0);
  assert_int_equal(data.count, 9);
  assert_int_equal(build.bad_count, 2);
  assert_non_null(strstr(build.bad[0], "bus/worse.flac"));
  assert_non_null(strstr(build.bad[1], "car/worst.flac"));
  dataset_free(&data);
  build_free(&build);
  static const char *const threads[] = {"1", "2", "7"};
  for (int i = 0; i < 3; i++) {
    setenv("ENGRAM_THREADS", threads[i], 1);
    assert_refused(folder, NULL, "bus/worse.flac");
  }
  unsetenv("ENGRAM_THREADS");
}

/* What --test and --validation of `engram features` do. */
static void folders_have_parts(void **state) {
  char *train = path_join(*state, "train"), *test = path_join(*state, "test");
  write_sound(train, "car", "1.wav", 1, 0);
  write_sound(train, "bus", "1.wav", 1, 1);
  write_sound(test, "car", "1.wav", 1, 2);
  write_sound(test, "bus", "2.wav", 1, 2);
  const struct scan_folder folders[] = {{test, "test"}, {train, NULL}};
  struct build build = {.height = 28, .width = 28};
  struct scan scan;
  struct dataset data;
  struct error err = {""};
  assert_int_equal(scan_folders(&scan, folders, 2, NULL, &err), 0);
  assert_int_equal(build_pictures(&build, &scan, &data, &err), 0);
  assert_int_equal(data.column_count, 1);
  assert_string_equal(data.columns[0].name, "part");
  for (int i = 0; i < 4; i++) {
    bool tested = i % 2 == 0; /* of each class the test's folder is the first */
    assert_string_equal(data.columns[0].values[data.columns[0].value[i]],
                        tested ? "test" : "train");
  }
  dataset_free(&data);
  scan_free(&scan);
  write_text(train, "manifest.csv", "path,part\ncar/1.wav,train\n");
  assert_int_equal(scan_folders(&scan, folders, 2, NULL, &err), -1);
  assert_non_null(strstr(err.message, "found a column 'part' in"));
  build_free(&build);
  free(train);
  free(test);
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
      cmocka_unit_test_setup_teardown(manifests_are_read_as_people_write_them, make_folder,
                                      remove_folder),
      cmocka_unit_test_setup_teardown(nothing_is_left_out_silently, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(rates_are_kept, make_folder, remove_folder),
      cmocka_unit_test(channels_are_compared),
      cmocka_unit_test_setup_teardown(silence_is_counted, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(bad_sounds_are_skipped, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(folders_have_parts, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(folders_are_merged, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(useless_folders_are_refused, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(short_sounds_are_counted, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(broken_sounds_are_refused, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(sheets_are_drawn, make_folder, remove_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
