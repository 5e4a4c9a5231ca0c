/* prefix.h : names of an emitted core that begin with another word than engram, so that two cores
 * stand in one design and their drivers in one program.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_GEN_PREFIX_H
#define ENGRAM_GEN_PREFIX_H

#include "base/error.h"
#include "net/net.h"

enum { PREFIX_MAX = 24 /* characters */ };

/* Whether the names of this net's core can begin with `prefix`. Returns 0 or -1. */
int prefix_check(const char *prefix, const struct net *net, struct error *err);

/* A copy of `text` in which every word engram_... is prefix_..., every ENGRAM_... PREFIX_... and
 * the type `struct engram` `struct prefix`. What a synthesis flow defines for a whole design keeps
 * its name: ENGRAM_ECP5 and ENGRAM_ICE40. Returns memory that the caller frees. */
char *prefix_text(const char *prefix, const char *text);

/* prefix_text on every file of a folder, and on its name. Returns 0 or -1. */
int prefix_folder(const char *prefix, const char *folder, struct error *err);

#endif
