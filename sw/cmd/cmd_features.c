/* cmd_features.c : `engram features`: sound files in one folder per class -> pictures and labels.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/net_options.h"
#include "data/build.h"
#include "data/sheet.h"
#include "sound/features.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EVERY_MS_MAX = 60000 };

struct options {
  const char *folder, *classes, *plot, *net;
  int height, width;
  enum features_view view;
  int every_ms; /* 0: where the picture before ends */
  bool json;
  const char **sounds; /* [sound_count], folders, in the memory of argv */
  size_t sound_count;
};

/* Pictures, files and recordings of one class. */
struct counts {
  size_t pictures, files, recordings;
};

static void parse_size(struct options *options, const char *text, struct argp_state *state) {
  int length = 0;
  int fields = sscanf(text, "%2dx%2d%n", &options->height, &options->width, &length);
  if (fields != 2 || text[length] != '\0' || options->height < FEATURES_SIDE_MIN ||
      options->height > FEATURES_SIDE_MAX || options->width < FEATURES_SIDE_MIN ||
      options->width > FEATURES_SIDE_MAX)
    argp_error(state, "--size=%s: HEIGHTxWIDTH, each from %d to %d, is expected", text,
               FEATURES_SIDE_MIN, FEATURES_SIDE_MAX);
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
    option_view(state, arg, &options->view);
    return 0;
  case 'e':
    options->every_ms = (int)option_number(state, "every", arg, 1, EVERY_MS_MAX);
    return 0;
  case 'n':
    options->net = arg;
    return 0;
  case 'p':
    options->plot = arg;
    return 0;
  case 'j':
    options->json = true;
    return 0;
  case 'V':
    option_version();
  case ARGP_KEY_ARG:
    options->sounds[options->sound_count++] = arg;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"output", 'o', "DIR", 0, "folder for the data set, made when missing", 0},
    {"classes", 'c', "NAMES", 0, "classes to take, as a,b,... (label 0 first); all of them by name",
     0},
    {"size", 's', "HxW", 0, "height and width of the pictures, 28x28 by default", 0},
    {"view", 'w', "VIEW", 0,
     "spectrum of 300 ms (default), or modulation: how each second's bands beat", 0},
    {"every", 'e', "MS", 0,
     "a picture begins every MS ms instead of where the one before ends; what overlaps can only be "
     "split by recording",
     0},
    {"net", 'n', "FILE", 0, "take the pictures' size from a network's description", 0},
    {"plot", 'p', "FILE", 0, "draw some pictures of each class as a PNG file", 0},
    {"json", 'j', 0, 0, "print the result as JSON", 0},
    OPTION_VERSION,
    {0},
};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .args_doc = "SOUNDS_DIR...",
    .doc =
        "Turn sound files (WAV, FLAC, OGG, ...) into pictures, labelled by folder."
        "\vEach SOUNDS_DIR has one sub-folder of sound files per class. Column `recording` of its "
        "manifest.csv (beside column `path`), where there is one, says which files were cut from "
        "one recording; otherwise each file is one. The data set is images-idx3-ubyte, "
        "labels-idx1-ubyte and dataset.json.",
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

static void print_json(const struct options *options, const struct dataset *data,
                       size_t too_short) {
  json_t *classes = json_array();
  for (int c = 0; c < data->class_count; c++) {
    struct counts counts = count_class(data, c);
    json_array_append_new(classes, json_pack("{s:s, s:I, s:I, s:I}", "name", data->class_names[c],
                                             "recordings", (json_int_t)counts.recordings, "files",
                                             (json_int_t)counts.files, "pictures",
                                             (json_int_t)counts.pictures));
  }
  json_t *json =
      json_pack("{s:s, s:s, s:i, s:i, s:o, s:i, s:i, s:I, s:I}", "folder", options->folder, "view",
                data->view, "height", data->height, "width", data->width, "classes", classes,
                "recordings", data->recording_count, "files", data->file_count, "pictures",
                (json_int_t)data->count, "too_short", (json_int_t)too_short);
  json_dumpf(json, stdout, JSON_INDENT(2));
  putchar('\n');
  json_decref(json);
}

static void print_table(const struct options *options, const struct dataset *data,
                        size_t too_short) {
  printf("%-20s %10s %8s %9s\n", "class", "recordings", "files", "pictures");
  for (int c = 0; c < data->class_count; c++) {
    struct counts counts = count_class(data, c);
    printf("%-20s %10zu %8zu %9zu\n", data->class_names[c], counts.recordings, counts.files,
           counts.pictures);
  }
  printf("%-20s %10d %8d %9zu\n", "all", data->recording_count, data->file_count, data->count);
  if (too_short)
    printf("%zu files shorter than %d ms left out\n", too_short,
           features_segment_ms(options->view));
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
static int make_dataset(const struct options *options, struct build *build, struct dataset *data,
                        struct error *err) {
  if (dataset_prepare(options->folder, err) != 0 ||
      (options->plot && prepare_plot(options->plot, err) != 0) ||
      build_pictures(build, options->view, options->height, options->width, options->every_ms,
                     cmd_progress, data, err) != 0)
    return -1;
  if (dataset_save(data, options->folder, err) == 0 &&
      (!options->plot || sheet_save(data, options->plot, err) == 0))
    return 0;
  dataset_free(data);
  return -1;
}

static int run(const struct options *options, struct error *err) {
  if (!options->folder)
    return error_set(err, "--output DIR is missing");
  if (options->sound_count == 0)
    return error_set(err, "SOUNDS_DIR is missing: a folder with one sub-folder per class");
  struct build build;
  if (build_scan(&build, options->sounds, options->sound_count, options->classes, err) != 0)
    return -1;
  struct stat status;
  bool is_new = stat(options->folder, &status) != 0;
  struct dataset data;
  int result = make_dataset(options, &build, &data, err);
  if (result != 0 && is_new)
    rmdir(options->folder); /* nothing is left behind; fails when something is in it */
  if (result == 0) {
    if (options->json)
      print_json(options, &data, build.too_short);
    else
      print_table(options, &data, build.too_short);
    dataset_free(&data);
  }
  build_free(&build);
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
  options->height = net.height;
  options->width = net.width;
  return 0;
}

int cmd_features(int argc, char **argv) {
  struct options options = {.height = 28, .width = 28};
  struct error err = {""};
  options.sounds = memory_new((size_t)argc, sizeof *options.sounds);
  option_parse(&argp, "engram features", argc, argv, &options);
  int result = options.net ? take_size(&options, &err) : 0;
  if (result == 0)
    result = run(&options, &err);
  free(options.sounds);
  return result == 0 ? EXIT_DONE : cmd_fail(&err);
}
