/* dense/emit.c : a hidden dense layer's part of a core.
 * SPDX-License-Identifier: MIT
 */
#include "crossbar_emit.h"

static void write(FILE *f, struct emit *emit, int l) {
  crossbar_write(f, emit, l);
  template_write(f, "core_hidden.v.in", emit->marks);
  emit_no_gradient(f, emit, l, "");
}

const struct emit_kind dense_emit = {.write = write,
                                     .add_probes = crossbar_add_probes,
                                     .check_load = crossbar_check_load,
                                     .write_banks = crossbar_write_banks};
