/* kernels_parts.h : the sets of kernels behind kernels_all.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_MODEL_KERNELS_PARTS_H
#define ENGRAM_MODEL_KERNELS_PARTS_H

#include "model/kernels.h"

#ifdef __x86_64__
#define KERNELS_X86
extern const struct kernels kernels_avx2, kernels_avx512;
#endif

#endif
