/* registers.h : the table of sw/net/map.h for C, for people and for tools.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_GEN_REGISTERS_H
#define ENGRAM_GEN_REGISTERS_H

#include "net/net.h"
#include "template.h"

#include <stdio.h>

/* FEATURES of a core, with weights from its start or without: bits of enum map_bit. */
unsigned registers_features(const struct net *net, bool loaded);

/* Marks for templates: each register's address (@STATUS@, two hexadecimal digits), each field's
 * mask that is one bit (@PAUSE@, decimal), the value of ID, and where layers' counters stand. */
void registers_set_marks(struct marks *marks);

/* A line of C, #define ENGRAM_<name> <address>, for each register. */
void registers_write_c(FILE *f);

/* A line of C for each of the layers' counters: its place among those of a layer. */
void registers_write_counters(FILE *f, const struct net *net);

/* A row of engram_core.md's table for each register and each layer's counter; without a net (NULL)
 * of docs/interface.md's, for any layer l, with the counters that every layer has. */
void registers_write_page(FILE *f, const struct net *net);

/* SystemRDL: a reg for each register, a regfile for the layers' counters, a mem for each layer's
 * weights. Reset values are marks of the templates. */
void registers_write_rdl(FILE *f, const struct net *net);

#endif
