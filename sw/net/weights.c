/* weights.c : a net's weights.
 * SPDX-License-Identifier: MIT
 */
#include "net/weights.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

void weights_new(struct weights *weights, const struct net *net) {
  memset(weights, 0, sizeof *weights);
  weights->layer_count = net->layer_count;
  for (int l = 0; l < net->layer_count; l++) {
    weights->count[l] = net->layer[l].weight_count;
    weights->layer[l] = memory_new(weights->count[l], sizeof *weights->layer[l]);
  }
}

void weights_add_real(struct weights *weights) {
  for (int l = 0; l < weights->layer_count; l++)
    if (!weights->real[l])
      weights->real[l] = memory_new(weights->count[l], sizeof *weights->real[l]);
}

void weights_drop_real(struct weights *weights) {
  for (int l = 0; l < weights->layer_count; l++) {
    free(weights->real[l]);
    weights->real[l] = NULL;
  }
}

void weights_free(struct weights *weights) {
  weights_drop_real(weights);
  for (int l = 0; l < weights->layer_count; l++)
    free(weights->layer[l]);
  memset(weights, 0, sizeof *weights);
}

void weights_copy(struct weights *to, const struct weights *from) {
  weights_drop_real(to);
  for (int l = 0; l < from->layer_count; l++)
    memcpy(to->layer[l], from->layer[l], from->count[l] * sizeof *from->layer[l]);
}
