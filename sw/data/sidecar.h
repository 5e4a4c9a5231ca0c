/* sidecar.h : dataset.json, which says what IDX files cannot: names, files, recordings.
 * SPDX-License-Identifier: MIT
 *
 *   {"format": "engram-dataset", "version": 1,
 *    "view": "spectrum",                              what pictures of sounds show; optional
 *    "overlapping": true,                             neighbouring segments share sound; optional
 *    "classes": ["airplane", "car"],                  label -> name
 *    "recordings": ["esc-11687", ...], "files": ["airplane/1-11687-A-47.wav", ...],
 *    "rate_hz": [16000, ...],                         of each file; optional, with
 *    "bandwidth_hz": [7752, ...],                     sound/bandwidth.h, 0: not known
 *    "columns": [{"name": "author",                   what else is known of the files; optional
 *                 "values": ["Bram", ...],            distinct
 *                 "value": [0, ...]}, ...],           of each file, index into values, or -1
 *    "pictures": {"count": 1024, "height": 28, "width": 28,
 *                 "recording": [0, 0, ...],           of each picture, index into recordings
 *                 "file": [0, 0, ...],                ditto into files, or -1
 *                 "segment": [0, 1, ...]}}            which segment of the file, from 0
 */
#ifndef ENGRAM_DATA_SIDECAR_H
#define ENGRAM_DATA_SIDECAR_H

#include "data/dataset.h"

#include <stdbool.h>
#include <stdio.h>

enum { SIDECAR_CLASSES_MAX = 256 }; /* a label is a byte */

/* Fills names, recordings, files and segments of `data`, whose count, height and width are set and
 * must be the sidecar's. Returns 0, or -1; whatever was filled is released by dataset_free either
 * way. */
int sidecar_read(struct dataset *data, const char *path, struct error *err);

/* Fills the same without a sidecar: classes "0", "1", ... up to the highest label; each picture a
 * recording of its own. Needs count and labels. */
void sidecar_assume(struct dataset *data);

/* Writes to a stream of output_open. Returns -1 when a name cannot be written (sidecar_can_hold).
 */
int sidecar_write(const struct dataset *data, FILE *file, struct error *err);

/* Whether a name is what JSON holds and a terminal shows: not empty, UTF-8, without control
 * characters. */
bool sidecar_can_hold(const char *name);

#endif
