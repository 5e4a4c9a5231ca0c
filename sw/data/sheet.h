/* sheet.h : some pictures of a data set side by side, to look at.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_DATA_SHEET_H
#define ENGRAM_DATA_SHEET_H

#include "data/dataset.h"

/* Writes a grey PNG: a row of up to 12 pictures for each class, taken at equal distances from its
 * pictures, low frequencies (row 0) at the bottom, each pixel enlarged, white lines between.
 * Returns 0 or -1. */
int sheet_save(const struct dataset *data, const char *path, struct error *err);

#endif
