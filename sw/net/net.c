/* net.c : reads a network's description.
 * SPDX-License-Identifier: MIT
 */
#include "net/net.h"

#include "net/describe_parts.h"
#include "net/synapse_parts.h"

#include <stdio.h>
#include <string.h>

enum {
  RANDOM_BITS_MAX = 16,
  FOLD_LIMIT = 999999, /* what is legal depends on the shapes: net_check_layout */
};

#define KIND(NAME, name) &name##_describe,
static const struct describe_kind *const kinds[] = {LAYER_KINDS(KIND)};
#undef KIND

const struct describe_kind *describe_kind(const struct layer *layer) {
  return kinds[layer->kind];
}

#define SYNAPSE(NAME, name) &name##_synapse,
static const struct synapse *const synapses[] = {SYNAPSES(SYNAPSE)};
#undef SYNAPSE

const struct synapse *synapse_of(const struct layer *layer) {
  return synapses[layer->synapse];
}

/* ---- the grammar ---- */

const struct schema_field describe_format_fields[] = {
    INT("bits", struct format, bits, BITS_MIN, BITS_MAX),
    INT("frac", struct format, frac, 0, FRAC_MAX),
    END,
};
const struct schema_field describe_weight_fields[] = {
    INT("bits", struct layer, word.bits, BITS_MIN, BITS_MAX),
    INT("frac", struct layer, word.frac, 0, FRAC_MAX),
    INT("used", struct layer, used, BITS_MIN, BITS_MAX),
    INT("init", struct layer, init, -FRAC_MAX, 0),
    ENUM("synapse", struct layer, synapse, net_synapse_names),
    END,
};
const struct schema_field describe_stored_fields[] = {
    INT("bits", struct layer, word.bits, BITS_MIN, BITS_MAX),
    INT("frac", struct layer, word.frac, 0, FRAC_MAX),
    INT("used", struct layer, used, BITS_MIN, BITS_MAX),
    INT("init", struct layer, init, -FRAC_MAX, 0),
    ENUM("synapse", struct layer, synapse, net_synapse_names),
    ENUM("storage", struct layer, storage, net_storage_names),
    END,
};

const struct schema_field describe_bias_fields[] = {
    INT("bits", struct bias, word.bits, BITS_MIN, BITS_MAX),
    INT("frac", struct bias, word.frac, 0, FRAC_MAX),
    INT("init", struct bias, init, -FRAC_MAX, 0),
    END,
};

int describe_read_bias(const char *text, void *target) {
  struct bias *bias = target;
  bias->there = strcmp(text, "true") == 0;
  return bias->there || strcmp(text, "false") == 0 ? 0 : -1;
}

