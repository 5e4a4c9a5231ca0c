/* test_dataset.c : data sets on disk, whole and broken, and their splits.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "data/dataset.h"
#include "data/split.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { COUNT = 7, HEIGHT = 3, WIDTH = 5, PIXELS = HEIGHT * WIDTH };
static const char images_name[] = "images-idx3-ubyte", labels_name[] = "labels-idx1-ubyte";

static int make_folder(void **state) {
  *state = scratch_make();
  return *state ? 0 : -1;
}

static int remove_folder(void **state) {
  return scratch_remove(*state);
}

/* The bytes of an IDX file, by hand. Returns how many. */
static size_t compose_images(uint8_t *bytes) {
  static const uint8_t header[] = {0, 0, 8, 3, 0, 0, 0, COUNT, 0, 0, 0, HEIGHT, 0, 0, 0, WIDTH};
  memcpy(bytes, header, sizeof header);
  for (int i = 0; i < COUNT * PIXELS; i++)
    bytes[sizeof header + (size_t)i] = (uint8_t)(i * 37 + 11);
  return sizeof header + COUNT * PIXELS;
}

static size_t compose_labels(uint8_t *bytes) {
  static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, COUNT, 0, 1, 2, 0, 1, 2, 2};
  memcpy(bytes, labels, sizeof labels);
  return sizeof labels;
}

static void write_in(const char *folder, const char *name, const void *bytes, size_t size) {
  char *path = path_join(folder, name);
  assert_int_equal(scratch_write(path, bytes, size), 0);
  free(path);
}

static void write_zipped(const char *folder, const char *name, const uint8_t *bytes, size_t size) {
  char *path = path_join(folder, name);
  gzFile file = gzopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(gzwrite(file, bytes, (unsigned)size), size);
  assert_int_equal(gzclose(file), Z_OK);
  free(path);
}

static void write_good(const char *folder) {
  uint8_t bytes[256];
  write_in(folder, images_name, bytes, compose_images(bytes));
  write_in(folder, labels_name, bytes, compose_labels(bytes));
}

static void assert_refused(const char *folder, const char *classes, const char *expected) {
  struct dataset data;
  struct error err = {""};
  assert_int_equal(dataset_load(&data, folder, classes, &err), -1);
  assert_null(data.pictures);
  if (!strstr(err.message, expected) || !strstr(err.message, folder))
    fail_msg("\"%s\" does not say \"%s\" and where", err.message, expected);
  assert_null(strchr(err.message, '\n'));
}

static void assert_images_refused(const char *folder, const uint8_t *bytes, size_t size,
                                  const char *expected) {
  write_in(folder, images_name, bytes, size);
  assert_refused(folder, NULL, expected);
}

static void plain_idx_is_loaded(void **state) {
  const char *folder = *state;
  write_good(folder);
  uint8_t bytes[256];
  compose_images(bytes);
  struct dataset data;
  struct error err = {""};
  assert_int_equal(dataset_load(&data, folder, NULL, &err), 0);
  assert_int_equal(data.count, COUNT);
  assert_int_equal(data.height, HEIGHT);
  assert_int_equal(data.width, WIDTH);
  assert_memory_equal(data.pictures, bytes + 16, COUNT * PIXELS);
  assert_int_equal(data.class_count, 3);
  assert_string_equal(data.class_names[2], "2");
  assert_int_equal(data.recording_count, COUNT);
  assert_string_equal(data.recording_names[6], "6");
  assert_int_equal(data.file_count, 0);
  for (int i = 0; i < COUNT; i++) {
    assert_int_equal(data.labels[i], i == 6 ? 2 : i % 3);
    assert_int_equal(data.recording[i], i);
    assert_int_equal(data.file[i], -1);
    assert_int_equal(data.segment[i], 0);
  }
  dataset_free(&data);
}

static void zipped_mnist_names_are_loaded(void **state) {
  const char *folder = *state;
  uint8_t bytes[256], images[256];
  compose_images(images);
  write_zipped(folder, "train-images-idx3-ubyte.gz", bytes, compose_images(bytes));
  write_zipped(folder, "train-labels-idx1-ubyte.gz", bytes, compose_labels(bytes));
  struct dataset data;
  struct error err = {""};
  assert_int_equal(dataset_load(&data, folder, "2,0", &err), 0);
  static const int from[] = {0, 2, 3, 5, 6}, label[] = {1, 0, 1, 0, 0};
  assert_int_equal(data.count, 5);
  assert_int_equal(data.class_count, 2);
  assert_string_equal(data.class_names[0], "2");
  assert_string_equal(data.class_names[1], "0");
  assert_int_equal(data.recording_count, 5);
  for (int i = 0; i < 5; i++) {
    char name[12];
    snprintf(name, sizeof name, "%d", from[i]);
    assert_int_equal(data.labels[i], label[i]);
    assert_string_equal(data.recording_names[data.recording[i]], name);
    assert_memory_equal(data.pictures + i * PIXELS, images + 16 + from[i] * PIXELS, PIXELS);
  }
  dataset_free(&data);
}

/* MNIST's t10k-... stand behind the others, as the test, also when classes are chosen. */
static void mnist_test_is_loaded(void **state) {
  const char *folder = *state;
  uint8_t bytes[256], images[256];
  compose_images(images);
  write_in(folder, "train-images-idx3-ubyte", bytes, compose_images(bytes));
  write_in(folder, "train-labels-idx1-ubyte", bytes, compose_labels(bytes));
  size_t size = compose_images(bytes);
  for (int i = 0; i < COUNT * PIXELS; i++)
    bytes[16 + i] ^= 0xff;
  write_zipped(folder, "t10k-images-idx3-ubyte.gz", bytes, size);
  write_zipped(folder, "t10k-labels-idx1-ubyte.gz", bytes, compose_labels(bytes));
  struct dataset data;
  struct error err = {""};
  assert_int_equal(dataset_load(&data, folder, NULL, &err), 0);
  assert_int_equal(data.count, 2 * COUNT);
  assert_int_equal(data.test_count, COUNT);
  assert_int_equal(data.recording_count, 2 * COUNT);
  for (int i = 0; i < COUNT * PIXELS; i++) {
    assert_int_equal(data.pictures[i], images[16 + i]);
    assert_int_equal(data.pictures[COUNT * PIXELS + i], images[16 + i] ^ 0xff);
  }
  for (int i = 0; i < COUNT; i++)
    assert_int_equal(data.labels[i], data.labels[COUNT + i]);
  dataset_free(&data);
  assert_int_equal(dataset_load(&data, folder, "2,0", &err), 0);
  assert_int_equal(data.count, 10);
  assert_int_equal(data.test_count, 5);
  assert_int_equal(data.pictures[5 * PIXELS], images[16] ^ 0xff);
  dataset_free(&data);

  compose_images(bytes);
  bytes[11] = WIDTH; /* as many pixels, otherwise laid out */
  bytes[15] = HEIGHT;
  write_zipped(folder, "t10k-images-idx3-ubyte.gz", bytes, size);
  assert_refused(folder, NULL, "those to train on have");
  write_zipped(folder, "t10k-images-idx3-ubyte.gz", images, size - 1);
  assert_refused(folder, NULL, "cut short");
}

