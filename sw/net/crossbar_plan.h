/* crossbar_plan.h : layout and cycles of engram_crossbar, for the kinds of layer that are one.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_CROSSBAR_PLAN_H
#define ENGRAM_NET_CROSSBAR_PLAN_H

#include "net/plan_parts.h"

/* The functions of struct plan_kind; `lanes` is the layout's fold, `fast` trains two rows a cycle.
 */
void crossbar_take_picture(struct plan *plan, const struct net *net, const struct layer *layer);
void crossbar_lay_out(struct plan *plan, const struct net *net, int l, enum fold lanes, bool fast);
void crossbar_forward(const struct plan *plan, const struct net *net, int l, bool train,
                      struct plan_times *times);
int crossbar_interval(const struct plan *plan, const struct net *net, int l,
                      const struct plan_times *times);
int crossbar_backward(const struct plan *plan, const struct net *net, int l);
struct plan_place crossbar_weight_place(const struct plan *plan, const struct net *net,
                                        const struct tensor *tensor, int row, int unit);

#endif
