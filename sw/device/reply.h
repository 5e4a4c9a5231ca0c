/* reply.h : a core's reply, from the words of its packet.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_DEVICE_REPLY_H
#define ENGRAM_DEVICE_REPLY_H

#include "device/device.h"

enum { REPLY_HEAD_WORDS = 2, REPLY_WORDS_MAX = REPLY_HEAD_WORDS + NET_CLASSES_MAX };

/* Fills the reply in from `count` words (docs/interface.md). Where they are logits, the
 * probabilities are those that the model makes of them. Returns 0, or -1 where a reply has another
 * number of words. */
int reply_read(struct reply *reply, const struct net *net, const uint32_t *words, size_t count);

#endif