/* Kaggle's names have a dot; folders of such names are none of the files. */
static void dotted_mnist_names_are_loaded(void **state) {
  const char *folder = *state;
  uint8_t bytes[256];
  char *decoy = path_join(folder, "train-images-idx3-ubyte");
  struct dataset data;
  struct error err = {""};
  assert_int_equal(folder_make(decoy, &err), 0);
  write_in(folder, "train-images.idx3-ubyte", bytes, compose_images(bytes));
  write_in(folder, "train-labels.idx1-ubyte", bytes, compose_labels(bytes));
  assert_int_equal(dataset_load(&data, folder, NULL, &err), 0);
  assert_int_equal(data.count, COUNT);
  assert_int_equal(data.test_count, 0);
  assert_string_equal(data.note, "");
  dataset_free(&data);
  write_zipped(folder, "t10k-images.idx3-ubyte.gz", bytes, compose_images(bytes));
  write_zipped(folder, "t10k-labels.idx1-ubyte.gz", bytes, compose_labels(bytes));
  assert_int_equal(dataset_load(&data, folder, NULL, &err), 0);
  assert_int_equal(data.test_count, COUNT);
  assert_string_equal(data.note, "");
  dataset_free(&data);
  free(decoy);
}

/* Of several pairs one is taken, and it is noted which. */
static void several_pairs_are_noted(void **state) {
  const char *folder = *state;
  uint8_t bytes[256];
  struct dataset data;
  struct error err = {""};
  const char *const pairs[][3] = {
      {"train-images.idx3-ubyte.gz", "train-labels.idx1-ubyte.gz", ""},
      {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
       "takes train-images-idx3-ubyte.gz, not train-images.idx3-ubyte.gz"},
      {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
       "takes train-images-idx3-ubyte, not train-images-idx3-ubyte.gz, train-images.idx3-ubyte.gz"},
      {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "takes train-images-idx3-ubyte, not "},
      {"images-idx3-ubyte", "labels-idx1-ubyte",
       "takes images-idx3-ubyte, not train-images-idx3-ubyte, train-images-idx3-ubyte.gz, "
       "train-images.idx3-ubyte.gz, t10k-images-idx3-ubyte"},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    write_in(folder, pairs[i][0], bytes, compose_images(bytes));
    write_in(folder, pairs[i][1], bytes, compose_labels(bytes));
    assert_int_equal(dataset_load(&data, folder, NULL, &err), 0);
    if (!strstr(data.note, pairs[i][2]) || !pairs[i][2][0] != !data.note[0])
      assert_string_equal(data.note, pairs[i][2]);
    assert_int_equal(data.test_count, i == 3 ? COUNT : 0);
    dataset_free(&data);
  }
}

static void broken_images_are_refused(void **state) {
  const char *folder = *state;
  uint8_t good[256], bad[256];
  size_t size = compose_images(good);
  write_good(folder);
  static const struct {
    int at, byte;
    const char *expected;
  } cases[] = {
      {0, 1, "not an IDX file"},          {1, 0x78, "not an IDX file"},
      {2, 0x0d, "type 0d, expected 08"},  {3, 1, "1 dimensions, expected 3"},
      {3, 4, "4 dimensions, expected 3"}, {7, 0, "dimension 1 is 0"},
      {15, 0, "dimension 3 is 0"},        {7, COUNT + 1, "cut short: 15 bytes are missing"},
      {7, COUNT - 1, "bytes behind"},     {4, 0xff, "larger than"},
      {8, 0x80, "larger than"},
  };
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    memcpy(bad, good, size);
    bad[cases[c].at] = (uint8_t)cases[c].byte;
    assert_images_refused(folder, bad, size, cases[c].expected);
  }
  for (int i = 4; i < 16; i++) /* each dimension 2^32-1: a product that wraps */
    bad[i] = 0xff;
  assert_images_refused(folder, bad, size, "larger than");
  memset(bad + 4, 0, 12); /* 65536 x 65536 x 1: 2^32, 0 in 32 bits */
  bad[5] = bad[9] = bad[15] = 1;
  assert_images_refused(folder, bad, size, "larger than");
  for (size_t cut = 0; cut < size; cut += cut < 16 ? 1 : 20)
    assert_images_refused(folder, good, cut, "cut short");
  assert_images_refused(folder, good, size + 1, "bytes behind");
}

static void broken_zips_are_refused(void **state) {
  const char *folder = *state;
  uint8_t bytes[256], zipped[512];
  write_zipped(folder, "images-idx3-ubyte.gz", bytes, compose_images(bytes));
  write_zipped(folder, "labels-idx1-ubyte.gz", bytes, compose_labels(bytes));
  char *path = path_join(folder, "images-idx3-ubyte.gz");
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  size_t size = fread(zipped, 1, sizeof zipped, file);
  fclose(file);
  struct dataset data;
  struct error err = {""};
  assert_int_equal(dataset_load(&data, folder, NULL, &err), 0);
  dataset_free(&data);
  for (size_t cut = 12; cut < size; cut += 7) {
    assert_int_equal(scratch_write(path, zipped, cut), 0);
    assert_refused(folder, NULL, "images-idx3-ubyte.gz");
  }
  zipped[size - 8] ^= 1; /* the checksum */
  assert_int_equal(scratch_write(path, zipped, size), 0);
  assert_refused(folder, NULL, "damaged");
  free(path);
}

static void broken_labels_are_refused(void **state) {
  const char *folder = *state;
  write_good(folder);
  uint8_t bytes[256];
  size_t size = compose_labels(bytes);
  bytes[7] = COUNT + 1;
  write_in(folder, labels_name, bytes, size + 1);
  assert_refused(folder, NULL, "7 pictures and 8 labels");
  bytes[7] = COUNT - 1;
  write_in(folder, labels_name, bytes, size - 1);
  assert_refused(folder, NULL, "7 pictures and 6 labels");
  compose_images(bytes);
  write_in(folder, labels_name, bytes, size);
  assert_refused(folder, NULL, "3 dimensions, expected 1");
  char *path = path_join(folder, labels_name);
  assert_int_equal(remove(path), 0);
  assert_refused(folder, NULL, "No such file");
  assert_int_equal(mkdir(path, 0777), 0);
  assert_refused(folder, NULL, "not a regular file");
  free(path);
}

