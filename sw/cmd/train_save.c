/* train_save.c : --save: the files of a training, after each epoch and at its end.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/train_save.h"

#include "cmd/cmd.h"
#include "train/keep.h"

#include <string.h>

int train_save(const struct train_save *save, struct train *train, struct checkpoint *last,
               struct error *err) {
  struct checkpoint *both[] = {last, &train->best};
  for (size_t i = 0; i < sizeof both / sizeof both[0]; i++)
    both[i]->origin = *save->origin;
  return keep_save(save->path, train->net, last, train->best_epoch > 0 ? &train->best : last, err);
}

/* Where the run stands: the best weights have been read already. */
static int state_of(const struct train_save *save, struct train *train, bool is_best,
                    struct checkpoint *last, struct error *err) {
  if (!save->slow || !is_best)
    return train_state(train, last, err);
  weights_copy(&last->weights, &train->best.weights);
  last->state = train->best.state;
  last->place = train->best.place;
  return 0;
}

int train_save_epoch(struct train_save *save, struct train *train, const struct train_epoch *epoch,
                     struct checkpoint *last, struct error *err) {
  double begin = cmd_seconds();
  if (!save->path ||
      (save->slow && !epoch->best && TRAIN_SAVE_PART * save->seconds > begin - save->ended))
    return 0;
  if (state_of(save, train, epoch->best, last, err) != 0)
    return -1;
  struct error unsaved = {""};
  if (train_save(save, train, last, &unsaved) != 0)
    cmd_warn("%s: tried again behind the next epoch", unsaved.message);
  if (!epoch->best) {
    save->ended = cmd_seconds();
    save->seconds = save->ended - begin;
  }
  return 0;
}
