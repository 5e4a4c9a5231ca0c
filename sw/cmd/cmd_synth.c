/* cmd_synth.c : `engram synth`: labelled engine-like sounds from a seed.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/net_options.h"
#include "data/classes.h"
#include "sound/synth.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 64 };
static const char manifest_name[] = "manifest.csv";

struct options {
  const char *folder, *classes;
  uint64_t recordings; /* per class */
  uint64_t seconds;    /* per recording */
  uint64_t seed;
  bool json;
};

struct selection {
  int classes[SYNTH_CLASS_COUNT];
  int count;
};

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case 'o':
    options->folder = arg;
    return 0;
  case 'c':
    options->classes = arg;
    return 0;
  case 'r':
    options->recordings = option_number(state, "recordings", arg, 1, 10000);
    return 0;
  case 't':
    options->seconds = option_number(state, "seconds", arg, 1, 600);
    return 0;
  case 's':
    options->seed = option_number(state, "seed", arg, 0, INT64_MAX);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"output", 'o', "DIR", 0, "folder for the sounds, made when missing", 2},
    {"classes", 'c', "NAMES", 0,
     "classes to make, of airplane,car,engine,helicopter,train; airplane,car by default", 2},
    {"recordings", 'r', "N", 0, "recordings of each class, 40 by default", 2},
    {"seconds", 't', "S", 0, "length of each, 5 by default", 2},
    {"seed", 's', "N", 0, "another seed makes other sounds, 1 by default", 2},
    {0},
};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .doc = "Make labelled engine-like sounds: DIR/CLASS/CLASS-000.wav, ... (16-bit, 22,050 Hz, "
           "mono) and DIR/manifest.csv.",
};

static int select_classes(const char *list, struct selection *selection, struct error *err) {
  const char *names[SYNTH_CLASS_COUNT];
  for (int c = 0; c < SYNTH_CLASS_COUNT; c++)
    names[c] = synth_class_name((enum synth_class)c);
  selection->count =
      classes_select(list, names, SYNTH_CLASS_COUNT, "engram synth", selection->classes, err);
  return selection->count < 0 ? -1 : 0;
}

/* "car/car-007.wav" */
static void sound_name(char *name, int class, uint64_t recording) {
  const char *class_name = synth_class_name((enum synth_class) class);
  snprintf(name, NAME_BYTES, "%s/%s-%03u.wav", class_name, class_name, (unsigned)recording);
}

/* Refuses a folder that holds anything: leftovers would become part of the data. */
static int check_folder(const char *path, struct error *err) {
  DIR *folder = opendir(path);
  if (!folder)
    return errno == ENOENT ? 0 : error_set(err, "%s: %s", path, strerror(errno));
  int result = 0;
  const struct dirent *entry;
  while (result == 0 && (entry = readdir(folder)) != NULL)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      result =
          error_set(err, "%s: holds %s, an empty or a new folder is expected", path, entry->d_name);
  closedir(folder);
  return result;
}

static int write_class(const struct options *options, const char *into, int class, int16_t *samples,
                       size_t count, struct error *err) {
  const char *name = synth_class_name((enum synth_class) class);
  char *folder = path_join(into, name);
  int result = folder_make(folder, err);
  free(folder);
  for (uint64_t r = 0; r < options->recordings && result == 0; r++) {
    char file[NAME_BYTES];
    sound_name(file, class, r);
    char *path = path_join(into, file);
    synth_render((enum synth_class) class, options->seed, r, samples, count);
    result = sound_save(path, samples, count, err);
    free(path);
    cmd_progress(name, r + 1, options->recordings);
  }
  return result;
}

static int write_manifest(const struct options *options, const char *into,
                          const struct selection *selection, struct error *err) {
  char *path = path_join(into, manifest_name);
  struct output out;
  FILE *file = output_open(&out, path, err);
  free(path);
  if (!file)
    return -1;
  fputs("path,class,recording\n", file);
  for (int i = 0; i < selection->count; i++)
    for (uint64_t r = 0; r < options->recordings; r++) {
      const char *class = synth_class_name((enum synth_class)selection->classes[i]);
      char name[NAME_BYTES];
      sound_name(name, selection->classes[i], r);
      fprintf(file, "%s,%s,synth-%llu-%s-%03u\n", name, class, (unsigned long long)options->seed,
              class, (unsigned)r);
    }
  return output_commit(&out, err);
}

static void print_json(const struct options *options, const struct selection *selection) {
  json_t *names = json_array();
  for (int i = 0; i < selection->count; i++)
    json_array_append_new(names,
                          json_string(synth_class_name((enum synth_class)selection->classes[i])));
  json_t *json = json_pack("{s:s, s:o, s:I, s:I, s:I}", "folder", options->folder, "classes", names,
                           "recordings_per_class", (json_int_t)options->recordings, "seconds",
                           (json_int_t)options->seconds, "seed", (json_int_t)options->seed);
  json_dumpf(json, stdout, JSON_INDENT(2));
  putchar('\n');
  json_decref(json);
}

static void print_text(const struct options *options, const struct selection *selection) {
  for (int i = 0; i < selection->count; i++)
    printf("%s/%s: %u recordings of %u s\n", options->folder,
           synth_class_name((enum synth_class)selection->classes[i]), (unsigned)options->recordings,
           (unsigned)options->seconds);
}

static int write_all(const struct options *options, const char *into,
                     const struct selection *selection, struct error *err) {
  size_t count = (size_t)options->seconds * SOUND_RATE_HZ;
  int16_t *samples = memory_new(count, sizeof *samples);
  int result = 0;
  for (int i = 0; i < selection->count && result == 0; i++)
    result = write_class(options, into, selection->classes[i], samples, count, err);
  free(samples);
  return result ? result : write_manifest(options, into, selection, err);
}

/* All of it, or nothing. */
static int run(const struct options *options, struct error *err) {
  struct selection selection;
  if (!options->folder || options->folder[0] == '\0')
    return error_set(err, "--output DIR is missing");
  if (select_classes(options->classes, &selection, err) != 0 ||
      check_folder(options->folder, err) != 0)
    return -1;
  struct staging staging;
  if (staging_open(&staging, options->folder, err) != 0)
    return -1;
  if (write_all(options, staging.path, &selection, err) != 0) {
    staging_abort(&staging);
    return -1;
  }
  if (staging_commit(&staging, err) != 0)
    return -1;
  if (options->json)
    print_json(options, &selection);
  else
    print_text(options, &selection);
  return 0;
}

int cmd_synth(int argc, char **argv) {
  struct options options = {.classes = "airplane,car", .recordings = 40, .seconds = 5, .seed = 1};
  struct error err = {""};
  option_parse(&argp, "engram synth", argc, argv, &options, &options.json);
  return run(&options, &err) == 0 ? EXIT_DONE : cmd_fail(&err);
}
