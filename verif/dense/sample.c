/* dense/sample.c : hidden dense layers in a random case of the regression.
 * SPDX-License-Identifier: MIT
 */
#include "../sample_parts.h"

enum { HIDDEN_MOST = 3 };

static int count(uint64_t *random) {
  return sample_between(random, 0, HIDDEN_MOST);
}

static void draw(const struct net *net, struct layer *layer, uint64_t *random) {
  (void)net;
  layer->units = sample_between(random, 1, sample_one_in(random, 3) ? 24 : 10);
  layer->relu = !sample_one_in(random, 4);
  layer->dropout = !sample_one_in(random, 3);
  layer->dropped = sample_one_in(random, 2) ? sample_between(random, 1, NET_DRAWS - 1) : 0;
  if (net_drops_pairs(layer))
    layer->units += layer->units % 2;
}

static void add_features(struct features *list, const struct sample *sample) {
  const struct net *net = &sample->net;
  int hidden = 0, lanes = net->fold[FOLD_LANES];
  bool relu_off = false, one_lane = false, ragged = false, all = false, share = false;
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    if (layer->kind != LAYER_DENSE)
      continue;
    hidden++;
    relu_off |= !layer->relu;
    share |= net_drops_units(layer);
    one_lane |= layer->units > 1 && lanes == 1;
    ragged |= layer->units > lanes && layer->units % lanes != 0;
    all |= layer->units <= lanes;
  }
  sample_feature(list, "no hidden layer", hidden == 0);
  sample_feature(list, "1 hidden layer", hidden == 1);
  sample_feature(list, "2 hidden layers", hidden == 2);
  sample_feature(list, "3 hidden layers", hidden == 3);
  sample_feature(list, "no ReLU", relu_off);
  sample_feature(list, "dropout of a share", share);
  sample_feature(list, "one lane", one_lane);
  sample_feature(list, "ragged lanes", ragged);
  sample_feature(list, "all lanes", all);
}

const struct sample_kind dense_sample = {
    .count = count, .draw = draw, .units_least = 1, .add_features = add_features};
