/* cmd_infer.c : `engram infer`: class by segment of sound files.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "cmd/net_options.h"
#include "data/channel.h"
#include "data/classes.h"
#include "device/device.h"
#include "model/softmax.h"
#include "sound/features.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_LABELS = 0x200, KEY_VIEW };
enum { NAME_CHARACTERS = 40 }; /* of a class, on a terminal */

struct options {
  struct net_options net;
  struct weights_options weights;
  const char *labels;
  enum features_view view;
  bool view_given;
  const char **files; /* [file_count], in the memory of argv */
  size_t file_count;
  bool json;
};

/* One file's segments. */
struct listening {
  const char *path;
  uint8_t *pictures;            /* [count][height][width] */
  struct reply *replies;        /* [count] */
  bool *silent;                 /* [count], of which no class can be said */
  size_t count, heard;          /* heard: that are not silent */
  double mean[NET_CLASSES_MAX]; /* probabilities, over the segments that are heard */
  int verdict;                  /* the largest of them, the lowest of equal ones */
  struct channel channel;       /* its rate and bandwidth */
  struct error problem;         /* why it could not be read; empty: it could */
};

static const char silence[] = "silence";

struct inference {
  const struct options *options;
  struct net net;
  struct checkpoint checkpoint;
  char *names[NET_CLASSES_MAX]; /* [net.classes], owned */
  enum features_view view;
  struct listening *files; /* [options.file_count] */
  size_t bad_count;        /* of them */
  struct device *device;
};

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->net;
    state->child_inputs[1] = &options->weights;
    return 0;
  case KEY_LABELS:
    options->labels = arg;
    return 0;
  case KEY_VIEW:
    option_view(state, arg, &options->view);
    options->view_given = true;
    return 0;
  case ARGP_KEY_ARG:
    options->files[options->file_count++] = arg;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"labels", KEY_LABELS, "NAMES", 0,
     "the classes' names, as a,b,... (label 0 first), one with a comma in quotes; those of the "
     "training by default",
     2},
    {"view", KEY_VIEW, "VIEW", 0,
     "spectrum or modulation (engram features); that of the training by default", 2},
    {0},
};
static const struct argp_child children[] = {
    {&net_options_argp, 0, "Network:", 1}, {&weights_options_argp, 0, "Weights:", 1}, {0}};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .children = children,
    .args_doc = "SOUND...",
    .doc = "Say what is heard in sound files (WAV, FLAC, OGG, ...): the class of each segment "
           "with its probability, and the class of the whole file, which has the largest mean "
           "probability. Segments of digital silence have none. A file that cannot be read is "
           "told, the others are answered, and the exit status is 1.",
};

/* Names are for people here; in JSON they are as they are. */
static void show_names(struct inference *inference) {
  for (int c = 0; c < inference->net.classes && !inference->options->json; c++) {
    char *shown = utf8_printable(inference->names[c], NAME_CHARACTERS);
    free(inference->names[c]);
    inference->names[c] = shown;
  }
}

/* Says where --labels are not the names that the weights know. */
static void compare_names(const struct inference *inference, const char *const *given) {
  struct error unread = {""}; /* what cannot be read has no names to compare */
  const char *list = inference->checkpoint.origin.class_names;
  int count = 0;
  char **names = list[0] ? classes_read(list, &count, &unread) : NULL;
  if (names && classes_compare(given, inference->net.classes, (const char *const *)names, count) !=
                   CLASSES_SAME) {
    char *trained = classes_text((const char *const *)names, count);
    char *called = classes_text(given, inference->net.classes);
    cmd_warn("--labels: %s was trained on the classes %s, which are called %s here",
             inference->options->weights.path, trained, called);
    free(trained);
    free(called);
  }
  classes_free(names, count);
}

/* Names of the classes: --labels, else those of the training, else their numbers. */
static int name_classes(struct inference *inference, struct error *err) {
  const char *given = inference->options->labels;
  const char *list = given ? given : inference->checkpoint.origin.class_names;
  int count = 0, classes = inference->net.classes;
  char **names = list[0] || given ? classes_read(list, &count, err) : NULL;
  if (err->message[0])
    return -1;
  if (names && count != classes) {
    error_set(err, "%s: found %d names (%s), network '%s' has %d classes",
              given ? "--labels" : inference->options->weights.path, count, list,
              inference->net.name, classes);
    classes_free(names, count);
    return -1;
  }
  for (int c = 0; c < classes; c++)
    if (names && names[c][0])
      inference->names[c] = text_copy(names[c]);
    else
      snprintf(inference->names[c] = memory_new(12, 1), 12, "%d", c);
  classes_free(names, count);
  if (given)
    compare_names(inference, (const char *const *)inference->names);
  show_names(inference);
  return 0;
}

/* What the pictures of the training showed, or what --view says. */
static int choose_view(struct inference *inference, struct error *err) {
  const struct options *options = inference->options;
  const char *trained = inference->checkpoint.origin.view;
  inference->view = options->view;
  if (options->view_given || trained[0] == '\0' || features_find_view(trained, &inference->view))
    return 0;
  return error_set(err, "%s: view: found '%s', allowed spectrum, modulation (or name one: --view)",
                   options->weights.path, trained);
}

