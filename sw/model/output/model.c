/* output/model.c : the output layer's mathematics: a crossbar's.
 * SPDX-License-Identifier: MIT
 */
#include "model/crossbar.h"

const struct wide_kind output_wide = {.forward = crossbar_wide_forward,
                                      .backward = crossbar_wide_backward,
                                      .update = crossbar_wide_update};

const struct narrow_kind output_narrow = {.forward = crossbar_narrow_forward,
                                          .backward = crossbar_narrow_backward,
                                          .update = crossbar_narrow_update};

const struct twin_kind output_twin = {.forward = crossbar_twin_forward,
                                      .backward = crossbar_twin_backward,
                                      .learn = crossbar_twin_learn};
