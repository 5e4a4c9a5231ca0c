/* class_options.c : which classes of the data are taken, and in which order, where weights know
 * the names of those that they were trained on.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/class_options.h"

#include "data/classes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A list that was read. */
struct names {
  char **name; /* NULL: there is none */
  int count;
};

static const char *const *view(const struct names *names) {
  return (const char *const *)names->name;
}

/* Whether the data have all of them. */
static bool has_all(const struct dataset *data, const struct names *names) {
  bool all = true;
  for (int i = 0; i < names->count && all; i++) {
    bool there = false;
    for (int c = 0; c < data->class_count; c++)
      there = there || strcmp(names->name[i], data->class_names[c]) == 0;
    all = there;
  }
  return all;
}

/* Notes, or refuses, that the data's classes `found` are not the weights' `known`. `what` has them.
 */
static int meet_others(struct trained_classes *trained, const struct names *known, const char *what,
                       const struct names *found, bool allowed, struct error *err) {
  char *trained_on = classes_text(view(known), known->count);
  char *others = classes_text(view(found), found->count);
  int result = 0;
  if (!allowed)
    result = error_set(err,
                       "%s: was trained on the classes %s; %s has %s (other ones are learned from "
                       "the beginning, or by train --restart)",
                       trained->path, trained_on, what, others);
  else if (trained->transfer)
    snprintf(trained->note, sizeof trained->note,
             "%s: was trained on the classes %s; now it learns %s", trained->path, trained_on,
             others);
  else
    snprintf(trained->note, sizeof trained->note,
             "%s: was trained on the classes %s; labels %s are taken for them", trained->path,
             trained_on, others);
  free(trained_on);
  free(others);
  return result;
}

/* --classes beside the weights' names. *list becomes what is to be taken. */
static int choose_given(struct trained_classes *trained, const struct names *given,
                        const struct names *known, const struct dataset *data, const char **list,
                        struct error *err) {
  switch (classes_compare(view(given), given->count, view(known), known->count)) {
  case CLASSES_SAME:
    return 0;
  case CLASSES_PERMUTED:
    *list = trained->names;
    char *order = classes_text(view(known), known->count);
    snprintf(trained->note, sizeof trained->note, "--classes: taken in the order of %s: %s",
             trained->path, order);
    free(order);
    return 0;
  default:
    return meet_others(trained, known, "--classes", given, trained->transfer || !data->named, err);
  }
}

/* No --classes: the weights' classes, or all there are. */
static int choose_known(struct trained_classes *trained, const struct names *known,
                        const char *folder, const struct dataset *data, const char **list,
                        struct error *err) {
  const struct names there = {data->class_names, data->class_count};
  *list = trained->names;
  if (has_all(data, known))
    return 0;
  *list = NULL;
  return meet_others(trained, known, folder, &there, trained->transfer, err);
}

int class_options_select(const char *given, struct trained_classes *trained, const char *folder,
                         struct dataset *data, struct error *err) {
  struct names wanted = {NULL, 0}, known = {NULL, 0};
  const char *list = given;
  if (given)
    wanted.name = classes_read(given, &wanted.count, err);
  if (trained->names[0] != '\0')
    known.name = classes_read(trained->names, &known.count, err);
  int result = err->message[0] ? -1 : 0;
  if (result == 0 && known.name && given)
    result = choose_given(trained, &wanted, &known, data, &list, err);
  else if (result == 0 && known.name)
    result = choose_known(trained, &known, folder, data, &list, err);
  if (result == 0 && list)
    result = dataset_select(data, folder, list, err);
  classes_free(wanted.name, wanted.count);
  classes_free(known.name, known.count);
  return result;
}

int class_options_list(const struct dataset *data, char *text, size_t size, struct error *err) {
  char *list = classes_write((const char *const *)data->class_names, data->class_count);
  size_t length = strlen(list);
  int result = 0;
  if (length < size)
    memcpy(text, list, length + 1);
  else
    result =
        error_set(err, "class names: found %zu bytes in all, allowed less than %zu", length, size);
  free(list);
  return result;
}
