/* loaded.h : a core that has weights from its start.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_GEN_LOADED_H
#define ENGRAM_GEN_LOADED_H

#include "base/error.h"
#include "emit_parts.h"
#include "net/net.h"

/* Refuses layouts whose memories cannot begin with contents. Returns 0 or -1. */
int loaded_check(const struct net *net, struct error *err);

/* engram_bank.v: every bank of the layers that have some, with its words; takes the marks of
 * versions and name. */
void loaded_write_banks(FILE *f, struct emit *emit);

#endif
