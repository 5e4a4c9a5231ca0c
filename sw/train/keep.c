/* keep.c : the files of a training run.
 * SPDX-License-Identifier: MIT
 */
#include "train/keep.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

static char *best_path(const char *path) {
  static const char ending[] = ".best";
  char *text = memory_new(strlen(path) + sizeof ending, 1);
  stpcpy(stpcpy(text, path), ending);
  return text;
}

/* Opens and writes one file out, short of giving it its place. */
static int stage(struct output *out, const char *path, const struct net *net,
                 const struct checkpoint *checkpoint, struct error *err) {
  FILE *file = output_open(out, path, err);
  if (!file)
    return -1;
  int result = checkpoint_write(file, net, checkpoint, err);
  if (result == 0)
    result = output_check(out, err);
  if (result != 0)
    output_abort(out);
  return result;
}

static int write_both(const char *path, const struct net *net, const struct checkpoint *last,
                      const struct checkpoint *best, bool keep, struct error *err) {
  struct output outs[2];
  char *second = best_path(path);
  int result = stage(&outs[0], path, net, last, err);
  if (result == 0 && stage(&outs[1], second, net, best, err) != 0) {
    output_abort(&outs[0]);
    result = -1;
  } else if (result == 0 && !keep) {
    output_abort(&outs[0]);
    output_abort(&outs[1]);
  } else if (result == 0 && output_commit(&outs[1], err) != 0) {
    /* the best comes first: between the two, last would name a best that is not there */
    output_abort(&outs[0]);
    result = -1;
  } else if (result == 0) {
    result = output_commit(&outs[0], err);
  }
  free(second);
  return result;
}

int keep_save(const char *path, const struct net *net, const struct checkpoint *last,
              const struct checkpoint *best, struct error *err) {
  return write_both(path, net, last, best, true, err);
}

int keep_check(const char *path, const struct net *net, const struct checkpoint *any,
               struct error *err) {
  return write_both(path, net, any, any, false, err);
}

bool keep_load_best(const char *path, const struct net *net, const struct checkpoint *last,
                    struct checkpoint *best) {
  struct error ignored = {""};
  size_t inexact;
  char *second = best_path(path);
  int result = checkpoint_load(second, net, best, &inexact, &ignored);
  free(second);
  const struct place *place = &best->place;
  return result == 0 && place->data != 0 && place->data == last->place.data &&
         place->seed == last->place.seed && place->position == 0 && place->epoch >= 1 &&
         place->epoch <= last->place.epoch && best->state.steps <= last->state.steps;
}