static void missing_data_is_refused(void **state) {
  assert_refused(*state, NULL, "no images-idx3-ubyte");
}

/* A sidecar that fits write_good's data. */
#define HEAD    "{\"format\": \"engram-dataset\", \"version\": 1, "
#define CLASSES "\"classes\": [\"car\", \"bus\", \"tram\"], "
#define NAMES   "\"recordings\": [\"r0\", \"r1\", \"r2\"], \"files\": [\"a.wav\", \"b.wav\"], "
#define COLUMNS                                                                                    \
  "\"columns\": [{\"name\": \"author\", \"values\": [\"An\", \"Bo\"], \"value\": [1, -1]}], "      \
  "\"rate_hz\": [8000, 16000], \"bandwidth_hz\": [0, 7000], "
#define SIZES     "\"pictures\": {\"count\": 7, \"height\": 3, \"width\": 5, "
#define RECORDING "\"recording\": [2, 1, 0, 0, 1, 2, 2], "
#define FILE_OF   "\"file\": [0, 1, 0, 1, 0, -1, 1], "
#define SEGMENT   "\"segment\": [0, 0, 1, 1, 2, 0, 2]}}"

static void sidecar_is_loaded(void **state) {
  const char *folder = *state;
  const char text[] = HEAD CLASSES NAMES COLUMNS SIZES RECORDING FILE_OF SEGMENT;
  write_good(folder);
  write_in(folder, "dataset.json", text, strlen(text));
  struct dataset data;
  struct error err = {""};
  assert_int_equal(dataset_load(&data, folder, NULL, &err), 0);
  assert_int_equal(data.class_count, 3);
  assert_string_equal(data.class_names[1], "bus");
  assert_int_equal(data.recording_count, 3);
  assert_int_equal(data.file_count, 2);
  assert_int_equal(data.recording[0], 2);
  assert_int_equal(data.file[5], -1);
  assert_int_equal(data.segment[4], 2);
  dataset_free(&data);
  /* Pictures 1 and 4 are buses: recording r1; files b.wav and a.wav. */
  assert_int_equal(dataset_load(&data, folder, "bus", &err), 0);
  assert_int_equal(data.count, 2);
  assert_int_equal(data.recording_count, 1);
  assert_string_equal(data.recording_names[0], "r1");
  assert_string_equal(data.file_names[data.file[0]], "b.wav");
  assert_string_equal(data.file_names[data.file[1]], "a.wav");
  assert_int_equal(data.segment[1], 2);
  assert_int_equal(data.columns[0].value[0], 1);
  dataset_free(&data);
}

static void broken_sidecars_are_refused(void **state) {
  const char *folder = *state;
  write_good(folder);
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {"", "dataset.json:1:"},
      {"{\"format\": ", "dataset.json:1:"},
      {"[]", "\"format\": \"engram-dataset\""},
      {"{\"format\": \"engram-dataset\", \"version\": 2}", "\"version\": 1"},
      {HEAD CLASSES NAMES "\"x\": 0}", "\"count\" is 0, expected 7"},
      {HEAD CLASSES NAMES
       "\"pictures\": {\"count\": 8, \"height\": 3, \"width\": 5, " RECORDING FILE_OF SEGMENT,
       "\"count\" is 8, expected 7"},
      {HEAD CLASSES NAMES
       "\"pictures\": {\"count\": 7, \"height\": 5, \"width\": 3, " RECORDING FILE_OF SEGMENT,
       "\"height\" is 5, expected 3"},
      {HEAD NAMES SIZES RECORDING FILE_OF SEGMENT, "\"classes\": expected a list"},
      {HEAD CLASSES NAMES "\"columns\": [{}], " SIZES RECORDING FILE_OF SEGMENT,
       "\"columns\": entry 0, expected a \"name\""},
      {HEAD CLASSES NAMES
       "\"columns\": [{\"name\": \"x\", \"values\": [\"y\"], \"value\": [0, 1]}], " SIZES RECORDING
           FILE_OF SEGMENT,
       "\"value\": entry 1, expected a number from -1 to 0"},
      {HEAD CLASSES NAMES
       "\"columns\": [{\"name\": \"x\", \"values\": [], \"value\": [0]}], " SIZES RECORDING FILE_OF
           SEGMENT,
       "\"value\": 1 entries, expected a list of 2"},
      {HEAD "\"classes\": [], " NAMES SIZES RECORDING FILE_OF SEGMENT, "\"classes\" is empty"},
      {HEAD "\"classes\": [\"car\", 1], " NAMES SIZES RECORDING FILE_OF SEGMENT, "entry 1"},
      {HEAD "\"classes\": [\"a\", \"b\", \"a\"], " NAMES SIZES RECORDING FILE_OF SEGMENT,
       "'a' twice"},
      {HEAD "\"classes\": [\"car\", \"bus\"], " NAMES SIZES RECORDING FILE_OF SEGMENT,
       "picture 2 has label 2, expected less than 2"},
      {HEAD CLASSES NAMES SIZES "\"recording\": [2, 1, 0, 0, 1, 2], " FILE_OF SEGMENT,
       "\"recording\": 6 entries, expected a list of 7"},
      {HEAD CLASSES NAMES SIZES "\"recording\": [2, 1, 0, 0, 1, 2, 3], " FILE_OF SEGMENT,
       "\"recording\": entry 6, expected a number from 0 to 2"},
      {HEAD CLASSES NAMES SIZES RECORDING "\"file\": [0, 1, -2, 1, 0, -1, 1], " SEGMENT,
       "\"file\": entry 2, expected a number from -1 to 1"},
      {HEAD CLASSES NAMES SIZES RECORDING FILE_OF "\"segment\": [0, 0, 1, 1, 2, -1, 2]}}",
       "\"segment\": entry 5"},
      {HEAD CLASSES NAMES SIZES RECORDING FILE_OF "\"segment\": [0, 0, 1, 1.5, 2, 0, 2]}}",
       "\"segment\": entry 3"},
  };
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    write_in(folder, "dataset.json", cases[c].text, strlen(cases[c].text));
    assert_refused(folder, NULL, cases[c].expected);
  }
}

