/* augment.h : pictures to train on that are moved a little and mirrored, anew in each epoch.
 * SPDX-License-Identifier: MIT
 *
 * What a picture becomes is a pure function of the seed, the epoch and the picture's number, so
 * that a run that is stopped goes on with the same pictures, on any device.
 */
#ifndef ENGRAM_DATA_AUGMENT_H
#define ENGRAM_DATA_AUGMENT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is done to pictures; {0} leaves them as they are. */
struct augment {
  int shift;   /* at most so many pixels down or up, and right or left; each as likely */
  bool mirror; /* left and right change places in one of two */
};

/* What is done to one picture. */
struct augment_move {
  int down, right; /* pixels, -shift..shift */
  bool mirror;     /* before it is moved */
};

/* Reads "shift=1", "mirror" or both with a comma, for pictures of height * width pixels, which move
 * by half of the shorter side at most. Returns 0, or -1 with what is allowed. */
int augment_parse(struct augment *augment, const char *text, int height, int width,
                  struct error *err);

/* Whether it changes pictures. */
bool augment_changes(const struct augment *augment);

/* What picture number `picture` of a data set becomes in an epoch (0, 1, ...). */
struct augment_move augment_draw(const struct augment *augment, uint64_t seed, uint32_t epoch,
                                 size_t picture);

/* to [height][width] = from, mirrored and moved; pixels that nothing moves to get `fill`. The two
 * do not overlap; |down| <= height, |right| <= width. */
void augment_picture(const uint8_t *from, int height, int width, struct augment_move move,
                     uint8_t fill, uint8_t *to);

#endif
