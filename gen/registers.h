/* registers.h : the core's registers, from one table, for C, for people and for tools.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_GEN_REGISTERS_H
#define ENGRAM_GEN_REGISTERS_H

#include "net/net.h"

#include <stdio.h>

/* A line of C, #define ENGRAM_<name> <address>, for each register. */
void registers_write_c(FILE *f);

/* A line of C for each of the layers' counters: its place among those of a layer. */
void registers_write_counters(FILE *f, const struct net *net);

/* A row of engram_core.md's table for each register and each layer's counter. */
void registers_write_page(FILE *f, const struct net *net);

/* SystemRDL: a reg for each register, a regfile for the layers' counters, a mem for each layer's
 * weights. Reset values are marks of the templates. */
void registers_write_rdl(FILE *f, const struct net *net);

#endif
