/* emit.h : a network's core as files: Verilog, C header, page, file list.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_GEN_EMIT_H
#define ENGRAM_GEN_EMIT_H

#include "base/error.h"
#include "model/model.h"
#include "net/net.h"

/* Writes the core into `folder` (made when missing): engram_core.v and engram_exp_table.v, every
 * leaf they stand on, engram_axi.v, engram_core.h, engram_core.md, engram_core.rdl, what beside.h
 * lists, and engram_core.f (the Verilog files, a line each). All names begin with `prefix` instead
 * of engram (prefix.h) unless it is NULL. The same net and prefix give the same bytes anywhere.
 * With `weights`, not NULL, the core has them from its start. Returns 0 or -1. */
int emit_core(const struct net *net, const char *folder, const char *prefix,
              const struct weights *weights, struct error *err);

#endif
