/* output/emit.c : the output layer's part of a core, and the reply that is made of its values.
 * SPDX-License-Identifier: MIT
 */
#include "crossbar_emit.h"

static void write_result(FILE *f, struct emit *emit) {
  struct marks *marks = emit->marks;
  marks_set(marks, "index_shift", "%d", emit->plan->index_shift);
  marks_set(marks, "g_s_shift", "%d", emit->plan->difference_shift);
  if (emit->net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX) {
    template_write(f, "core_argmax.v.in", marks);
    return;
  }
  template_write(f, "core_softmax.v.in", marks);
  if (emit->trains)
    template_write(f, "core_difference.v.in", marks);
  template_write(f, "core_result.v.in", marks);
}

static void write(FILE *f, struct emit *emit, int l) {
  const struct layer *layer = &emit->net->layer[l];
  char places[80];
  crossbar_write(f, emit, l);
  snprintf(places, sizeof places, "  assign %s_gradient_unit = %d'd0;\n", layer->name,
           emit->plan->layer[l].unit_bits);
  emit_no_gradient(f, emit, l, places);
  write_result(f, emit);
}

static void add_probes(struct probes *probes, const struct emit *emit, int l) {
  crossbar_add_probes(probes, emit, l);
  if (emit->net->fold[FOLD_OUTPUT] != OUTPUT_ARGMAX)
    probes_add(probes,
               (struct core_probe){.kind = PROBE_STREAM,
                                   .bits = emit->plan->probability_bits,
                                   .count = emit->net->classes},
               "softmax", "probability", "u_softmax.u_probability");
}

const struct emit_kind output_emit = {.write = write,
                                      .add_probes = add_probes,
                                      .check_load = crossbar_check_load,
                                      .write_banks = crossbar_write_banks};
