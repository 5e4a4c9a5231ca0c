/* class_options.h : which classes of the data are taken, and in which order, where weights know
 * the names of those that they were trained on.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_CMD_CLASS_OPTIONS_H
#define ENGRAM_CMD_CLASS_OPTIONS_H

#include "data/dataset.h"

/* What is known of the weights' classes. */
struct trained_classes {
  const char *path;  /* of the weights, for messages; NULL: new ones */
  const char *names; /* a list (data/classes.h); "": not known */
  bool transfer;     /* they are to learn other classes, too (--restart) */
  char note[1024]; /* what is not as it was asked for, for cmd_warn when all is well; "": nothing */
};

/* Picks the classes of `data`, of the folder `folder`. Without `given` (--classes) they are the
 * weights', or all; the same names in another order are put into the weights' order, so that labels
 * mean what they meant. Other names are refused with both lists, unless `transfer` or data without
 * names (IDX without dataset.json: label numbers) allow them; whatever is not as it was asked for
 * becomes trained->note. Returns 0 or -1. */
int class_options_select(const char *given, struct trained_classes *trained, const char *folder,
                         struct dataset *data, struct error *err);

/* The data's names as a list for the weights' file: text [size]. Fails where they are too long. */
int class_options_list(const struct dataset *data, char *text, size_t size, struct error *err);

#endif
