/* scan_parts.h : what the files of a scan share.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_DATA_SCAN_PARTS_H
#define ENGRAM_DATA_SCAN_PARTS_H

#include "data/scan.h"

extern const char scan_manifest_name[];

/* Gives the sounds of folder `index` what its manifest says, where it has one. Returns 0 or -1. */
int scan_read_manifest(struct scan *scan, const char *folder, int index, struct error *err);

/* Gives all sounds the parts that the caller named for whole folders, where it named some; the
 * others' are to be trained on. Returns 0 or -1. */
int scan_name_parts(struct scan *scan, const struct scan_folder *folders, size_t folder_count,
                    struct error *err);

#endif
