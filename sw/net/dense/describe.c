/* dense/describe.c : a hidden dense layer in a description.
 * SPDX-License-Identifier: MIT
 */
#include "net/describe_parts.h"

#include <stdlib.h>
#include <string.h>

enum { HIDDEN_MAX = 3 };

/* true: of pairs; or a share of the units, each by itself: the nearest multiple of 1/NET_DRAWS. */
static int read_dropout(const char *text, void *target) {
  struct layer *layer = target;
  layer->dropped = 0;
  layer->dropout = strcmp(text, "false") != 0;
  if (!layer->dropout || strcmp(text, "true") == 0)
    return 0;
  char *end;
  double share = strtod(text, &end);
  if (end == text || *end || text[strspn(text, "0123456789.")] || !(share < 1))
    return -1;
  layer->dropped = (int)(share * NET_DRAWS + 0.5);
  return layer->dropped > 0 && layer->dropped < NET_DRAWS ? 0 : -1;
}

const struct schema_field dense_fields[] = {
    INT_NEEDED("units", struct layer, units, 1, NET_UNITS_MAX),
    BOOL("relu", struct layer, relu),
    {.key = "dropout",
     .type = SCHEMA_OWN,
     .read = read_dropout,
     .allowed = "true, false or a share whose nearest multiple of 1/16 is 1/16..15/16"},
    FORMATS(describe_stored_fields),
    BIAS,
    END,
};

const struct layer dense_defaults = {
    .kind = LAYER_DENSE, .relu = true, .dropout = true, FORMATS_OPEN};

static void write_fields(FILE *to, const struct layer *layer) {
  fprintf(to, ", relu: %s, dropout: ", layer->relu ? "true" : "false");
  if (net_drops_units(layer))
    fprintf(to, "%g", (double)layer->dropped / NET_DRAWS);
  else
    fprintf(to, "%s", layer->dropout ? "true" : "false");
}

static void show(FILE *to, const struct layer *layer) {
  fprintf(to, "%d units%s%s", layer->units, layer->relu ? ", ReLU" : "",
          layer->dropout ? ", dropout" : "");
  if (net_drops_units(layer))
    fprintf(to, " of %d/%d", layer->dropped, NET_DRAWS);
}

static int fold_most(const struct layer *layer, enum fold fold) {
  return fold == FOLD_LANES ? layer->units : 0;
}

static bool fold_worth(const struct layer *layer, enum fold fold, int value) {
  return fold == FOLD_LANES && (describe_is_smallest(layer->units, value, 1) ||
                                describe_is_smallest(layer->units, value, 2));
}

static bool steps_fast(const struct net *net, int l) {
  const struct layer *layer = &net->layer[l];
  return layer->number == 1 && net_drops_pairs(layer) &&
         (l == 0 || describe_kind(layer - 1)->writes_words);
}

static int check_layout(const struct net *net, int l, struct problem *problem) {
  const struct layer *layer = &net->layer[l];
  if (describe_check_storage(net, l, problem) != 0)
    return -1;
  if (net->fold[FOLD_STEP] != STEP_FAST || !steps_fast(net, l))
    return 0;
  int lanes = net->fold[FOLD_LANES] < layer->units ? net->fold[FOLD_LANES] : layer->units;
  if (lanes % 2 == 0)
    return 0;
  return problem_set(problem, net, -1, "layout.lanes",
                     "found %d, allowed an even number with step: fast", net->fold[FOLD_LANES]);
}

const struct describe_kind dense_describe = {.name = "dense",
                                             .units = "units",
                                             .most = HIDDEN_MAX,
                                             .range = 5,
                                             .gain = 1,
                                             .has_storage = true,
                                             .any_synapse = true,
                                             .write_fields = write_fields,
                                             .show = show,
                                             .fold_most = fold_most,
                                             .fold_worth = fold_worth,
                                             .steps_fast = steps_fast,
                                             .check_layout = check_layout};