/* Turns a file into pictures. */
static void listen(const struct inference *inference, struct features *features,
                   struct listening *file) {
  struct error *problem = &file->problem;
  size_t pixels = (size_t)(inference->net.height * inference->net.width);
  struct features_file loaded;
  int result = features_load(features, file->path, &loaded, problem);
  file->pictures = loaded.pictures;
  file->count = loaded.count;
  channel_add(&file->channel, loaded.rate_hz, loaded.bandwidth_hz);
  if (result == 0 && file->count == 0)
    error_set(problem, "%s: is shorter than %d ms", file->path,
              features_segment_ms(inference->view));
  file->silent = memory_new(file->count, sizeof *file->silent);
  for (size_t i = 0; i < file->count; i++) {
    file->silent[i] = features_is_flat(file->pictures + i * pixels, pixels);
    file->heard += !file->silent[i];
  }
}

static bool is_bad(const struct listening *file) {
  return file->problem.message[0] != '\0';
}

/* Turns all files into pictures before any is answered; some must be good. */
static int listen_all(struct inference *inference, struct error *err) {
  const struct options *options = inference->options;
  const struct net *net = &inference->net;
  if (net->height < FEATURES_SIDE_MIN || net->width < FEATURES_SIDE_MIN)
    return error_set(err, "network '%s' takes pictures of %dx%d, sounds make at least %dx%d",
                     net->name, net->height, net->width, FEATURES_SIDE_MIN, FEATURES_SIDE_MIN);
  struct features *features = features_new(inference->view, net->height, net->width);
  for (size_t i = 0; i < options->file_count; i++) {
    struct listening *file = &inference->files[i];
    file->path = options->files[i];
    listen(inference, features, file);
    inference->bad_count += is_bad(file);
  }
  features_free(features);
  if (inference->bad_count == options->file_count && options->file_count == 1)
    return error_set(err, "%s", inference->files[0].problem.message);
  for (size_t i = 0; i < options->file_count; i++)
    if (is_bad(&inference->files[i]))
      cmd_fail(&inference->files[i].problem);
  if (inference->bad_count == options->file_count)
    return error_set(err, "none of %zu files could be read", options->file_count);
  return 0;
}

/* Adds a reply to the file's mean. */
static void add_reply(const struct inference *inference, struct listening *file,
                      const struct reply *reply) {
  for (int c = 0; c < inference->net.classes; c++)
    file->mean[c] += (double)reply->probability[c] / SOFTMAX_ONE / (double)file->heard;
}

/* Answers the segments that are not silent. */
static int infer_file(struct inference *inference, struct listening *file, struct error *err) {
  size_t pixels = (size_t)(inference->net.height * inference->net.width), count = 0;
  struct job *jobs = memory_new(file->count, sizeof *jobs);
  struct reply *replies = memory_new(file->count, sizeof *replies);
  file->replies = memory_new(file->count, sizeof *file->replies);
  for (size_t i = 0; i < file->count; i++)
    if (!file->silent[i])
      jobs[count++] = (struct job){file->pictures + i * pixels, pixels, 0, false};
  int result = device_run(inference->device, jobs, count, replies, err);
  count = 0;
  for (size_t i = 0; i < file->count && result == 0; i++) {
    if (file->silent[i])
      continue;
    file->replies[i] = replies[count++];
    if (file->replies[i].status != REPLY_GOOD)
      result = error_set(err, "%s: the device refused segment %zu", file->path, i);
    add_reply(inference, file, &file->replies[i]);
  }
  for (int c = 1; c < inference->net.classes; c++)
    if (file->mean[c] > file->mean[file->verdict])
      file->verdict = c;
  free(jobs);
  free(replies);
  return result;
}

/* Says where files come through another channel than those of the training. */
static void compare_channels(const struct inference *inference) {
  struct channel known = channel_read(inference->checkpoint.origin.channel);
  for (size_t i = 0; i < inference->options->file_count; i++) {
    const struct listening *file = &inference->files[i];
    char found[CHANNEL_TEXT_BYTES], expected[CHANNEL_TEXT_BYTES];
    if (!is_bad(file) && channel_differs(&known, &file->channel))
      cmd_warn("%s: %s; the training's files had %s: the answer may be about the channel",
               file->path, channel_describe(&file->channel, found, sizeof found),
               channel_describe(&known, expected, sizeof expected));
  }
}

static int infer(struct inference *inference, struct error *err) {
  const struct options *options = inference->options;
  const char *device = options->weights.device ? options->weights.device : "golden";
  struct net *net = &inference->net;
  struct checkpoint *checkpoint = &inference->checkpoint;
  if (options->file_count == 0)
    return error_set(err, "no sound file is given");
  if (net_options_load(&options->net, net, err) != 0)
    return -1;
  weights_new(&checkpoint->weights, net);
  checkpoint->state = device_state_fresh(net, 1);
  if (weights_options_load(&options->weights, net, checkpoint, err) != 0 ||
      name_classes(inference, err) != 0 || choose_view(inference, err) != 0 ||
      listen_all(inference, err) != 0)
    return -1;
  compare_channels(inference);
  inference->device = device_open(device, net, err);
  if (!inference->device ||
      device_set(inference->device, &checkpoint->weights, &checkpoint->state, err) != 0)
    return -1;
  for (size_t i = 0; i < options->file_count; i++) {
    if (!is_bad(&inference->files[i]) && infer_file(inference, &inference->files[i], err) != 0)
      return -1;
    cmd_progress("sound", i + 1, options->file_count);
  }
  return 0;
}

