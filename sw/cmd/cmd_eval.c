/* cmd_eval.c : `engram eval`: accuracy, loss and confusion matrix of trained weights.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "cmd/net_options.h"
#include "cmd/pace.h"
#include "cmd/report_options.h"
#include "model/softmax.h"
#include "train/train.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_SEED = 0x200, KEY_PART, KEY_REPLIES };
enum { PARTS = 4, ORIGIN_BYTES = 160 };

static const char *const part_names[PARTS] = {
    [PART_TRAIN] = "train", [PART_VALIDATION] = "validation", [PART_TEST] = "test", "all"};
enum { PART_ALL = PARTS - 1 };

struct options {
  struct net_options net;
  struct data_options data;
  struct weights_options weights;
  struct report_options report;
  int part;
  uint64_t seed;
  const char *replies; /* NULL: not given */
  bool seed_given, json;
};

/* What is measured on what. */
struct evaluation {
  const struct options *options;
  struct net net;
  struct checkpoint checkpoint;
  struct dataset data;
  const char *split;               /* split.h, or a table's path */
  bool whole_files;                /* no file is only partly among the measured pictures */
  bool trained_on;                 /* the split is the one the weights were trained with */
  bool origin_known;               /* which of the pictures the training had */
  size_t learned_from, chose_with; /* of the measured pictures, where it is known */
  size_t *pictures;
  size_t count;
  struct device *device;
  struct pace pace;
  struct metrics metrics;
  struct metrics files;     /* one decision a file; count = 0: there are no whole files */
  struct counters counters; /* of measuring */
  struct report_mistakes mistakes;
  FILE *replies; /* NULL: not written */
};

static error_t parse_choice(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case KEY_SEED:
    options->seed = option_number(state, "seed", arg, 0, UINT64_MAX);
    options->seed_given = true;
    return 0;
  case KEY_PART:
    for (options->part = 0; options->part < PARTS; options->part++)
      if (!strcmp(arg, part_names[options->part]))
        return 0;
    argp_error(state, "--part=%s: train, validation, test or all is expected", arg);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->net;
    state->child_inputs[1] = &options->data;
    state->child_inputs[2] = &options->weights;
    state->child_inputs[3] = &options->report;
    return 0;
  case KEY_REPLIES:
    options->replies = arg;
    return 0;
  default:
    return parse_choice(key, arg, state);
  }
}

static const struct argp_option table[] = {
    {"part", KEY_PART, "PART", 0, "test (default), validation, train or all pictures", 2},
    {"seed", KEY_SEED, "N", 0, "of the split; that of the training by default", 2},
    {"replies", KEY_REPLIES, "FILE", 0,
     "write each picture's label, class and probabilities there, as CSV", 2},
    {0},
};
static const struct argp_child children[] = {{&net_options_argp, 0, "Network:", 1},
                                             {&data_options_argp, 0, "Pictures:", 1},
                                             {&weights_options_argp, 0, "Weights:", 1},
                                             {&report_options_argp, 0, "Report:", 1},
                                             {0}};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .children = children,
    .doc = "Measure trained weights on labelled pictures: accuracy, loss, kappa, precision, recall "
           "and F1 of each class, and the confusion matrix."
           "\vWithout --classes the classes of the training are taken; with it they must be the "
           "same ones, and keep the training's order.",
};

/* Divides the data as the training did, when it was on these, or as the options say. */
static int choose_split(struct evaluation *evaluation, enum part *parts, struct error *err) {
  const struct options *options = evaluation->options;
  struct place place = evaluation->checkpoint.place;
  if (options->seed_given)
    place.seed = options->seed;
  const struct split_choice *choice = &options->data.split;
  const char *by = NULL;
  bool found = data_find_split(&evaluation->data, &place, choice, &by, parts);
  evaluation->trained_on = found && (!choice->by || strcasecmp(choice->by, by) == 0);
  evaluation->split = by;
  if (!evaluation->trained_on &&
      data_split(&evaluation->data, choice, place.seed, &evaluation->split, parts, err) != 0)
    return -1;
  evaluation->whole_files = split_keeps_files(&evaluation->data, parts);
  return 0;
}

