/* pace.h : how fast pictures go through a device, and how long the rest will take.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_CMD_PACE_H
#define ENGRAM_CMD_PACE_H

#include "device/device.h"

#include <stdbool.h>
#include <stddef.h>

/* Training and inference differ in speed. */
enum pace_kind { PACE_INFERENCE, PACE_TRAINING, PACE_KINDS };

struct pace {
  const struct device *device; /* set by the caller, may be NULL; the rest begins with zeros */
  double begin, last;          /* time of the first and of the latest call of pace_add, in s */
  double line;                 /* device_line_seconds at the first */
  double shown;                /* time of the latest line */
  bool visible;                /* the line is there */
  enum pace_kind kind;         /* of the latest pictures */
  char what[64];               /* what they were for */
  size_t done;                 /* of them */
  double pictures[PACE_KINDS], seconds[PACE_KINDS];
};

/* Pictures that are still to come. */
struct pace_work {
  double pictures[PACE_KINDS];
};

/* `done` pictures of `what` have gone through by the time `now` (s, never falling). Of the first
 * call only the time counts. */
void pace_add(struct pace *pace, double now, const char *what, enum pace_kind kind, size_t done);

/* Pictures a second of one kind; 0: not known yet. */
double pace_rate(const struct pace *pace, enum pace_kind kind);

/* Seconds that the work will take; below 0: not known yet. A kind that has not been seen counts as
 * fast as the other. */
double pace_left(const struct pace *pace, const struct pace_work *work);

/* "0:07", "12:03", "3:04:05"; seconds >= 0 are rounded up. Returns `text`. */
enum { PACE_DURATION_BYTES = 32 };
char *pace_duration(char text[PACE_DURATION_BYTES], double seconds);

/* pace_add with the present time, and some times a second one overwritten line on stderr, only when
 * that is a terminal: "epoch 3 of 30: training 512/1024, 3104 pictures/s, 0:41 left". */
void pace_show(struct pace *pace, const char *what, enum pace_kind kind, size_t done, size_t total,
               const struct pace_work *work);

/* Clears the line when it is there: before anything else is printed. */
void pace_clear(struct pace *pace);

#endif
