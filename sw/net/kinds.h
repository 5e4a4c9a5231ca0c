/* kinds.h : the kinds of layer there are.
 * SPDX-License-Identifier: MIT
 *
 * A line a kind: its name in capitals and as the description has it. Each stage of the data's way
 * (description, plan, cost, model, emission, comparison) has a struct of functions, and a table of
 * what each kind has under its name; docs/adding-a-layer.md.
 */
#ifndef ENGRAM_NET_KINDS_H
#define ENGRAM_NET_KINDS_H

#define LAYER_KINDS(KIND)                                                                          \
  KIND(CONV, conv)                                                                                 \
  KIND(DENSE, dense)                                                                               \
  KIND(OUTPUT, output)

#endif
