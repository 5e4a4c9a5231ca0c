/* cmd_features.c : `engram features`: sound files in one folder per class -> pictures and labels.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/net_options.h"
#include "data/build.h"
#include "data/channel.h"
#include "data/sheet.h"
#include "data/split.h"
#include "sound/features.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EVERY_MS_MAX = 60000 };
enum { KEY_KEEP_SILENCE = 0x100, KEY_SKIP_BAD, KEY_TEST, KEY_VALIDATION };

struct options {
  const char *folder, *classes, *plot, *net;
  struct build build;
  bool json;
  struct scan_folder *sounds; /* [sound_count] */
  size_t sound_count;
};

/* Pictures, files and recordings of one class. */
struct counts {
  size_t pictures, files, recordings;
};

static void parse_size(struct options *options, const char *text, struct argp_state *state) {
  int length = 0;
  struct build *build = &options->build;
  int fields = sscanf(text, "%2dx%2d%n", &build->height, &build->width, &length);
  if (fields != 2 || text[length] != '\0' || build->height < FEATURES_SIDE_MIN ||
      build->height > FEATURES_SIDE_MAX || build->width < FEATURES_SIDE_MIN ||
      build->width > FEATURES_SIDE_MAX)
    argp_error(state, "--size=%s: HEIGHTxWIDTH, each from %d to %d, is expected", text,
               FEATURES_SIDE_MIN, FEATURES_SIDE_MAX);
}

static void add_folder(struct options *options, const char *path, const char *part) {
  options->sounds[options->sound_count++] = (struct scan_folder){path, part};
}

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case 'o':
    options->folder = arg;
    return 0;
  case 'c':
    options->classes = arg;
    return 0;
  case 's':
    parse_size(options, arg, state);
    return 0;
  case 'w':
    option_view(state, arg, &options->build.view);
    return 0;
  case 'e':
    options->build.every_ms = (int)option_number(state, "every", arg, 1, EVERY_MS_MAX);
    return 0;
  case 'n':
    options->net = arg;
    return 0;
  case 'p':
    options->plot = arg;
    return 0;
  case KEY_KEEP_SILENCE:
    options->build.keeps_silence = true;
    return 0;
  case KEY_SKIP_BAD:
    options->build.skips_bad = true;
    return 0;
  case KEY_TEST:
    add_folder(options, arg, part_name(PART_TEST));
    return 0;
  case KEY_VALIDATION:
    add_folder(options, arg, part_name(PART_VALIDATION));
    return 0;
  case ARGP_KEY_ARG:
    add_folder(options, arg, NULL);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"output", 'o', "DIR", 0, "folder for the data set, made when missing", 2},
    {"classes", 'c', "NAMES", 0, "classes to take, as a,b,... (label 0 first); all of them by name",
     2},
    {"size", 's', "HxW", 0, "height and width of the pictures, 28x28 by default", 2},
    {"view", 'w', "VIEW", 0,
     "spectrum of 300 ms (default), or modulation: how each second's bands beat", 2},
    {"every", 'e', "MS", 0,
     "a picture begins every MS ms instead of where the one before ends; what overlaps can only be "
     "split by recording",
     2},
    {"test", KEY_TEST, "DIR", 0, "a SOUNDS_DIR whose sounds are the test", 2},
    {"validation", KEY_VALIDATION, "DIR", 0, "a SOUNDS_DIR whose sounds are for validation", 2},
    {"keep-silence", KEY_KEEP_SILENCE, 0, 0,
     "keep pictures of digital silence too, which no net without biases can learn", 2},
    {"skip-bad", KEY_SKIP_BAD, 0, 0,
     "leave out sounds that cannot be read, list them at the end, and end with status 1", 2},
    {"net", 'n', "FILE", 0, "take the pictures' size from a network's description", 2},
    {"plot", 'p', "FILE", 0, "draw some pictures of each class as a PNG file", 2},
    {0},
};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .args_doc = "SOUNDS_DIR...",
    .doc =
        "Turn sound files (WAV, FLAC, OGG, ...) into pictures, labelled by folder."
        "\vEach SOUNDS_DIR has one sub-folder of sound files per class; folders below it belong to "
        "it. What libsndfile does not read is decoded by ffmpeg where that is installed. The "
        "table manifest.csv in a SOUNDS_DIR, where there is one, has a column `path` and may say "
        "in a column `recording` which files were cut from one recording (otherwise each file is "
        "one), in a column `part` what is train, validation or test, or the number of a fold; any "
        "other column can be split by. Pictures of digital silence are left out and counted. The "
        "data set is images-idx3-ubyte, labels-idx1-ubyte and dataset.json.",
};