static int choose_pictures(struct evaluation *evaluation, struct error *err) {
  int part = evaluation->options->part;
  enum part *parts = memory_new(evaluation->data.count, sizeof *parts);
  int result = 0;
  if (part == PART_ALL)
    part = PART_TRAIN; /* memory_new's zeros: all pictures are in this part */
  else
    result = choose_split(evaluation, parts, err);
  if (result == 0)
    evaluation->pictures =
        split_pictures(&evaluation->data, parts, (enum part)part, &evaluation->count);
  free(parts);
  return result;
}

/* ---- what the training had seen ---- */

/* Counts which of the chosen pictures the weights were trained on, and which chose the epoch. */
static void find_origin(struct evaluation *evaluation) {
  const struct dataset *data = &evaluation->data;
  enum part *parts = memory_new(data->count, sizeof *parts);
  const char *by;
  const struct place *place = &evaluation->checkpoint.place;
  const struct split_choice *choice = &evaluation->options->data.split;
  const struct split_choice untold = {.rotation = choice->rotation};
  evaluation->origin_known =
      place->data != 0 && (data_find_split(data, place, choice, &by, parts) ||
                           data_find_split(data, place, &untold, &by, parts));
  for (size_t i = 0; i < evaluation->count && evaluation->origin_known; i++) {
    evaluation->learned_from += parts[evaluation->pictures[i]] == PART_TRAIN;
    evaluation->chose_with += parts[evaluation->pictures[i]] == PART_VALIDATION;
  }
  free(parts);
}

/* "1024 of 1280 were trained on, 128 chose the epoch", or that it is not known. Returns `text`. */
static const char *origin_text(const struct evaluation *evaluation, char *text, size_t size) {
  size_t learned = evaluation->learned_from, chose = evaluation->chose_with;
  if (!evaluation->origin_known)
    snprintf(text, size, "not known which of them it was trained on");
  else if (learned + chose == 0)
    snprintf(text, size, "it was trained on none of them");
  else
    snprintf(text, size, "%zu of %zu were trained on, %zu chose the epoch", learned,
             evaluation->count, chose);
  return text;
}

/* ---- measuring ---- */

static bool watch_chunk(void *context, const char *what, size_t done, size_t total) {
  const struct pace_work left = {.pictures[PACE_INFERENCE] = (double)(total - done)};
  struct evaluation *evaluation = context;
  pace_show(&evaluation->pace, what, PACE_INFERENCE, done, total, &left);
  return true;
}

/* A line of the file of replies. */
static void write_reply(const struct evaluation *evaluation, size_t picture,
                        const struct reply *reply) {
  fprintf(evaluation->replies, "%zu,%d,%d", picture, evaluation->data.labels[picture], reply->best);
  for (int c = 0; c < evaluation->net.classes; c++)
    fprintf(evaluation->replies, ",%.8f", (double)reply->probability[c] / SOFTMAX_ONE);
  fputc('\n', evaluation->replies);
}

static void watch_reply(void *context, const char *what, size_t picture,
                        const struct reply *reply) {
  struct evaluation *evaluation = context;
  (void)what;
  if (evaluation->options->report.path)
    report_answer(&evaluation->mistakes, &evaluation->data, picture, reply);
  if (evaluation->replies)
    write_reply(evaluation, picture, reply);
}

