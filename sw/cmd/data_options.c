/* data_options.c : options of the commands that use pictures or trained weights.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/data_options.h"

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/net_options.h"
#include "data/channel.h"
#include "data/classes.h"
#include "sound/features.h"
#include "train/train.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_ON = 0x100, KEY_TEST, KEY_SPLIT, KEY_ROTATION, KEY_USE_PARTS };

/* "K/N"; anything else ends the program. */
static struct rotation option_rotation(struct argp_state *state, const char *text) {
  struct rotation rotation = {0, 0};
  int length = 0;
  int fields = sscanf(text, "%4d/%4d%n", &rotation.index, &rotation.count, &length);
  if (fields != 2 || text[length] != '\0' || rotation.count < ROTATIONS_MIN ||
      rotation.count > ROTATIONS_MAX || rotation.index < 1 || rotation.index > rotation.count)
    argp_error(state, "--rotation=%s: K/N is expected, N from %d to %d and K from 1 to N", text,
               ROTATIONS_MIN, ROTATIONS_MAX);
  return rotation;
}

static error_t parse_data(int key, char *arg, struct argp_state *state) {
  struct data_options *options = state->input;
  switch (key) {
  case 'd':
    options->folder = arg;
    return 0;
  case 'c':
    options->classes = arg;
    return 0;
  case KEY_TEST:
    options->test_count = (size_t)option_number(state, "test", arg, 1, UINT32_MAX);
    return 0;
  case KEY_SPLIT:
    options->split.by = arg;
    return 0;
  case KEY_ROTATION:
    options->split.rotation = option_rotation(state, arg);
    return 0;
  case KEY_USE_PARTS:
    options->split.table = arg;
    return 0;
  case ARGP_KEY_END:
    if (options->split.by && options->split.table)
      argp_error(state, "--split, --use-parts: one of them is expected");
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option data_table[] = {
    {"data", 'd', "DIR", 0, "data set made by `engram features`, or IDX files such as MNIST's", 1},
    {"classes", 'c', "NAMES", 0,
     "classes to take, as a,b,... (label 0 first), a name with a comma in quotes: \"a, b\",c; "
     "weights that know their classes' names keep their order",
     1},
    {"test", KEY_TEST, "N", 0,
     "the last N pictures are the test instead of one in ten; where t10k-... files are there, they "
     "are it",
     1},
    {"split", KEY_SPLIT, "BY", 0,
     "what never parts: segment (each picture for itself), recording, or any column of the "
     "manifest, such as author; part: as the manifest says. Without it that of the weights' "
     "training, else part where the manifest says so, else segment. `train` also takes both: "
     "twice, by segment, which --save keeps, and "
     "by recording",
     1},
    {"rotation", KEY_ROTATION, "K/N", 0,
     "cross-validation: of N groups the K-th is the test, the next validation", 1},
    {"use-parts", KEY_USE_PARTS, "FILE", 0,
     "take the parts from a CSV file as `train --parts` writes it: columns part, and picture or "
     "path",
     1},
    {0},
};
const struct argp data_options_argp = {.options = data_table, .parser = parse_data};

static error_t parse_weights(int key, char *arg, struct argp_state *state) {
  struct weights_options *options = state->input;
  switch (key) {
  case 'l':
    options->path = arg;
    return 0;
  case KEY_ON:
    options->device = arg;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option weights_table[] = {
    {"load", 'l', "FILE", 0, "weights and state to begin with (safetensors)", 1},
    {"on", KEY_ON, "DEVICE", 0,
     "golden (the model, default), twin (the same in double precision: what training without "
     "rounding gives), sim (the emitted core in Verilator) or a board's serial port: "
     "/dev/ttyUSB0, or /dev/ttyUSB0@115200 for a board with an unusual baud",
     1},
    {0},
};
const struct argp weights_options_argp = {.options = weights_table, .parser = parse_weights};

const char *names_list(char *text, size_t size, char *const *names, int count,
                       const char *separator) {
  size_t length = 0;
  text[0] = '\0';
  for (int i = 0; i < count && length < size; i++)
    length += (size_t)snprintf(text + length, size - length, "%s%s", i ? separator : "", names[i]);
  return text;
}

static int check_data(const struct dataset *data, const char *folder, const struct net *net,
                      struct error *err) {
  if (data->class_count != net->classes) {
    char *names = classes_text((const char *const *)data->class_names, data->class_count);
    error_set(err, "%s: has %d classes (%.512s), network '%s' has %d: choose with --classes",
              folder, data->class_count, names, net->name, net->classes);
    free(names);
    return -1;
  }
  if (data->height != net->height || data->width != net->width)
    return error_set(err, "%s: has pictures of %dx%d, network '%s' takes %dx%d", folder,
                     data->height, data->width, net->name, net->height, net->width);
  return 0;
}

/* What --test says of the pictures that were loaded. */
static int choose_test(const struct data_options *options, struct dataset *data,
                       struct error *err) {
  if (options->test_count == 0)
    return 0;
  if (data->test_count > 0)
    return error_set(err, "--test: %s has a test of its own (t10k-...)", options->folder);
  if (options->test_count >= data->count)
    return error_set(err, "--test: found %zu, allowed less than the %zu pictures of %s",
                     options->test_count, data->count, options->folder);
  data->test_count = options->test_count;
  return 0;
}

int data_options_load(const struct data_options *options, struct trained_classes *trained,
                      const struct net *net, struct dataset *data, struct error *err) {
  if (!options->folder)
    return error_set(err, "--data DIR is missing");
  if (dataset_load(data, options->folder, NULL, err) != 0)
    return -1;
  if (class_options_select(options->classes, trained, options->folder, data, err) == 0 &&
      check_data(data, options->folder, net, err) == 0 && choose_test(options, data, err) == 0)
    return 0;
  dataset_free(data);
  return -1;
}

void data_options_say(const struct trained_classes *trained, const struct dataset *data) {
  if (data->note[0])
    cmd_warn("%s", data->note);
  if (trained->note[0])
    cmd_warn("%s", trained->note);
}

void data_options_look(const struct data_options *options, const struct dataset *data,
                       const char *channel) {
  struct channel known = channel_read(channel), found = channel_of(data, -1);
  char here[CHANNEL_TEXT_BYTES], there[CHANNEL_TEXT_BYTES];
  size_t flat = 0, pixels = (size_t)data->height * (size_t)data->width;
  if (channel_differs(&known, &found))
    cmd_warn("%s: the sounds have %s; those of the training had %s", options->folder,
             channel_describe(&found, here, sizeof here),
             channel_describe(&known, there, sizeof there));
  for (size_t i = 0; i < data->count; i++)
    flat += features_is_flat(data->pictures + i * pixels, pixels);
  if (flat > 0)
    cmd_warn("%s: %zu of %zu pictures are flat, every pixel the same: whatever is learned, class "
             "'%s' or chance is the answer",
             options->folder, flat, data->count, data->class_names[0]);
}

int weights_options_load(const struct weights_options *options, const struct net *net,
                         struct checkpoint *checkpoint, struct error *err) {
  size_t inexact;
  if (!options->path)
    return error_set(err, "--load FILE is missing");
  if (checkpoint_load(options->path, net, checkpoint, &inexact, err) != 0)
    return -1;
  bool rounds = !options->device || strcmp(options->device, "twin") != 0;
  if (inexact > 0 && rounds)
    fprintf(stderr, "%s: %zu of %zu weights were rounded to the network's formats\n", options->path,
            inexact, net->weight_count);
  return 0;
}

/* What is meant without --split. */
static const char *usual_split(const struct dataset *data) {
  for (int i = 0; i < data->column_count && data->test_count == 0; i++)
    if (strcmp(data->columns[i].name, split_part) == 0)
      return split_part;
  return split_segment;
}

int data_split(const struct dataset *data, const struct split_choice *choice, uint64_t seed,
               const char **by, enum part *parts, struct error *err) {
  *by = choice->table ? choice->table : choice->by ? choice->by : usual_split(data);
  int result = choice->table ? split_read(data, choice->table, seed, &choice->rotation, parts, err)
                             : split_make(data, *by, seed, &choice->rotation, parts, err);
  int shared = result == 0 ? split_shared_recordings(data, parts) : 0;
  if (shared > 0 && strcmp(*by, split_segment) != 0)
    cmd_warn("split by %s: %d of %d recordings stand in more than one part", *by, shared,
             data->recording_count);
  return result;
}

/* Whether this split is the one of the digest. */
static bool is_split(const struct dataset *data, const struct place *place,
                     const struct split_choice *choice, const char *by, enum part *parts) {
  struct error ignored = {""}; /* a split that the data do not allow is not the one */
  int result = choice->table
                   ? split_read(data, by, place->seed, &choice->rotation, parts, &ignored)
                   : split_make(data, by, place->seed, &choice->rotation, parts, &ignored);
  return result == 0 && train_digest(data, parts) == place->data;
}

bool data_find_split(const struct dataset *data, const struct place *place,
                     const struct split_choice *choice, const char **by, enum part *parts) {
  *by = choice->table;
  if (*by)
    return is_split(data, place, choice, *by, parts);
  /* Where several deal out the same parts, the one that is named is meant. */
  const char *const usual[] = {choice->by, split_segment, split_recording};
  for (int i = choice->by ? 0 : 1; i < 3 + data->column_count; i++) {
    *by = i < 3 ? usual[i] : data->columns[i - 3].name;
    if (is_split(data, place, choice, *by, parts))
      return true;
  }
  return false;
}

json_t *json_hash(uint64_t hash) {
  return json_sprintf("%016" PRIx64, hash);
}

void json_show(json_t *json) {
  json_dumpf(json, stdout, JSON_INDENT(2));
  putchar('\n');
  json_decref(json);
}