static struct counts count_class(const struct dataset *data, int label) {
  struct counts counts = {0};
  bool *file = memory_new((size_t)data->file_count, sizeof *file);
  bool *recording = memory_new((size_t)data->recording_count, sizeof *recording);
  for (size_t i = 0; i < data->count; i++) {
    if (data->labels[i] != label)
      continue;
    counts.pictures++;
    counts.files += !file[data->file[i]];
    counts.recordings += !recording[data->recording[i]];
    file[data->file[i]] = recording[data->recording[i]] = true;
  }
  free(file);
  free(recording);
  return counts;
}

static json_t *classes_json(const struct dataset *data) {
  json_t *classes = json_array();
  for (int c = 0; c < data->class_count; c++) {
    struct counts counts = count_class(data, c);
    struct channel channel = channel_of(data, c);
    json_array_append_new(
        classes,
        json_pack("{s:s, s:I, s:I, s:I, s:[i,i], s:[i,i]}", "name", data->class_names[c],
                  "recordings", (json_int_t)counts.recordings, "files", (json_int_t)counts.files,
                  "pictures", (json_int_t)counts.pictures, "rate_hz", channel.rate_low_hz,
                  channel.rate_high_hz, "bandwidth_hz", channel.band_low_hz, channel.band_high_hz));
  }
  return classes;
}

/* What was not taken, and why. */
static void add_left_json(json_t *json, const struct scan *scan, const struct build *build) {
  json_t *left = json_array(), *listed = json_array(), *bad = json_array();
  for (size_t i = 0; i < scan->left_count; i++)
    json_array_append_new(left,
                          json_pack("{s:s, s:s, s:I}", "class", scan->left[i].class, "what",
                                    scan->left[i].what, "count", (json_int_t)scan->left[i].count));
  for (size_t i = 0; i < scan->listed_count; i++)
    json_array_append_new(listed, json_pack("{s:s, s:I, s:I}", "path", scan->listed[i].path,
                                            "listed", (json_int_t)scan->listed[i].listed, "files",
                                            (json_int_t)scan->listed[i].sounds));
  for (size_t i = 0; i < build->bad_count; i++)
    json_array_append_new(bad, json_string(build->bad[i]));
  json_object_set_new(json, "too_short", json_integer((json_int_t)build->too_short));
  json_object_set_new(json, "silent", json_integer((json_int_t)build->silent));
  json_object_set_new(json, "silent_files", json_integer((json_int_t)build->silent_files));
  json_object_set_new(json, "not_taken", left);
  json_object_set_new(json, "manifests", listed);
  json_object_set_new(json, "bad", bad);
}

static void print_json(const struct options *options, const struct scan *scan,
                       const struct dataset *data) {
  json_t *columns = json_array();
  for (int c = 0; c < data->column_count; c++)
    json_array_append_new(columns, json_string(data->columns[c].name));
  json_t *json =
      json_pack("{s:s, s:s, s:i, s:i, s:o, s:o, s:i, s:i, s:I}", "folder", options->folder, "view",
                data->view, "height", data->height, "width", data->width, "classes",
                classes_json(data), "columns", columns, "recordings", data->recording_count,
                "files", data->file_count, "pictures", (json_int_t)data->count);
  add_left_json(json, scan, &options->build);
  json_dumpf(json, stdout, JSON_INDENT(2));
  putchar('\n');
  json_decref(json);
}

/* "car: not taken: 3 .txt, 1 dead link", a line a class. */
static void print_left(const struct scan *scan) {
  const char *class = NULL;
  for (size_t i = 0; i < scan->left_count; i++) {
    const struct scan_left *left = &scan->left[i];
    bool begins = !class || strcmp(class, left->class) != 0;
    if (begins)
      printf("%s%s: not taken: ", class ? "\n" : "", left->class[0] ? left->class : "no class");
    printf("%s%zu %s", begins ? "" : ", ", left->count, left->what);
    class = left->class;
  }
  if (class)
    putchar('\n');
}