static int measure(struct evaluation *evaluation, struct error *err) {
  const struct train_watch watch = {
      .context = evaluation, .chunk = watch_chunk, .reply = watch_reply};
  struct counters before, *counters = &evaluation->counters;
  evaluation->pace.device = evaluation->device;
  if (device_counters(evaluation->device, &before, err) != 0)
    return -1;
  struct votes *votes = evaluation->whole_files ? votes_new(&evaluation->data) : NULL;
  int result = train_measure(evaluation->device, &evaluation->data, evaluation->pictures,
                             evaluation->count, part_names[evaluation->options->part], &watch,
                             &evaluation->metrics, votes, err);
  if (votes)
    votes_count(votes, &evaluation->files);
  votes_free(votes);
  pace_clear(&evaluation->pace);
  if (result != 0 || device_counters(evaluation->device, counters, err) != 0)
    return -1;
  for (int which = 0; which < NET_COUNTERS_MAX; which++)
    for (int l = 0; l < NET_LAYERS_MAX; l++)
      counters->count[which][l] -= before.count[which][l];
  return 0;
}

static int measure_and_write(struct evaluation *evaluation, struct error *err) {
  struct output out;
  if (!evaluation->options->replies)
    return measure(evaluation, err);
  FILE *file = output_open(&out, evaluation->options->replies, err);
  if (!file)
    return -1;
  evaluation->replies = file;
  fputs("picture,label,class", file);
  for (int c = 0; c < evaluation->net.classes; c++)
    fprintf(file, ",p%d", c);
  fputc('\n', file);
  if (measure(evaluation, err) != 0) {
    output_abort(&out);
    return -1;
  }
  return output_commit(&out, err);
}

static int evaluate(struct evaluation *evaluation, struct error *err) {
  const struct options *options = evaluation->options;
  const char *device = options->weights.device ? options->weights.device : "golden";
  struct net *net = &evaluation->net;
  struct checkpoint *checkpoint = &evaluation->checkpoint;
  if (net_options_load(&options->net, net, err) != 0)
    return -1;
  weights_new(&checkpoint->weights, net);
  checkpoint->state = device_state_fresh(net, 1);
  checkpoint->place.seed = 1;
  struct trained_classes trained = {options->weights.path, checkpoint->origin.class_names, false,
                                    ""};
  if (weights_options_load(&options->weights, net, checkpoint, err) != 0 ||
      data_options_load(&options->data, &trained, net, &evaluation->data, err) != 0 ||
      choose_pictures(evaluation, err) != 0 || report_options_check(&options->report, err) != 0)
    return -1;
  data_options_say(&trained, &evaluation->data);
  data_options_look(&options->data, &evaluation->data, checkpoint->origin.channel);
  find_origin(evaluation);
  evaluation->device = device_open(device, net, err);
  metrics_begin(&evaluation->metrics, net->classes);
  if (!evaluation->device ||
      device_set(evaluation->device, &checkpoint->weights, &checkpoint->state, err) != 0)
    return -1;
  return measure_and_write(evaluation, err);
}

static json_t *origin_json(bool known, size_t count) {
  return known ? json_integer((json_int_t)count) : json_null();
}

/* `weights` is how the file is called. */
static json_t *result_json(const struct evaluation *evaluation, const char *weights) {
  const struct options *options = evaluation->options;
  bool all = options->part == PART_ALL, known = evaluation->origin_known;
  char *const *names = evaluation->data.class_names;
  return json_pack(
      "{s:s, s:o, s:s, s:s, s:s?, s:b, s:o, s:o, s:o, s:o}", "net", evaluation->net.name,
      "net_hash", json_hash(evaluation->net.net_hash), "weights", weights, "part",
      part_names[options->part], "split", all ? NULL : evaluation->split, "split_of_training",
      !all && evaluation->trained_on, "trained_on", origin_json(known, evaluation->learned_from),
      "chose_epoch", origin_json(known, evaluation->chose_with), "metrics",
      metrics_json(&evaluation->metrics, names), "files",
      evaluation->files.count > 0 ? metrics_json(&evaluation->files, names) : json_null());
}

/* ---- the report ---- */