static const struct schema_field input_fields[] = {
    INT_NEEDED("height", struct net, height, 1, NET_SIDE_MAX),
    INT_NEEDED("width", struct net, width, 1, NET_SIDE_MAX),
    INT("bits", struct net, pixel_depth, 1, NET_PIXEL_DEPTH_MAX),
    INT("threshold", struct net, pixel_threshold, 1, 255),
    INT("offset", struct net, pixel_offset, 0, 255),
    INT("frac", struct net, pixel_frac, 0, FRAC_MAX),
    END,
};
static const struct schema_field training_fields[] = {
    INT("rate", struct net, rate, 0, NET_RATE_MAX),
    ENUM("rounding", struct net, rounding, net_rounding_names),
    INT("random_bits", struct net, random_bits, 1, RANDOM_BITS_MAX),
    END,
};
#define NUMBER(NAME, name, usual)                                                                  \
  INT(#name, struct net, fold[FOLD_##NAME], -FOLD_LIMIT, FOLD_LIMIT),
#define WORD(NAME, name) ENUM(#name, struct net, fold[FOLD_##NAME], net_##name##_names),
static const struct schema_field layout_fields[] = {NET_FOLDS(NUMBER, WORD) END};
#undef NUMBER
#undef WORD
#define KIND(NAME, name) {#name, name##_fields, &name##_defaults},
static const struct schema_item layer_items[] = {LAYER_KINDS(KIND){NULL, NULL, NULL}};
#undef KIND
static const struct schema_field net_fields[] = {
    {.key = "name",
     .type = SCHEMA_TEXT,
     .required = true,
     .offset = offsetof(struct net, name),
     .low = 1,
     .high = NET_NAME_MAX},
    {.key = "input", .type = SCHEMA_MAP, .required = true, .fields = input_fields},
    {.key = "layers",
     .type = SCHEMA_LIST,
     .required = true,
     .offset = offsetof(struct net, layer),
     .low = 1,
     .high = NET_LAYERS_MAX,
     .items = layer_items,
     .item_size = sizeof(struct layer),
     .count_offset = offsetof(struct net, layer_count)},
    MAP("training", 0, training_fields),
    MAP("layout", 0, layout_fields),
    END,
};

/* ---- loading ---- */

/* Which override set each fold; NULL where none did. */
struct overrides {
  const char *fold[FOLD_COUNT];
};

static int read_fold(enum fold fold, const char *text, int *value) {
  const char *const *words = net_fold_words(fold);
  if (!words)
    return schema_int(text, -FOLD_LIMIT, FOLD_LIMIT, value);
  for (int i = 0; words[i]; i++)
    if (strcmp(words[i], text) == 0) {
      *value = i;
      return 0;
    }
  return -1;
}

static int refuse_override(const char *text, const char *found, enum fold fold, struct error *err) {
  char allowed[160] = "an integer";
  const char *const *words = net_fold_words(fold);
  for (size_t i = 0, length = 0; words && words[i]; i++)
    length += (size_t)snprintf(allowed + length, sizeof allowed - length, "%s%s", i ? ", " : "",
                               words[i]);
  return error_set(err, "fold %s: found %s, allowed %s", text, found, allowed);
}

static int read_override(struct net *net, const char *text, struct overrides *overrides,
                         struct error *err) {
  char names[160] = "";
  size_t listed = 0;
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++) {
    const char *name = net_fold_name(fold);
    size_t length = strlen(name);
    if (strncmp(text, name, length) == 0 && text[length] == '=') {
      overrides->fold[fold] = text;
      const char *value = text + length + 1;
      return read_fold(fold, value, &net->fold[fold]) ? refuse_override(text, value, fold, err) : 0;
    }
    listed +=
        (size_t)snprintf(names + listed, sizeof names - listed, "%s%s", fold ? ", " : "", name);
  }
  return error_set(err, "fold %s: found no fold, allowed FOLD=VALUE with one of %s", text, names);
}

/* Puts a problem at its place: an override or a line of the file. */
static int report(const struct problem *problem, const struct schema *doc, const char *path,
                  const struct overrides *overrides, struct error *err) {
  static const char section[] = "layout.";
  if (strncmp(problem->where, section, strlen(section)) == 0)
    for (int fold = 0; fold < FOLD_COUNT; fold++)
      if (overrides->fold[fold] &&
          strcmp(problem->where + strlen(section), net_fold_name((enum fold)fold)) == 0)
        return error_set(err, "fold %s: %s", overrides->fold[fold], problem->what.message);
  int line, column;
  schema_locate(doc, problem->where, &line, &column);
  return error_set(err, "%s:%d:%d: %s: %s", path, line, column, problem->where,
                   problem->what.message);
}

static int load(struct net *net, const struct schema *doc, const char *path,
                const char *const *folds, size_t fold_count, struct error *err) {
  struct overrides overrides = {{NULL}};
  if (schema_read(doc, net_fields, net, err) != 0)
    return -1;
  for (size_t i = 0; i < fold_count; i++)
    if (read_override(net, folds[i], &overrides, err) != 0)
      return -1;
  struct problem problem = {{0}, {{0}}};
  if (net_derive_parts(net, &problem) != 0)
    return report(&problem, doc, path, &overrides, err);
  return 0;
}

int net_load(struct net *net, const char *path, const char *const *folds, size_t fold_count,
             struct error *err) {
  memset(net, 0, sizeof *net);
  net->pixel_depth = net->pixel_threshold = net->pixel_offset = net->pixel_frac = PIXEL_OPEN;
  net->rate = 8;
  net->rounding = ROUND_OPEN;
  for (int fold = 0; fold < FOLD_COUNT; fold++)
    net->fold[fold] = FOLD_CHOOSE;
  struct schema *doc = schema_open(path, err);
  if (!doc)
    return -1;
  int status = load(net, doc, path, folds, fold_count, err);
  schema_close(doc);
  return status;
}