static void print_table(const struct options *options, const struct scan *scan,
                        const struct dataset *data) {
  const struct build *build = &options->build;
  printf("%-20s %10s %8s %9s\n", "class", "recordings", "files", "pictures");
  for (int c = 0; c < data->class_count; c++) {
    struct counts counts = count_class(data, c);
    printf("%-20s %10zu %8zu %9zu\n", data->class_names[c], counts.recordings, counts.files,
           counts.pictures);
  }
  printf("%-20s %10d %8d %9zu\n", "all", data->recording_count, data->file_count, data->count);
  for (size_t i = 0; i < scan->listed_count; i++)
    printf("%s: %zu of %zu files listed\n", scan->listed[i].path, scan->listed[i].listed,
           scan->listed[i].sounds);
  print_left(scan);
  if (build->too_short)
    printf("%zu files shorter than %d ms left out\n", build->too_short,
           features_segment_ms(build->view));
  if (build->silent)
    printf("%zu pictures of digital silence left out", build->silent);
  if (build->silent_files)
    printf(", among them all of %zu files", build->silent_files);
  if (build->silent)
    putchar('\n');
  printf("%dx%d pictures in %s\n", data->height, data->width, options->folder);
}

/* Checks that the plot can be written, before long work. */
static int prepare_plot(const char *path, struct error *err) {
  struct output out;
  if (!output_open(&out, path, err))
    return -1;
  output_abort(&out);
  return 0;
}

/* Reads all sounds and writes the data set. */
static int make_dataset(struct options *options, const struct scan *scan, struct dataset *data,
                        struct error *err) {
  if (dataset_prepare(options->folder, err) != 0 ||
      (options->plot && prepare_plot(options->plot, err) != 0) ||
      build_pictures(&options->build, scan, data, err) != 0)
    return -1;
  if (dataset_save(data, options->folder, err) == 0 &&
      (!options->plot || sheet_save(data, options->plot, err) == 0))
    return 0;
  dataset_free(data);
  return -1;
}

/* Says where classes came through different channels, each beside the first. */
static void compare_classes(const struct dataset *data) {
  for (int c = 1; c < data->class_count; c++) {
    char texts[2][CHANNEL_TEXT_BYTES];
    struct channel first = channel_of(data, 0), other = channel_of(data, c);
    if (channel_differs(&first, &other) || channel_differs(&other, &first))
      cmd_warn("class '%s' has %s, class '%s' %s: they may be told apart by the channel",
               data->class_names[0], channel_describe(&first, texts[0], sizeof texts[0]),
               data->class_names[c], channel_describe(&other, texts[1], sizeof texts[1]));
  }
}

static void print_all(const struct options *options, const struct scan *scan,
                      const struct dataset *data) {
  const struct build *build = &options->build;
  if (options->json)
    print_json(options, scan, data);
  else
    print_table(options, scan, data);
  compare_classes(data);
  for (size_t i = 0; i < build->bad_count; i++)
    cmd_warn("left out: %s", build->bad[i]);
  if (build->bad_count > 0)
    cmd_warn("%zu of %zu files left out", build->bad_count, scan->count);
}

static int run(struct options *options, struct error *err) {
  if (!options->folder)
    return error_set(err, "--output DIR is missing");
  if (options->sound_count == 0)
    return error_set(err, "SOUNDS_DIR is missing: a folder with one sub-folder per class");
  struct scan scan;
  if (scan_folders(&scan, options->sounds, options->sound_count, options->classes, err) != 0)
    return -1;
  struct stat status;
  bool is_new = stat(options->folder, &status) != 0;
  struct dataset data;
  int result = make_dataset(options, &scan, &data, err);
  if (result != 0 && is_new)
    rmdir(options->folder); /* nothing is left behind; fails when something is in it */
  if (result == 0) {
    print_all(options, &scan, &data);
    dataset_free(&data);
  }
  scan_free(&scan);
  return result;
}

/* The size that the network takes. */
static int take_size(struct options *options, struct error *err) {
  struct net net;
  if (net_load(&net, options->net, NULL, 0, err) != 0)
    return -1;
  if (net.height < FEATURES_SIDE_MIN || net.width < FEATURES_SIDE_MIN)
    return error_set(err, "%s: pictures of %dx%d, at least %dx%d is expected for sounds",
                     options->net, net.height, net.width, FEATURES_SIDE_MIN, FEATURES_SIDE_MIN);
  options->build.height = net.height;
  options->build.width = net.width;
  return 0;
}

int cmd_features(int argc, char **argv) {
  struct options options = {.build = {.height = 28, .width = 28, .progress = cmd_progress}};
  struct error err = {""};
  options.sounds = memory_new((size_t)argc, sizeof *options.sounds);
  option_parse(&argp, "engram features", argc, argv, &options, &options.json);
  int result = options.net ? take_size(&options, &err) : 0;
  if (result == 0)
    result = run(&options, &err);
  int status = result != 0                   ? cmd_fail(&err)
               : options.build.bad_count > 0 ? EXIT_MISMATCH
                                             : EXIT_DONE;
  build_free(&options.build);
  free(options.sounds);
  return status;
}
