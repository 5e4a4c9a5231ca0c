/* cmd_train.c : `engram train`: trains a network on the model, the simulated RTL or a board.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/cmd.h"
#include "cmd/train_page.h"
#include "cmd/train_start.h"
#include "cmd/train_watcher.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

/* Of the first split. */
static struct train_save save_of(const struct training *training, int i) {
  const char *device = train_options_device(training->options);
  return (struct train_save){.path = i == 0 ? training->options->save : NULL,
                             .origin = &training->start.origin,
                             .slow = strcmp(device, "golden") != 0 && strcmp(device, "twin") != 0};
}

/* Trains from `start`, saves when it is asked to, and tests. */
static int train_watched(struct training *training, struct train_result *result,
                         const struct checkpoint *start, struct train_watcher *watcher,
                         struct error *err) {
  const struct train_options *options = training->options;
  struct train *train = &result->train;
  if (train_begin(train, start, training->has_best ? &training->best : NULL, err) != 0)
    return -1;
  pace_clear(&watcher->pace);
  if (!options->json)
    report_begin(result, train_options_device(options));
  if (train_run(train, options->epochs, options->steps, err) != 0 ||
      train_state(train, &result->last, err) != 0)
    return -1;
  pace_clear(&watcher->pace);
  if (!options->json && train->current.pictures > 0)
    report_epoch(&train->current, false);
  if (watcher->save.path && train_save(&watcher->save, train, &result->last, err) != 0)
    return -1;
  if (train->stopped)
    return 0;
  if (train_test(train, &result->test, &result->files, err) != 0)
    return -1;
  pace_clear(&watcher->pace);
  result->tested = true;
  if (!options->json)
    report_test(result);
  return 0;
}

/* Trains with split i; with the first one saves. */
static int train_split(struct training *training, int i, struct train_result *result,
                       struct error *err) {
  const struct train_options *options = training->options;
  struct train *train = &result->train;
  struct checkpoint start = training->start;
  struct train_watcher watcher = {.options = options,
                                  .train = train,
                                  .result = result,
                                  .log = &training->log,
                                  .save = save_of(training, i),
                                  .mistakes = options->report.path ? &result->mistakes : NULL,
                                  .start = start.place,
                                  .epoch = start.place.epoch + 1,
                                  .trainings = training->split_count - 1 - i,
                                  .pace = {.device = training->device}};
  start.place.data = train_digest(&training->data, training->parts[i]);
  result->by = training->by[i];
  result->whole_files = split_keeps_files(&training->data, training->parts[i]);
  *train = (struct train){.net = &training->net,
                          .device = training->device,
                          .data = &training->data,
                          .parts = training->parts[i],
                          .fresh = !options->weights.path,
                          .place = start.place,
                          .halve = options->halve,
                          .halve_count = options->halve_count,
                          .patience = options->patience,
                          .balance = options->balance,
                          .augment = training->augment,
                          .watch = train_watcher_watch(&watcher)};
  snprintf(result->title, sizeof result->title, "Split by %s", result->by);
  weights_new(&result->last.weights, &training->net);
  int failed = train_watched(training, result, &start, &watcher, err);
  pace_clear(&watcher.pace);
  return failed;
}

static void show_json(const struct training *training, const struct train_result *results,
                      int count, double seconds) {
  const struct train_options *options = training->options;
  json_t *json = train_page_json(training, results, count, train_options_device(options));
  json_object_set_new(json, "seconds", json_real(seconds));
  json_object_set_new(json, "saved", options->save ? json_string(options->save) : json_null());
  json_show(json);
}

static void show_end(const struct training *training, const struct train_result *results, int count,
                     double seconds) {
  const struct train_options *options = training->options;
  const struct train *train = &results[count - 1].train;
  uint64_t steps = 0;
  for (int i = 0; i < count; i++) {
    steps += results[i].last.state.steps - training->start.state.steps;
    report_patience(&results[i]);
    if (results[i].tested)
      report_line(&results[i]);
  }
  if (train->stopped || (train->place.epoch < options->epochs && !train_is_spent(train)))
    printf("%s in epoch %" PRIu32 " after %" PRIu32 " of %zu pictures\n",
           train->stopped ? "interrupted" : "stopped", train->place.epoch + 1,
           train->place.position, train->count[PART_TRAIN]);
  printf("%" PRIu64 " steps in %.1f s\n", steps, seconds);
  if (options->save)
    printf("saved %s and %s.best\n", options->save, options->save);
}

static int train_all(struct training *training, struct error *err) {
  struct train_result results[TRAINING_SPLITS] = {0};
  double begin = cmd_seconds();
  int result = 0, count = 0;
  while (result == 0 && count < training->split_count &&
         (count == 0 || !results[count - 1].train.stopped)) {
    result = train_split(training, count, &results[count], err);
    count++;
  }
  double seconds = cmd_seconds() - begin;
  if (result == 0 && training->options->report.path)
    result = train_page_write(training, results, count, err);
  if (result == 0 && training->options->json)
    show_json(training, results, count, seconds);
  else if (result == 0)
    show_end(training, results, count, seconds);
  for (int i = 0; i < count; i++) {
    train_end(&results[i].train);
    weights_free(&results[i].last.weights);
    report_mistakes_free(&results[i].mistakes);
  }
  return result;
}

/* Adds a signal, unless the program was started to ignore it. */
static void add_signal(sigset_t *set, int number) {
  struct sigaction action;
  if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN)
    sigaddset(set, number);
}

/* SIGINT, SIGTERM and SIGHUP (the terminal was closed) wait while training; they then end the
 * program in the usual way. */
static int run(struct training *training, struct error *err) {
  if (training_prepare(training, err) != 0)
    return -1;
  training_say(training);
  sigset_t wait, before;
  sigemptyset(&wait);
  add_signal(&wait, SIGINT);
  add_signal(&wait, SIGTERM);
  add_signal(&wait, SIGHUP);
  sigprocmask(SIG_BLOCK, &wait, &before);
  int result = train_all(training, err);
  if (train_log_close(&training->log, err) != 0)
    result = -1;
  if (fflush(stdout) != 0)
    result = error_set(err, "standard output: %s", strerror(errno));
  sigprocmask(SIG_SETMASK, &before, NULL);
  return result;
}

int cmd_train(int argc, char **argv) {
  struct train_options options = {.epochs = 30, .seed = 1, .rate = -1};
  struct training training = {.options = &options};
  struct error err = {""};
  option_parse(&train_options_argp, "engram train", argc, argv, &options, &options.json);
  int status = run(&training, &err) == 0 ? EXIT_DONE : cmd_device_fail(training.device, &err);
  training_free(&training);
  return status;
}
