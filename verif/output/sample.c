/* output/sample.c : the output layer in a random case of the regression.
 * SPDX-License-Identifier: MIT
 */
#include "../sample_parts.h"

static int count(uint64_t *random) {
  (void)random;
  return 1;
}

static void draw(const struct net *net, struct layer *layer, uint64_t *random) {
  (void)net;
  layer->units = sample_between(random, 2, 6);
}

static void add_features(struct features *list, const struct sample *sample) {
  int classes = sample->net.classes, lanes = sample->net.fold[FOLD_OUTPUT_LANES];
  sample_feature(list, "ragged output lanes", classes % lanes != 0);
  sample_feature(list, "all output lanes", classes == lanes);
}

const struct sample_kind output_sample = {
    .count = count, .draw = draw, .units_least = 2, .needed = true, .add_features = add_features};
