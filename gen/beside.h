/* beside.h : what stands beside a core's Verilog: FuseSoC core file, test bench, driver.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_GEN_BESIDE_H
#define ENGRAM_GEN_BESIDE_H

#include "model/model.h"
#include "net/net.h"
#include "template.h"

#include <stdbool.h>

/* Sets the mark @layer_list@ of engram_core.h: a line X(...) for each layer. */
void beside_layer_list(struct marks *marks, const struct net *net);

/* Whether a net's core has a file beside it that not all of them need. */
bool beside_is_for(const struct net *net, const char *leaf);

/* Whether a leaf belongs to the serial link, not to the core. */
bool beside_is_link(const char *leaf);

enum { BESIDE_FUSESOC_MAX = 96 };

/* A core's whole name for FuseSoC, which no other core has: engram:core:NET_HASH:VERSION with the
 * first 32 bits of the core hash, or engram:core:PREFIX:VERSION. */
void beside_fusesoc_name(char name[BESIDE_FUSESOC_MAX], const struct net *net, const char *prefix);

/* engram_core.core: file list, lint and simulation for FuseSoC. */
void beside_write_fusesoc(FILE *f, const struct net *net, const char *prefix);

/* engram_core_tb.v: a test bench that holds the golden model's numbers for two pictures. Runs the
 * model, so it takes the memory of all weights. With `weights`, not NULL, it expects them from the
 * start and writes none. */
void beside_write_bench(FILE *f, const struct net *net, const struct weights *weights);

/* The name under which an embedded file of the driver is emitted, NULL for any other file. */
const char *beside_driver_name(const char *embedded);

#endif