static void unknown_classes_are_refused(void **state) {
  const char *folder = *state;
  const char text[] = HEAD CLASSES NAMES SIZES RECORDING FILE_OF SEGMENT;
  write_good(folder);
  write_in(folder, "dataset.json", text, strlen(text));
  assert_refused(folder, "car,plane", "classes 'plane' not found in ");
  assert_refused(folder, "ca", "which has: car, bus, tram");
  assert_refused(folder, "x,bus,y", "classes 'x', 'y' not found in ");
  assert_refused(folder, "", "classes '' not found in ");
  struct dataset data;
  struct error err = {""};
  assert_int_equal(dataset_load(&data, folder, "bus,car,bus", &err), -1);
  assert_non_null(strstr(err.message, "'bus' is listed twice"));
}

static void assert_same_file(const char *first, const char *second, const char *name) {
  char *paths[] = {path_join(first, name), path_join(second, name)};
  uint8_t *bytes[2];
  size_t sizes[2];
  struct error err = {""};
  for (int i = 0; i < 2; i++) {
    bytes[i] = file_read(paths[i], 10000, &sizes[i], &err);
    assert_non_null(bytes[i]);
    free(paths[i]);
  }
  assert_int_equal(sizes[0], sizes[1]);
  assert_memory_equal(bytes[0], bytes[1], sizes[0]);
  free(bytes[0]);
  free(bytes[1]);
}

/* What was saved is what is loaded, and again, byte for byte. */
static void saved_data_comes_back(void **state) {
  const char *folder = *state;
  char *first = path_join(folder, "a"), *second = path_join(folder, "b/c");
  const char text[] = HEAD CLASSES NAMES COLUMNS SIZES RECORDING FILE_OF SEGMENT;
  write_good(folder);
  write_in(folder, "dataset.json", text, strlen(text));
  struct dataset data, again;
  struct error err = {""};
  assert_int_equal(dataset_load(&data, folder, NULL, &err), 0);
  assert_int_equal(dataset_prepare(first, &err), 0);
  char *images = path_join(first, images_name);
  assert_int_equal(access(images, F_OK), -1);
  assert_int_equal(dataset_save(&data, first, &err), 0);
  assert_int_equal(dataset_load(&again, first, NULL, &err), 0);
  assert_int_equal(again.count, data.count);
  assert_memory_equal(again.pictures, data.pictures, COUNT * PIXELS);
  assert_memory_equal(again.labels, data.labels, COUNT);
  assert_memory_equal(again.recording, data.recording, COUNT * sizeof(int));
  assert_memory_equal(again.file, data.file, COUNT * sizeof(int));
  assert_memory_equal(again.segment, data.segment, COUNT * sizeof(int));
  for (int c = 0; c < 3; c++)
    assert_string_equal(again.class_names[c], data.class_names[c]);
  for (int r = 0; r < 3; r++)
    assert_string_equal(again.recording_names[r], data.recording_names[r]);
  assert_string_equal(again.file_names[1], "b.wav");
  assert_int_equal(again.column_count, 1);
  assert_string_equal(again.columns[0].name, "author");
  assert_string_equal(again.columns[0].values[1], "Bo");
  assert_int_equal(again.columns[0].value[0], 1);
  assert_int_equal(again.columns[0].value[1], -1);
  assert_int_equal(again.rate_hz[1], 16000);
  assert_int_equal(again.bandwidth_hz[1], 7000);
  uint8_t expected[256];
  size_t expected_size = compose_images(expected), size;
  uint8_t *written = file_read(images, 1000, &size, &err);
  assert_non_null(written);
  assert_int_equal(size, expected_size);
  assert_memory_equal(written, expected, size);
  assert_int_equal(dataset_save(&again, second, &err), 0);
  assert_same_file(first, second, images_name);
  assert_same_file(first, second, labels_name);
  assert_same_file(first, second, "dataset.json");
  dataset_free(&data);
  dataset_free(&again);
  free(written);
  free(images);
  free(first);
  free(second);
}

static void unwritable_folders_are_refused(void **state) {
  const char *folder = *state;
  write_good(folder);
  struct dataset data;
  struct error err = {""};
  assert_int_equal(dataset_load(&data, folder, NULL, &err), 0);
  char *file = path_join(folder, images_name), *under = path_join(file, "out");
  assert_int_equal(dataset_prepare(under, &err), -1);
  err.message[0] = '\0';
  assert_int_equal(dataset_save(&data, under, &err), -1);
  assert_non_null(strstr(err.message, file));
  /* A folder in the labels' place: nothing at all is written. */
  char *out = path_join(folder, "out"), *taken = path_join(out, labels_name);
  char *images = path_join(out, images_name);
  err.message[0] = '\0';
  assert_int_equal(folder_make(taken, &err), 0);
  assert_int_equal(dataset_prepare(out, &err), -1);
  err.message[0] = '\0';
  assert_int_equal(dataset_save(&data, out, &err), -1);
  assert_non_null(strstr(err.message, taken));
  assert_int_equal(access(images, F_OK), -1);
  dataset_free(&data);
  free(images);
  free(taken);
  free(out);
  free(under);
  free(file);
}

/* What is dealt out, as the tests count. */
static const struct rotation no_rotation = {0, 0};
static const char *const deals[] = {"recording", "segment"};

/* A data set in memory of `recordings` recordings a class with from..to pictures each. */
static void invent(struct dataset *data, int classes, int recordings, int from, int to,
                   uint64_t *random) {
  *data = (struct dataset){.class_count = classes, .recording_count = classes * recordings};
  size_t capacity = (size_t)(classes * recordings * to);
  data->labels = memory_new(capacity, 1);
  data->recording = memory_new(capacity, sizeof(int));
  data->class_names = memory_new((size_t)classes, sizeof(char *));
  data->recording_names = memory_new((size_t)data->recording_count, sizeof(char *));
  for (int c = 0; c < classes; c++)
    data->class_names[c] = strdup("name");
  for (int r = 0; r < data->recording_count; r++)
    data->recording_names[r] = strdup("recording");
  data->file = memory_new(capacity, sizeof(int));
  for (size_t i = 0; i < capacity; i++)
    data->file[i] = -1;
  for (int r = 0; r < classes * recordings; r++) {
    int pictures = from + (int)(scratch_random(random) % (uint64_t)(to - from + 1));
    for (int i = 0; i < pictures; i++, data->count++) {
      data->labels[data->count] = (uint8_t)(r % classes);
      data->recording[data->count] = r;
    }
  }
}

