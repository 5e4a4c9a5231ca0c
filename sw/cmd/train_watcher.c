/* train_watcher.c : what happens while `engram train` trains.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/train_watcher.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <string.h>

/* What is still to be done when `done` pictures of the present kind are. */
static struct pace_work work_left(const struct train_watcher *watcher, enum pace_kind kind,
                                  size_t done) {
  const struct train_options *options = watcher->options;
  const struct train *train = watcher->train;
  const struct place *place = &train->place, *start = &watcher->start;
  double epoch = (double)train->count[PART_TRAIN];
  double from = start->epoch * epoch + start->position, at = place->epoch * epoch + place->position;
  double to = options->epochs * epoch;
  if (options->steps > 0 && to > from + (double)options->steps)
    to = from + (double)options->steps;
  double ends = floor(to / epoch) - place->epoch; /* epochs that are still to be measured */
  double measured = ends * (double)train->count[PART_VALIDATION] + (double)train->count[PART_TEST];
  struct pace_work work = {{measured - (kind == PACE_INFERENCE ? (double)done : 0), to - at}};
  work.pictures[PACE_TRAINING] += watcher->trainings * to;
  work.pictures[PACE_INFERENCE] += watcher->trainings * measured;
  return work;
}

/* Whether one of the signals that are blocked while training has come. */
static bool was_interrupted(void) {
  sigset_t pending;
  return sigpending(&pending) == 0 &&
         (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
          sigismember(&pending, SIGHUP) == 1);
}

static bool watch_chunk(void *context, const char *what, size_t done, size_t total) {
  struct train_watcher *watcher = context;
  enum pace_kind kind = strcmp(what, "training") == 0 ? PACE_TRAINING : PACE_INFERENCE;
  struct pace_work left = work_left(watcher, kind, done);
  char label[64];
  if (strcmp(what, "test") == 0)
    snprintf(label, sizeof label, "test");
  else
    snprintf(label, sizeof label, "epoch %" PRIu32 " of %" PRIu32 ": %s", watcher->epoch,
             watcher->options->epochs, what);
  pace_show(&watcher->pace, label, kind, done, total, &left);
  return !was_interrupted();
}

static void watch_reply(void *context, const char *what, size_t picture,
                        const struct reply *reply) {
  struct train_watcher *watcher = context;
  if (watcher->mistakes && strcmp(what, "test") == 0)
    report_answer(watcher->mistakes, watcher->train->data, picture, reply);
}

/* What is shown has been saved. */
static int watch_epoch(void *context, const struct train_epoch *epoch, struct error *err) {
  struct train_watcher *watcher = context;
  struct train_result *result = watcher->result;
  watcher->epoch = epoch->epoch + 1;
  pace_clear(&watcher->pace);
  train_log_epoch(watcher->log, epoch, result->by);
  if (train_save_epoch(&watcher->save, watcher->train, epoch, &result->last, err) != 0)
    return -1;
  if (!watcher->options->json)
    report_epoch(epoch, true);
  return 0;
}

struct train_watch train_watcher_watch(struct train_watcher *watcher) {
  return (struct train_watch){watcher, watch_chunk, watch_epoch, watch_reply};
}