static double seconds_at(const struct inference *inference, size_t segment) {
  return (double)(segment * features_segment_samples(inference->view)) / SOUND_RATE_HZ;
}

static double probability(const struct reply *reply) {
  return (double)reply->probability[reply->best] / SOFTMAX_ONE;
}

static void show_file(const struct inference *inference, const struct listening *file) {
  size_t agreeing = 0;
  printf("%s\n", file->path);
  for (size_t i = 0; i < file->count; i++) {
    const struct reply *reply = &file->replies[i];
    if (file->silent[i]) {
      printf("  %7.1f s  %-16s     -\n", seconds_at(inference, i), silence);
      continue;
    }
    printf("  %7.1f s  %-16s %.3f\n", seconds_at(inference, i), inference->names[reply->best],
           probability(reply));
    agreeing += reply->best == file->verdict;
  }
  if (file->heard == 0)
    printf("  all        %-16s     -  (%zu segments)\n", silence, file->count);
  else
    printf("  all        %-16s %.3f  (%zu of %zu segments)\n", inference->names[file->verdict],
           file->mean[file->verdict], agreeing, file->heard);
}

static json_t *probabilities_json(const struct inference *inference, const double *values) {
  json_t *json = json_array();
  for (int c = 0; c < inference->net.classes; c++)
    json_array_append_new(json, json_real(values[c]));
  return json;
}

/* {"class", "label", "probability", "probabilities"}; of silence the class alone. */
static json_t *answer_json(const struct inference *inference, bool silent, int class,
                           const double *values) {
  if (silent)
    return json_pack("{s:s, s:n, s:n, s:n}", "class", silence, "label", "probability",
                     "probabilities");
  return json_pack("{s:s, s:i, s:f, s:o}", "class", inference->names[class], "label", class,
                   "probability", values[class], "probabilities",
                   probabilities_json(inference, values));
}

static json_t *file_json(const struct inference *inference, const struct listening *file) {
  json_t *segments = json_array();
  for (size_t i = 0; i < file->count; i++) {
    const struct reply *reply = &file->replies[i];
    double values[NET_CLASSES_MAX];
    for (int c = 0; c < inference->net.classes; c++)
      values[c] = (double)reply->probability[c] / SOFTMAX_ONE;
    json_t *segment = answer_json(inference, file->silent[i], reply->best, values);
    json_object_set_new(segment, "seconds", json_real(seconds_at(inference, i)));
    json_array_append_new(segments, segment);
  }
  json_t *json = answer_json(inference, file->heard == 0, file->verdict, file->mean);
  struct channel known = channel_read(inference->checkpoint.origin.channel);
  json_object_set_new(json, "file", json_string(file->path));
  json_object_set_new(json, "rate_hz", json_integer(file->channel.rate_low_hz));
  json_object_set_new(json, "bandwidth_hz", json_integer(file->channel.band_low_hz));
  json_object_set_new(json, "other_channel", json_boolean(channel_differs(&known, &file->channel)));
  json_object_set_new(json, "segments", segments);
  return json;
}

static void show(const struct inference *inference) {
  json_t *files = json_array();
  for (size_t i = 0; i < inference->options->file_count; i++) {
    const struct listening *file = &inference->files[i];
    if (inference->options->json && !is_bad(file))
      json_array_append_new(files, file_json(inference, file));
    else if (!is_bad(file))
      show_file(inference, file);
  }
  if (inference->options->json)
    json_show(json_pack("{s:s, s:O}", "net", inference->net.name, "files", files));
  json_decref(files);
}

int cmd_infer(int argc, char **argv) {
  struct options options = {.files = memory_new((size_t)argc, sizeof *options.files)};
  struct inference inference = {.options = &options};
  struct error err = {""};
  option_parse(&argp, "engram infer", argc, argv, &options, &options.json);
  inference.files = memory_new(options.file_count, sizeof *inference.files);
  int result = infer(&inference, &err);
  if (result == 0)
    show(&inference);
  int status = result != 0               ? cmd_device_fail(inference.device, &err)
               : inference.bad_count > 0 ? EXIT_MISMATCH
                                         : EXIT_DONE;
  device_close(inference.device);
  for (size_t i = 0; i < options.file_count; i++) {
    free(inference.files[i].pictures);
    free(inference.files[i].replies);
    free(inference.files[i].silent);
  }
  free(inference.files);
  for (int c = 0; c < NET_CLASSES_MAX; c++)
    free(inference.names[c]);
  free(options.files);
  weights_free(&inference.checkpoint.weights);
  return status;
}
