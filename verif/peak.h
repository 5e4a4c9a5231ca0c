/* peak.h : the most multiply-accumulates that one core does.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_VERIF_PEAK_H
#define ENGRAM_VERIF_PEAK_H

#include "model/kernels.h"

/* Products of 16-bit words added to sums of 32 bits, as many as so many seconds of CPU time bring,
 * a second: with the instruction that these kernels use, in registers, nothing else beside it. 0
 * where the kernels are portable C. */
double peak_rate(const struct kernels *kernels, double seconds);

#endif
