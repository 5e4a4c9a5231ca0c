/* conv/describe.c : a convolution in a description.
 * SPDX-License-Identifier: MIT
 */
#include "net/describe_parts.h"

enum { FILTERS_MAX = 16 };

_Static_assert(offsetof(struct layer, conv.kernel_width) ==
                   offsetof(struct layer, conv.kernel_height) + sizeof(int),
               "the schema reads both as one array");

const struct schema_field conv_fields[] = {
    INT_NEEDED("filters", struct layer, units, 1, FILTERS_MAX),
    {.key = "kernel",
     .type = SCHEMA_INTS,
     .required = true,
     .offset = offsetof(struct layer, conv.kernel_height),
     .low = 1,
     .high = NET_KERNEL_MAX,
     .count = 2},
    FORMATS(describe_weight_fields),
    BIAS,
    END,
};

const struct layer conv_defaults = {.kind = LAYER_CONV, FORMATS_OPEN};

static int derive_shape(const struct net *net, struct layer *layer, struct problem *problem) {
  if (layer->conv.kernel_height > net->height || layer->conv.kernel_width > net->width)
    return problem_set(problem, net, (int)(layer - net->layer), "kernel",
                       "found %dx%d, allowed at most the picture's %dx%d",
                       layer->conv.kernel_height, layer->conv.kernel_width, net->height,
                       net->width);
  layer->conv.out_height = net->height - layer->conv.kernel_height + 1;
  layer->conv.out_width = net->width - layer->conv.kernel_width + 1;
  layer->rows = layer->conv.kernel_height * layer->conv.kernel_width;
  layer->positions = layer->conv.out_height * layer->conv.out_width;
  return 0;
}

static void write_fields(FILE *to, const struct layer *layer) {
  fprintf(to, ", kernel: [%d, %d]", layer->conv.kernel_height, layer->conv.kernel_width);
}

static void show(FILE *to, const struct layer *layer) {
  fprintf(to, "%d filters of %d\xC3\x97%d", layer->units, layer->conv.kernel_height,
          layer->conv.kernel_width);
}

/* Rows are taps. */
static int state_tensors(const struct layer *layer, struct tensor *tensors) {
  tensors[0] = describe_matrix(layer);
  tensors[0].inputs = false;
  tensors[0].dimension_count = 4;
  tensors[0].dimension[1] = 1;
  tensors[0].dimension[2] = layer->conv.kernel_height;
  tensors[0].dimension[3] = layer->conv.kernel_width;
  return 1;
}

static void column_shape(const struct layer *layer, int *height, int *width) {
  *height = layer->conv.kernel_height;
  *width = layer->conv.kernel_width;
}

/* ---- layout ---- */

static int fold_most(const struct layer *layer, enum fold fold) {
  switch (fold) {
  case FOLD_POSITIONS:
    return layer->positions;
  case FOLD_FILTERS:
    return layer->units;
  case FOLD_TAPS:
    return layer->rows;
  default:
    return 0;
  }
}

static bool fold_legal(const struct layer *layer, enum fold fold, int value) {
  switch (fold) {
  case FOLD_POSITIONS: /* part of a row of C, or whole rows that divide its height */
    return value <= layer->conv.out_width ||
           (value % layer->conv.out_width == 0 &&
            layer->conv.out_height % (value / layer->conv.out_width) == 0);
  case FOLD_FILTERS:
    return layer->units % value == 0;
  case FOLD_TAPS:
    return layer->rows % value == 0;
  default:
    return true;
  }
}

static bool fold_worth(const struct layer *layer, enum fold fold, int value) {
  if (fold == FOLD_POSITIONS)
    return value > layer->conv.out_width || describe_is_smallest(layer->conv.out_width, value, 1) ||
           describe_is_smallest(layer->conv.out_width, value, 2);
  return fold == FOLD_FILTERS || fold == FOLD_TAPS;
}

/* Two rows a cycle come as neighbours of a word; one of them must be even and one odd, for they lie
 * in two banks. */
static int check_fast(const struct net *net, const struct layer *layer, struct problem *problem) {
  const int *fold = net->fold;
  static const char where[] = "layout.step", found[] = "found fast, allowed normal";
  if (fold[FOLD_POSITIONS] * fold[FOLD_FILTERS] < 2)
    return problem_set(problem, net, -1, where,
                       "%s with one position and one filter at a time: two rows a cycle need two",
                       found);
  if (fold[FOLD_POSITIONS] > 1 && fold[FOLD_FILTERS] % 2 == 1 && layer->units % 2 == 0)
    return problem_set(
        problem, net, -1, where,
        "%s with %d of %d filters at a time: an even number of filters needs an even "
        "number at a time, or one position",
        found, fold[FOLD_FILTERS], layer->units);
  return 0;
}

static int check_layout(const struct net *net, int l, struct problem *problem) {
  const struct layer *layer = &net->layer[l];
  const int *fold = net->fold;
  if (fold[FOLD_TAPS] < layer->rows && (fold[FOLD_POSITIONS] > 1 || fold[FOLD_FILTERS] > 1))
    return problem_set(problem, net, -1, "layout.taps",
                       "found %d, allowed %d (all) with more than one position or filter at a time",
                       fold[FOLD_TAPS], layer->rows);
  bool fast = fold[FOLD_STEP] == STEP_FAST && net_steps_fast(net, l + 1);
  return fast ? check_fast(net, layer, problem) : 0;
}

const struct describe_kind conv_describe = {.name = "conv",
                                            .units = "filters",
                                            .first = true,
                                            .most = 1,
                                            .writes_words = true,
                                            .range = 3,
                                            .gain = 0,
                                            .derive_shape = derive_shape,
                                            .write_fields = write_fields,
                                            .show = show,
                                            .state_tensors = state_tensors,
                                            .column_shape = column_shape,
                                            .fold_most = fold_most,
                                            .fold_legal = fold_legal,
                                            .fold_worth = fold_worth,
                                            .check_layout = check_layout};