/* Pictures of a class (-1: of all) in a part. */
static size_t count_part(const struct dataset *data, const enum part *parts, enum part part,
                         int class) {
  size_t count = 0;
  for (size_t i = 0; i < data->count; i++)
    count += parts[i] == part && (class < 0 || data->labels[i] == class);
  return count;
}

static void no_recording_is_on_both_sides(void **unused) {
  (void)unused;
  uint64_t random = scratch_seed() * 2 + 1;
  for (int round = 0; round < 200; round++) {
    int classes = 2 + (int)(scratch_random(&random) % 4);
    int recordings = 3 + (int)(scratch_random(&random) % 40);
    struct dataset data;
    struct error err = {""};
    invent(&data, classes, recordings, 1, 1 + round % 20, &random);
    enum part *parts = memory_new(data.count, sizeof *parts);
    assert_int_equal(split_make(&data, "recording", (uint64_t)round, &no_rotation, parts, &err), 0);
    for (size_t i = 0; i < data.count; i++)
      for (size_t j = i; j < data.count && data.recording[j] == data.recording[i]; j++)
        assert_int_equal(parts[i], parts[j]);
    for (int c = 0; c < classes; c++)
      for (enum part part = PART_TRAIN; part <= PART_TEST; part++)
        assert_true(count_part(&data, parts, part, c) > 0);
    free(parts);
    dataset_free(&data);
  }
}

static void a_tenth_is_held_out(void **unused) {
  (void)unused;
  uint64_t random = 1;
  struct dataset data;
  struct error err = {""};
  invent(&data, 3, 40, 16, 16, &random);
  enum part *parts = memory_new(data.count, sizeof *parts);
  for (int by = 0; by < 2; by++) {
    assert_int_equal(split_make(&data, deals[by], 5, &no_rotation, parts, &err), 0);
    for (int c = 0; c < 3; c++) {
      assert_int_equal(count_part(&data, parts, PART_TRAIN, c), 512);
      assert_int_equal(count_part(&data, parts, PART_VALIDATION, c), 64);
      assert_int_equal(count_part(&data, parts, PART_TEST, c), 64);
    }
    for (enum part part = PART_TRAIN; part <= PART_TEST; part++) {
      size_t count, *indices = split_pictures(&data, parts, part, &count);
      assert_int_equal(count, count_part(&data, parts, part, -1));
      for (size_t i = 0; i < count; i++) {
        assert_int_equal(parts[indices[i]], part);
        assert_true(i == 0 || indices[i] > indices[i - 1]);
      }
      free(indices);
    }
  }
  dataset_free(&data);
  free(parts);
  /* Recordings of 1 to 30 pictures: held out to within half the largest. */
  invent(&data, 2, 60, 1, 30, &random);
  parts = memory_new(data.count, sizeof *parts);
  assert_int_equal(split_make(&data, "recording", 5, &no_rotation, parts, &err), 0);
  for (int c = 0; c < 2; c++) {
    double total = 0;
    for (enum part part = PART_TRAIN; part <= PART_TEST; part++)
      total += (double)count_part(&data, parts, part, c);
    for (enum part part = PART_VALIDATION; part <= PART_TEST; part++)
      assert_in_range(count_part(&data, parts, part, c), (uintmax_t)(total / 10 - 15),
                      (uintmax_t)(total / 10 + 15));
  }
  dataset_free(&data);
  free(parts);
}

static void the_seed_decides(void **unused) {
  (void)unused;
  uint64_t random = 1;
  struct dataset data;
  struct error err = {""};
  invent(&data, 2, 30, 10, 10, &random);
  for (int by = 0; by < 2; by++) {
    enum part parts[3][600];
    const uint64_t seeds[] = {7, 7, 8};
    for (int s = 0; s < 3; s++)
      assert_int_equal(split_make(&data, deals[by], seeds[s], &no_rotation, parts[s], &err), 0);
    assert_memory_equal(parts[0], parts[1], sizeof parts[0]);
    assert_memory_not_equal(parts[0], parts[2], sizeof parts[0]);
  }
  /* Every recording gets its turn in the test part. */
  enum part parts[600];
  int seen[60] = {0};
  for (uint64_t seed = 0; seed < 200; seed++) {
    assert_int_equal(split_make(&data, "recording", seed, &no_rotation, parts, &err), 0);
    for (size_t i = 0; i < data.count; i++)
      if (parts[i] == PART_TEST)
        seen[data.recording[i]]++;
  }
  for (int r = 0; r < 60; r++) /* of 10 pictures x 200 seeds: 200 expected, standard deviation 42 */
    assert_in_range(seen[r], 30, 400);
  dataset_free(&data);
}

/* One recording of 101 pictures and three of one: all that validation and test may take is the
 * small ones. */
static void the_largest_recording_is_trained_on(void **unused) {
  (void)unused;
  uint64_t random = 1;
  for (uint64_t seed = 0; seed < 50; seed++) {
    struct dataset data;
    struct error err = {""};
    enum part parts[2 * 4 * 26];
    invent(&data, 2, 4, 26, 26, &random);
    for (size_t i = 0; i < data.count; i++) /* 101, 1, 1 and 1 of each class's 4 x 26 */
      if (i % 26 > 0 && data.recording[i] > 1)
        data.recording[i] = data.labels[i];
    assert_int_equal(split_make(&data, "recording", seed, &no_rotation, parts, &err), 0);
    for (size_t i = 0; i < data.count; i++)
      if (data.recording[i] < 2)
        assert_int_equal(parts[i], PART_TRAIN);
    assert_int_equal(count_part(&data, parts, PART_VALIDATION, -1), 4);
    assert_int_equal(count_part(&data, parts, PART_TEST, -1), 2);
    dataset_free(&data);
  }
}

/* A recording with pictures of two classes stays whole, and counts for one of them only. */
static void recordings_of_two_classes_stay_whole(void **unused) {
  (void)unused;
  uint64_t random = 1;
  struct dataset data;
  struct error err = {""};
  invent(&data, 2, 6, 10, 10, &random);
  for (size_t i = 0; i < data.count; i++)
    if (i % 10 < 3)
      data.labels[i] = !data.labels[i];
  enum part *parts = memory_new(data.count, sizeof *parts);
  assert_int_equal(split_make(&data, "recording", 3, &no_rotation, parts, &err), 0);
  for (size_t i = 0; i < data.count; i++)
    assert_int_equal(parts[i], parts[i / 10 * 10]);
  for (enum part part = PART_VALIDATION; part <= PART_TEST; part++)
    assert_int_equal(count_part(&data, parts, part, -1), 20);
  free(parts);
  dataset_free(&data);
}