static void add_facts(struct report *report, const struct evaluation *evaluation,
                      const char *weights) {
  const struct options *options = evaluation->options;
  const struct checkpoint *checkpoint = &evaluation->checkpoint;
  const char *device = options->weights.device ? options->weights.device : "golden";
  report_facts(report, device);
  report_fact(report, "Weights", "%s, after %" PRIu32 " steps", weights, checkpoint->state.steps);
  if (options->part == PART_ALL)
    report_fact(report, "Pictures", "all");
  else
    report_fact(report, "Pictures", "part \"%s\", split by %s with seed %" PRIu64 "%s",
                part_names[options->part], evaluation->split,
                options->seed_given ? options->seed : checkpoint->place.seed,
                evaluation->trained_on ? ", the split of the training"
                                       : ", not the split of the training: it may have seen them");
  char origin[ORIGIN_BYTES];
  report_fact(report, "Seen in training", "%s", origin_text(evaluation, origin, sizeof origin));
  const struct rotation *rotation = &options->data.split.rotation;
  if (options->part != PART_ALL && rotation->count > 0)
    report_fact(report, "Rotation", "%d of %d", rotation->index, rotation->count);
}

static int write_report(struct evaluation *evaluation, struct error *err) {
  const struct options *options = evaluation->options;
  char *weights = report_file(options->weights.path);
  struct report_run run = {.title = "Evaluation",
                           .part =
                               options->part == PART_TRAIN ? "training" : part_names[options->part],
                           .freeze = evaluation->checkpoint.state.freeze,
                           .metrics = evaluation->metrics,
                           .files = evaluation->files,
                           .counters = evaluation->counters,
                           .weights = &evaluation->checkpoint.weights,
                           .mistakes = evaluation->mistakes,
                           .json = result_json(evaluation, weights)};
  struct report report = {.kind = "evaluation",
                          .net = &evaluation->net,
                          .data = &evaluation->data,
                          .folders = options->report.folders,
                          .folder_count = options->report.folder_count,
                          .runs = &run,
                          .run_count = 1,
                          .json = run.json};
  add_facts(&report, evaluation, weights);
  int result = report_save(&report, options->report.path, err);
  json_decref(run.json);
  free(weights);
  return result;
}

static void show(const struct evaluation *evaluation) {
  const struct options *options = evaluation->options;
  bool all = options->part == PART_ALL;
  char origin[ORIGIN_BYTES];
  if (options->json) {
    json_show(result_json(evaluation, options->weights.path));
    return;
  }
  printf("%s, %s: %s pictures", evaluation->net.name, options->weights.path,
         part_names[options->part]);
  if (!all)
    printf(" by %s (%s)", evaluation->split,
           evaluation->trained_on ? "the split of the training"
                                  : "not the split of the training: it may have seen them");
  if (all || evaluation->learned_from + evaluation->chose_with > 0)
    printf(": %s", origin_text(evaluation, origin, sizeof origin));
  printf("\n");
  metrics_print(&evaluation->metrics, evaluation->data.class_names, stdout);
  if (evaluation->files.count > 0)
    printf("\nwhole files: accuracy %.2f %%, loss %.4f (%" PRIu64 " files)\n",
           100 * metrics_accuracy(&evaluation->files), metrics_loss(&evaluation->files),
           evaluation->files.count);
}

int cmd_eval(int argc, char **argv) {
  struct options options = {.part = PART_TEST};
  struct evaluation evaluation = {.options = &options, .whole_files = true};
  struct error err = {""};
  option_parse(&argp, "engram eval", argc, argv, &options, &options.json);
  int result = evaluate(&evaluation, &err);
  if (result == 0 && options.report.path)
    result = write_report(&evaluation, &err);
  if (result == 0)
    show(&evaluation);
  int status = result == 0 ? EXIT_DONE : cmd_device_fail(evaluation.device, &err);
  device_close(evaluation.device);
  dataset_free(&evaluation.data);
  free(evaluation.pictures);
  report_mistakes_free(&evaluation.mistakes);
  weights_free(&evaluation.checkpoint.weights);
  return status;
}
