/* reply.c : a core's reply, from the words of its packet.
 * SPDX-License-Identifier: MIT
 */
#include "device/reply.h"

#include "model/softmax.h"

int reply_read(struct reply *reply, const struct net *net, const uint32_t *words, size_t count) {
  const struct layer *output = &net->layer[net->layer_count - 1];
  size_t classes = (size_t)net->classes;
  *reply = (struct reply){.status = (enum reply_status)(words[0] >> 8 & 3),
                          .train = words[0] >> 16 & 1,
                          .best = (int)(words[0] & 255)};
  if (count != (reply->status == REPLY_GOOD ? REPLY_HEAD_WORDS + classes : 1))
    return -1;
  if (reply->status != REPLY_GOOD)
    return 0;
  reply->steps = words[1];
  bool logits = net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX;
  int32_t *values = logits ? reply->logit : reply->probability;
  for (size_t c = 0; c < classes; c++)
    values[c] = (int32_t)words[REPLY_HEAD_WORDS + c];
  if (logits) {
    uint16_t table[SOFTMAX_ENTRIES];
    softmax_table(table);
    softmax_probabilities(table, reply->logit, net->classes, output->activation.frac,
                          reply->probability);
  }
  return 0;
}