static void too_few_recordings_are_refused(void **unused) {
  (void)unused;
  uint64_t random = 1;
  struct dataset data;
  struct error err = {""};
  invent(&data, 2, 2, 20, 20, &random);
  enum part *parts = memory_new(data.count, sizeof *parts);
  assert_int_equal(split_make(&data, "recording", 3, &no_rotation, parts, &err), -1);
  assert_non_null(strstr(err.message, "has 2 recordings, expected at least 3"));
  err.message[0] = '\0';
  assert_int_equal(split_make(&data, "segment", 3, &no_rotation, parts, &err), 0);
  data.overlapping = true;
  assert_int_equal(split_make(&data, "segment", 3, &no_rotation, parts, &err), -1);
  assert_non_null(strstr(err.message, "expected --split recording"));
  free(parts);
  dataset_free(&data);
}

/* The last pictures are the test, a tenth of the others is for validation. */
static void a_given_test_is_kept(void **unused) {
  (void)unused;
  uint64_t random = 1;
  struct dataset data;
  struct error err = {""};
  invent(&data, 2, 30, 10, 10, &random);
  data.test_count = 100;
  enum part *parts = memory_new(data.count, sizeof *parts);
  for (int by = 0; by < 2; by++) {
    assert_int_equal(split_make(&data, deals[by], 5, &no_rotation, parts, &err), 0);
    for (size_t i = 0; i < data.count; i++)
      assert_true((parts[i] == PART_TEST) == (i >= 500));
    for (int c = 0; c < 2; c++) {
      bool recordings = by == 0; /* 25 of ten pictures: two or three of them */
      size_t count = count_part(&data, parts, PART_VALIDATION, c);
      assert_true(recordings ? count == 20 || count == 30 : count == 25);
    }
  }
  data.test_count = 95;
  assert_int_equal(split_make(&data, "segment", 3, &no_rotation, parts, &err), 0);
  free(data.recording_names[50]);
  data.recording_names[50] = strdup("middle");
  assert_int_equal(split_make(&data, "recording", 3, &no_rotation, parts, &err), -1);
  assert_non_null(strstr(
      err.message, "recording 'middle' is in the test, and others of the recordings are not"));
  data.test_count = 590;
  err.message[0] = '\0';
  assert_int_equal(split_make(&data, "recording", 3, &no_rotation, parts, &err), -1);
  assert_non_null(strstr(err.message, "expected at least 2"));
  free(parts);
  dataset_free(&data);
}

/* Over all rotations each recording is tested once and chooses the epoch once; parts are as large
 * as the group they are. */
static void rotations_test_everything_once(void **unused) {
  (void)unused;
  uint64_t random = scratch_seed() * 2 + 1;
  for (int round = 0; round < 60; round++) {
    struct dataset data;
    struct error err = {""};
    const char *by = deals[round % 2];
    struct rotation rotation = {0, 3 + (int)(scratch_random(&random) % 8)};
    invent(&data, 3, 10, 1, 1 + round % 20, &random);
    enum part *parts = memory_new(data.count, sizeof *parts),
              *before = memory_new(data.count, sizeof *before);
    int *tested = memory_new(data.count, sizeof *tested);
    for (rotation.index = 1; rotation.index <= rotation.count; rotation.index++) {
      assert_int_equal(split_make(&data, by, 9, &rotation, parts, &err), 0);
      for (size_t i = 0; i < data.count; i++) {
        tested[i] += parts[i] == PART_TEST;
        if (rotation.index > 1) /* the group behind the test's is the next one to be tested */
          assert_int_equal(parts[i] == PART_TEST, before[i] == PART_VALIDATION);
        if (round % 2 == 0 && i > 0 && data.recording[i] == data.recording[i - 1])
          assert_int_equal(parts[i], parts[i - 1]);
        before[i] = parts[i];
      }
      for (int c = 0; c < 3; c++)
        for (enum part part = PART_TRAIN; part <= PART_TEST; part++)
          assert_true(count_part(&data, parts, part, c) > 0);
    }
    for (size_t i = 0; i < data.count; i++)
      assert_int_equal(tested[i], 1);
    free(tested);
    free(before);
    free(parts);
    dataset_free(&data);
  }
}

/* 40 recordings of 16 pictures in 10 groups: 64 in each; another seed gives other groups. */
static void rotations_are_even(void **unused) {
  (void)unused;
  uint64_t random = 1;
  struct dataset data;
  struct error err = {""};
  invent(&data, 2, 40, 16, 16, &random);
  enum part parts[2][2 * 40 * 16];
  for (int seed = 0; seed < 2; seed++) {
    const struct rotation rotation = {3, 10};
    assert_int_equal(split_make(&data, "recording", (uint64_t)seed, &rotation, parts[seed], &err),
                     0);
    for (int c = 0; c < 2; c++) {
      assert_int_equal(count_part(&data, parts[seed], PART_TEST, c), 64);
      assert_int_equal(count_part(&data, parts[seed], PART_VALIDATION, c), 64);
    }
  }
  assert_memory_not_equal(parts[0], parts[1], sizeof parts[0]);
  const struct rotation too_many = {1, 41};
  assert_int_equal(split_make(&data, "recording", 1, &too_many, parts[0], &err), -1);
  assert_non_null(strstr(err.message, "has 40 recordings, expected at least 41 for the rotations"));
  dataset_free(&data);
}

/* ---- columns, parts, order of names ---- */

/* Six files a class of two pictures each, in classes "a" and "b", with column `by` of their values.
 */
static void invent_files(struct dataset *data, const char *by, const char *const *values) {
  *data = (struct dataset){
      .count = 24, .class_count = 2, .recording_count = 12, .file_count = 12, .column_count = 1};
  data->labels = memory_new(24, 1);
  data->recording = memory_new(24, sizeof(int));
  data->file = memory_new(24, sizeof(int));
  data->class_names = memory_new(2, sizeof(char *));
  data->recording_names = memory_new(12, sizeof(char *));
  data->file_names = memory_new(12, sizeof(char *));
  data->columns = memory_new(1, sizeof *data->columns);
  struct dataset_column *column = data->columns;
  *column = (struct dataset_column){strdup(by), memory_new(12, sizeof(char *)), 0,
                                    memory_new(12, sizeof(int))};
  for (int f = 0; f < 12; f++) {
    char name[16];
    snprintf(name, sizeof name, "%c/%02d.wav", f < 6 ? 'a' : 'b', f);
    data->file_names[f] = strdup(name);
    data->recording_names[f] = strdup(name);
    int v = 0;
    while (values[f] && v < column->value_count && strcmp(column->values[v], values[f]) != 0)
      v++;
    if (values[f] && v == column->value_count)
      column->values[column->value_count++] = strdup(values[f]);
    column->value[f] = values[f] ? v : -1;
  }
  for (int i = 0; i < 24; i++) {
    data->file[i] = data->recording[i] = i / 2;
    data->labels[i] = i >= 12;
  }
  data->class_names[0] = strdup("a");
  data->class_names[1] = strdup("b");
}

