/* data_options.h : the options --data, --classes, --test, --split, --rotation, --use-parts, --load
 * and --on of the commands that use
 * pictures or trained weights, as argp children, and the checks that belong to them.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_CMD_DATA_OPTIONS_H
#define ENGRAM_CMD_DATA_OPTIONS_H

#include "cmd/class_options.h"
#include "data/dataset.h"
#include "data/split.h"
#include "model/checkpoint.h"

#include <argp.h>
#include <jansson.h>

/* How the data are divided. */
struct split_choice {
  const char *by;    /* split.h; NULL: the data's own parts where they have some, else by segment */
  const char *table; /* of parts, instead of `by`; NULL: none */
  struct rotation rotation; /* count 0: none */
};

struct data_options {
  const char *folder; /* NULL: not given */
  const char *classes;
  size_t test_count; /* 0: not given */
  struct split_choice split;
};

struct weights_options {
  const char *path;   /* NULL: not given */
  const char *device; /* NULL: not given, "golden" is meant */
};

/* The children's inputs are a `struct data_options` and a `struct weights_options`, zeroed. */
extern const struct argp data_options_argp;
extern const struct argp weights_options_argp;

/* Loads the data set that the options name; --data is required. Of its classes those are taken that
 * class_options_select says. Refuses pictures or classes that are not as many or as large as
 * the net's, and says which are there. Returns 0 and a data set to be released, or -1. */
int data_options_load(const struct data_options *options, struct trained_classes *trained,
                      const struct net *net, struct dataset *data, struct error *err);

/* Says on stderr what was noted about classes and data, when all is well. */
void data_options_say(const struct trained_classes *trained, const struct dataset *data);

/* Says where the pictures' sounds came through another channel than those of the training
 * (`channel` of struct origin), and how many pictures are flat (features_is_flat): of them a net
 * without biases says class 0. */
void data_options_look(const struct data_options *options, const struct dataset *data,
                       const char *channel);

/* Loads the weights that the options name; --load is required. `checkpoint` is preset and has
 * weights of the net's shapes. Says on stderr how many weights had to be rounded, if any. */
int weights_options_load(const struct weights_options *options, const struct net *net,
                         struct checkpoint *checkpoint, struct error *err);

/* split_read or split_make as the choice says; what was taken, split.h's name or the table's path,
 * goes to *by. Says on stderr how many recordings stand in more than one part where they were not
 * dealt out by segment. */
int data_split(const struct dataset *data, const struct split_choice *choice, uint64_t seed,
               const char **by, enum part *parts, struct error *err);

/* Whether a split with the place's seed and the choice's rotation or table is the one that the
 * checkpoint was trained on (by its digest). If so, *by and parts [data->count] are that one. */
bool data_find_split(const struct dataset *data, const struct place *place,
                     const struct split_choice *choice, const char **by, enum part *parts);

/* "a, b, c" of names, cut when they do not fit. Returns `text`. */
const char *names_list(char *text, size_t size, char *const *names, int count,
                       const char *separator);

/* "%016x" of a hash as a JSON text. */
json_t *json_hash(uint64_t hash);

/* Prints on stdout and releases. */
void json_show(json_t *json);

#endif
