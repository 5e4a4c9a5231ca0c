/* output/describe.c : the output layer in a description.
 * SPDX-License-Identifier: MIT
 */
#include "net/describe_parts.h"

const struct schema_field output_fields[] = {
    INT_NEEDED("classes", struct layer, units, 2, NET_CLASSES_MAX),
    FORMATS(describe_stored_fields),
    BIAS,
    END,
};

const struct layer output_defaults = {.kind = LAYER_OUTPUT, FORMATS_OPEN};

static void show(FILE *to, const struct layer *layer) {
  fprintf(to, "%d classes", layer->units);
}

static int fold_most(const struct layer *layer, enum fold fold) {
  return fold == FOLD_OUTPUT_LANES ? layer->units : 0;
}

static bool fold_worth(const struct layer *layer, enum fold fold, int value) {
  return fold == FOLD_OUTPUT_LANES && describe_is_smallest(layer->units, value, 1);
}

const struct describe_kind output_describe = {.name = "output",
                                              .units = "classes",
                                              .last = true,
                                              .most = 1,
                                              .range = 6,
                                              .gain = 1,
                                              .has_storage = true,
                                              .any_synapse = true,
                                              .few_weights = true,
                                              .show = show,
                                              .fold_most = fold_most,
                                              .fold_worth = fold_worth,
                                              .check_layout = describe_check_storage};