static void assert_split_refused(const struct dataset *data, const char *by,
                                 const struct rotation *rotation, const char *expected) {
  enum part parts[24];
  struct error err = {""};
  assert_int_equal(split_make(data, by, 1, rotation, parts, &err), -1);
  if (!strstr(err.message, expected))
    fail_msg("\"%s\" does not say \"%s\"", err.message, expected);
}

/* No value on two sides; a file without one is alone; all values are tested once. */
static void columns_are_dealt_out(void **unused) {
  (void)unused;
  static const char *const authors[] = {"x", "x", "y", "z", NULL, NULL,
                                        "p", "q", "q", "r", "x",  "r"};
  struct dataset data;
  struct error err = {""};
  enum part parts[24];
  invent_files(&data, "author", authors);
  for (uint64_t seed = 0; seed < 50; seed++) {
    assert_int_equal(split_make(&data, "Author", seed, &no_rotation, parts, &err), 0);
    for (int i = 0; i < 24; i++)
      for (int j = 0; j < i; j++)
        if (authors[i / 2] && authors[j / 2] && strcmp(authors[i / 2], authors[j / 2]) == 0)
          assert_int_equal(parts[i], parts[j]);
    assert_true(split_keeps_files(&data, parts));
    assert_int_equal(split_shared_recordings(&data, parts), 0);
  }
  int tested[24] = {0};
  for (struct rotation rotation = {1, 3}; rotation.index <= 3; rotation.index++) {
    assert_int_equal(split_make(&data, "author", 4, &rotation, parts, &err), 0);
    for (int i = 0; i < 24; i++)
      tested[i] += parts[i] == PART_TEST;
  }
  for (int i = 0; i < 24; i++)
    assert_int_equal(tested[i], 1);
  const struct rotation six = {1, 6};
  assert_split_refused(&data, "author", &six, "class 'a' has 5 values of 'author', expected at");
  assert_split_refused(&data, "artist", &no_rotation, "allowed segment, recording, author");
  assert_int_equal(split_make(&data, "segment", 1, &no_rotation, parts, &err), 0);
  assert_false(split_keeps_files(&data, parts));
  assert_true(split_shared_recordings(&data, parts) > 0);
  dataset_free(&data);
}

/* Values that all classes share are dealt out for all classes together. */
static void shared_values_are_dealt_out_together(void **unused) {
  (void)unused;
  static const char *const rooms[] = {"1", "2", "3", "4", "1", "2", "1", "2", "3", "4", "3", "4"};
  struct dataset data;
  struct error err = {""};
  enum part parts[24];
  invent_files(&data, "room", rooms);
  const struct rotation rotation = {2, 4}, five = {1, 5};
  assert_int_equal(split_make(&data, "room", 1, &rotation, parts, &err), 0);
  for (int i = 0; i < 24; i++)
    for (int j = 0; j < i; j++)
      assert_true(parts[i] == parts[j] || strcmp(rooms[i / 2], rooms[j / 2]) != 0);
  assert_split_refused(&data, "room", &five, "4 values of 'room', expected at least 5");
  dataset_free(&data);
  static const char *const apart[] = {"1", "1", "2", "3", "4", "4", "1", "1", "5", "5", "6", "6"};
  invent_files(&data, "room", apart);
  int refused = 0;
  for (uint64_t seed = 0; seed < 20; seed++) {
    err.message[0] = '\0';
    if (split_make(&data, "room", seed, &no_rotation, parts, &err) != 0) {
      assert_non_null(strstr(err.message, "has no picture in the part '"));
      refused++;
      continue;
    }
    for (int c = 0; c < 2; c++)
      for (enum part part = PART_TRAIN; part <= PART_TEST; part++)
        assert_true(count_part(&data, parts, part, c) > 0);
  }
  assert_true(refused > 0);
  dataset_free(&data);
}

static void given_parts_are_taken(void **unused) {
  (void)unused;
  static const char *const all[] = {"train", "train", "validation", "test", "train", "train",
                                    "train", "train", "validation", "test", "train", "test"};
  static const char *const two[] = {"train", "train", "train", "test", "train", "train",
                                    "train", "train", "train", "test", "train", "test"};
  static const char *const folds[] = {"1", "2", "3", "1", "2", "3", "3", "2", "1", "3", "2", "1"};
  struct dataset data;
  struct error err = {""};
  enum part parts[24];
  invent_files(&data, "part", all);
  const struct rotation second = {2, 3}, third = {3, 3}, fourth = {1, 4};
  assert_int_equal(split_make(&data, "part", 1, &no_rotation, parts, &err), 0);
  for (int i = 0; i < 24; i++)
    assert_string_equal(part_name(parts[i]), all[i / 2]);
  assert_split_refused(&data, "part", &second, "--rotation: found parts that column 'part' names");
  dataset_free(&data);

  invent_files(&data, "part", two);
  assert_int_equal(split_make(&data, "part", 1, &no_rotation, parts, &err), 0);
  for (int i = 0; i < 24; i++)
    assert_true((parts[i] == PART_TEST) == !strcmp(two[i / 2], "test"));
  for (int c = 0; c < 2; c++)
    assert_int_equal(count_part(&data, parts, PART_VALIDATION, c), 2);
  assert_true(split_keeps_files(&data, parts));
  dataset_free(&data);

  invent_files(&data, "part", folds);
  assert_int_equal(split_make(&data, "part", 1, &second, parts, &err), 0);
  for (int i = 0; i < 24; i++)
    assert_int_equal(parts[i], folds[i / 2][0] == '2'   ? PART_TEST
                               : folds[i / 2][0] == '3' ? PART_VALIDATION
                                                        : PART_TRAIN);
  assert_int_equal(split_make(&data, "part", 1, &third, parts, &err), 0);
  for (int i = 0; i < 24; i++)
    assert_true((parts[i] == PART_VALIDATION) == (folds[i / 2][0] == '1'));
  assert_split_refused(&data, "part", &no_rotation, "expected --rotation K/3");
  assert_split_refused(&data, "part", &fourth, "expected --rotation K/3");
  data.columns[0].value[3] = -1;
  assert_split_refused(&data, "part", &third, "says nothing of a/03.wav");
  dataset_free(&data);
  static const char *const mixed[] = {"1", "2", "3", "1",    "2", "3",
                                      "3", "2", "1", "test", "2", "1"};
  static const char *const gap[] = {"1", "2", "4", "1", "2", "4", "4", "2", "1", "4", "2", "1"};
  static const char *const none[] = {"train", "train", "train", "train", "train", "train",
                                     "train", "train", "train", "train", "train", "train"};
  invent_files(&data, "part", mixed);
  assert_split_refused(&data, "part", &third, "found names of parts and the fold 3");
  dataset_free(&data);
  invent_files(&data, "part", gap);
  assert_split_refused(&data, "part", &fourth, "no picture of fold 3");
  dataset_free(&data);
  invent_files(&data, "part", none);
  assert_split_refused(&data, "part", &no_rotation, "no picture of the part 'test'");
  dataset_free(&data);
  assert_string_equal(split_part_name("Dev"), "validation");
  assert_null(split_part_name("1x"));
  assert_null(split_part_name("1001"));
}

