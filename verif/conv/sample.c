/* conv/sample.c : a convolution in a random case of the regression.
 * SPDX-License-Identifier: MIT
 */
#include "../sample_parts.h"

static int count(uint64_t *random) {
  return !sample_one_in(random, 3);
}

static int draw_kernel(uint64_t *random, int side) {
  int most = sample_one_in(random, 4) ? NET_KERNEL_MAX : 4;
  return sample_between(random, 1, side < most ? side : most);
}

static void draw(const struct net *net, struct layer *layer, uint64_t *random) {
  layer->units = sample_between(random, 1, sample_one_in(random, 8) ? 8 : 4);
  layer->conv.kernel_height = draw_kernel(random, net->height);
  layer->conv.kernel_width = draw_kernel(random, net->width);
}

static void add_features(struct features *list, const struct sample *sample) {
  const struct layer *layer = sample->net.layer, *end = layer + sample->net.layer_count;
  const int *fold = sample->net.fold;
  while (layer < end && layer->kind != LAYER_CONV)
    layer++;
  bool conv = layer < end;
  int positions = fold[FOLD_POSITIONS];
  bool ragged = conv && positions < layer->conv.out_width && layer->conv.out_width % positions != 0;
  sample_feature(list, "convolution", conv);
  sample_feature(list, "no convolution", !conv);
  sample_feature(list, "biased convolution", conv && layer->bias.there);
  sample_feature(list, "kernel of one tap", conv && layer->rows == 1);
  sample_feature(list, "kernel of 5 or more",
                 conv && (layer->conv.kernel_height > 4 || layer->conv.kernel_width > 4));
  sample_feature(list, "one position", conv && layer->positions > 1 && positions == 1);
  sample_feature(list, "some positions",
                 conv && positions > 1 && positions < layer->conv.out_width);
  sample_feature(list, "ragged positions", ragged);
  sample_feature(list, "and filters in turn", ragged && fold[FOLD_FILTERS] < layer->units);
  sample_feature(list, "rows of positions", conv && positions > layer->conv.out_width);
  sample_feature(list, "some or all filters", conv && fold[FOLD_FILTERS] > 1);
  sample_feature(list, "some taps", conv && fold[FOLD_TAPS] < layer->rows);
  sample_feature(list, "one tap of several", conv && fold[FOLD_TAPS] == 1 && layer->rows > 1);
}

static const struct knob knobs[] = {
    KNOB(struct layer, conv.kernel_height, 1),
    KNOB(struct layer, conv.kernel_width, 1),
};

const struct sample_kind conv_sample = {.count = count,
                                        .draw = draw,
                                        .units_least = 1,
                                        .add_features = add_features,
                                        .knobs = knobs,
                                        .knob_count = sizeof knobs / sizeof knobs[0]};