/* What split_write writes is read again, also by file; other pictures are refused. */
static void tables_of_parts_come_back(void **state) {
  static const char *const values[] = {"x", "x", "y", "z", "u", "v", "p", "q", "q", "r", "s", "r"};
  struct dataset data;
  struct error err = {""};
  enum part parts[24], again[24];
  char *path = path_join(*state, "parts.csv");
  invent_files(&data, "author", values);
  free(data.file_names[3]);
  data.file_names[3] = strdup("a/\"03\", odd.wav");
  assert_int_equal(split_make(&data, "recording", 3, &no_rotation, parts, &err), 0);
  assert_int_equal(split_write(&data, parts, path, &err), 0);
  assert_int_equal(split_read(&data, path, 9, &no_rotation, again, &err), 0);
  assert_memory_equal(parts, again, sizeof parts);
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {"picture,part,path\n0,train,a/01.wav\n", "found picture 0 of 'a/01.wav', which is of 'a/00"},
      {"picture,part\n24,train\n", "parts.csv:2: picture: found '24', allowed 0..23"},
      {"picture,part\n0,train\n0,test\n", "parts.csv:3: picture 0 has a part already"},
      {"path,part\na/00.wav,train\na/00.wav,train\n", "parts.csv:3: picture 0 has a part already"},
      {"path,part\na/00.wav,train\na/01.wav,test\n",
       "20 of 24 pictures have no part, the first is picture 4 (a/02.wav)"},
      {"path,parts\na/00.wav,train\n", "expected a column 'part'"},
      {"path,part\na/00.wav,trial\n", "part: found 'trial'"},
  };
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    assert_int_equal(scratch_write(path, cases[c].text, strlen(cases[c].text)), 0);
    err.message[0] = '\0';
    assert_int_equal(split_read(&data, path, 9, &no_rotation, again, &err), -1);
    if (!strstr(err.message, cases[c].expected))
      fail_msg("\"%s\" does not say \"%s\"", err.message, cases[c].expected);
  }
  FILE *file = fopen(path, "w"); /* by file, and one that has no pictures here */
  fprintf(file, "part;path\ntrain;c/elsewhere.wav\n");
  for (int f = 0; f < 12; f++)
    fprintf(file, "%s;\"%s\"\n", part_name(parts[2 * f]),
            f == 3 ? "a/\"\"03\"\", odd.wav" : data.file_names[f]);
  fclose(file);
  assert_int_equal(split_read(&data, path, 9, &no_rotation, again, &err), 0);
  assert_memory_equal(parts, again, sizeof parts);
  dataset_free(&data);
  free(path);
}

/* The same pictures with their labels exchanged are dealt out in the same way. */
static void the_order_of_names_does_not_matter(void **unused) {
  (void)unused;
  uint64_t random = 5;
  struct error err = {""};
  for (int round = 0; round < 20; round++) {
    struct dataset data;
    invent(&data, 3, 12, 1, 9, &random);
    enum part *parts = memory_new(data.count, sizeof *parts),
              *other = memory_new(data.count, sizeof *other);
    struct rotation rotation = {1 + round % 5, round < 10 ? 0 : 5};
    static const char *const names[] = {"car", "bus", "tram"};
    for (int c = 0; c < 3; c++)
      data.class_names[c][0] = names[c][0];
    assert_int_equal(split_make(&data, deals[round % 2], 7, &rotation, parts, &err), 0);
    char *first = data.class_names[0];
    data.class_names[0] = data.class_names[2];
    data.class_names[2] = first;
    for (size_t i = 0; i < data.count; i++)
      data.labels[i] = (uint8_t)(2 - data.labels[i]);
    assert_int_equal(split_make(&data, deals[round % 2], 7, &rotation, other, &err), 0);
    assert_memory_equal(parts, other, data.count * sizeof *parts);
    free(parts);
    free(other);
    dataset_free(&data);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(plain_idx_is_loaded, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(zipped_mnist_names_are_loaded, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(mnist_test_is_loaded, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(dotted_mnist_names_are_loaded, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(several_pairs_are_noted, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(broken_images_are_refused, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(broken_zips_are_refused, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(broken_labels_are_refused, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(missing_data_is_refused, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(sidecar_is_loaded, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(broken_sidecars_are_refused, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(unknown_classes_are_refused, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(saved_data_comes_back, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(unwritable_folders_are_refused, make_folder, remove_folder),
      cmocka_unit_test(no_recording_is_on_both_sides),
      cmocka_unit_test(a_tenth_is_held_out),
      cmocka_unit_test(the_seed_decides),
      cmocka_unit_test(the_largest_recording_is_trained_on),
      cmocka_unit_test(recordings_of_two_classes_stay_whole),
      cmocka_unit_test(too_few_recordings_are_refused),
      cmocka_unit_test(a_given_test_is_kept),
      cmocka_unit_test(rotations_test_everything_once),
      cmocka_unit_test(rotations_are_even),
      cmocka_unit_test(columns_are_dealt_out),
      cmocka_unit_test(shared_values_are_dealt_out_together),
      cmocka_unit_test(given_parts_are_taken),
      cmocka_unit_test_setup_teardown(tables_of_parts_come_back, make_folder, remove_folder),
      cmocka_unit_test(the_order_of_names_does_not_matter),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
