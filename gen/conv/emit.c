/* conv/emit.c : a convolution's part of a core.
 * SPDX-License-Identifier: MIT
 */
#include "emit_parts.h"

#include "base/file.h"
#include "text.h"

#include <stdlib.h>

static void set_conv(struct marks *marks, const struct net *net, const struct plan *plan, int l) {
  const struct plan_conv *p = &plan->layer[l].conv;
  const struct plan_edge *behind = &plan->edge[l + 1];
  marks_set(marks, "kernel_height", "%d", net->layer[l].conv.kernel_height);
  marks_set(marks, "kernel_width", "%d", net->layer[l].conv.kernel_width);
  marks_set(marks, "across", "%d", p->across);
  marks_set(marks, "down", "%d", p->down);
  marks_set(marks, "positions", "%d", behind->order.positions);
  marks_set(marks, "rest", "%d", p->rest);
  marks_set(marks, "filters_at_once", "%d", behind->order.filters_at_once);
  marks_set(marks, "back_levels", "%d", p->back_levels);
  marks_set(marks, "forward_levels", "%d", p->forward_levels);
  marks_set(marks, "at_once", "%d", behind->at_once);
}

/* A number of `bits` bits as one of `all` bits, with zeros in front. */
static void set_widened(struct marks *marks, const char *mark, const char *number, int bits,
                        int all) {
  if (bits < all)
    marks_set(marks, mark, "{%d'd0, %s}", all - bits, number);
  else
    marks_set(marks, mark, "%s", number);
}

static void set_conv_serial(struct marks *marks, const struct net *net, const struct plan *plan,
                            int l) {
  const struct plan_conv *p = &plan->layer[l].conv;
  const struct plan_edge *behind = &plan->edge[l + 1];
  int activation = net->layer[l].activation.bits, gradient = net->layer[l].gradient.bits;
  bool trains = net->fold[FOLD_MODE] == MODE_TRAINING;
  int shared = p->shared_bits;
  marks_set(marks, "taps_at_once", "%d", p->taps);
  marks_set(marks, "ready_word", "%d'd%d", behind->order.word_bits, p->ready_word);
  marks_set(marks, "shared_bits", "%d", shared);
  set_widened(marks, "activation_to_store", "conv_activation", activation, shared);
  if (trains) {
    set_widened(marks, "gradient_to_store", "conv_gradient", gradient, shared);
    marks_set(marks, "stored_gradient", "conv_stored[%d:0]", gradient - 1);
  } else {
    marks_set(marks, "gradient_to_store", "%d'd0", shared);
    marks_set(marks, "stored_gradient", "%d'd0", gradient);
  }
}

/* The mark @initial@: parameters with the weights; nothing without them. */
static void set_initial(struct emit *emit, int l) {
  marks_set(emit->marks, "initial", "%s", "");
  if (!emit->weights)
    return;
  const struct plan_conv *p = &emit->plan->layer[l].conv;
  struct content content = {memory_new((size_t)p->kernel_words, (size_t)p->kernel_bits),
                            p->kernel_bits};
  content_put_weights(&content, emit, l, 0);
  int bits = p->kernel_words * p->kernel_bits;
  struct text initial;
  text_open(&initial);
  fprintf(initial.file, ",\n    .LOADED(1), ");
  if (p->serial)
    fprintf(initial.file, ".INITIAL_BITS(%d), ", bits);
  fprintf(initial.file, ".INITIAL(");
  content_hex(initial.file, content.bits, bits);
  fprintf(initial.file, ")");
  text_to_mark(&initial, emit->marks, "initial");
  free(content.bits);
}

/* The marks of the sums that become values, with biases where there are some, and @conv_bias@: what
 * adds these. */
static void set_biases(struct emit *emit, int l) {
  const struct layer *layer = &emit->net->layer[l];
  struct marks *marks = emit->marks;
  bool serial = emit->plan->layer[l].conv.serial;
  const char *name = layer->name, *products = serial ? "sum" : "sums";
  marks_set(marks, "conv_sums", "%s_%s", name, layer->bias.there ? "biased" : products);
  marks_set(marks, "conv_ready", "%s_%s_%s", name, layer->bias.there ? "biased" : products,
            emit->plan->layer[l].conv.down == 1 ? "first" : "last");
  marks_set(marks, "conv_bias", "%s", "");
  if (!layer->bias.there)
    return;
  marks_set(marks, "conv_product_sums", "%s_%s", name, products);
  if (serial) {
    marks_set(marks, "conv_sums_tag", "%d'd0", 2 + emit->plan->edge[l + 1].order.word_bits);
    marks_set(marks, "conv_word_last", "1'b1");
  } else {
    marks_set(marks, "conv_sums_tag", "{%s_sums_first, %s_sums_last, %s_sums_word}", name, name,
              name);
    marks_set(marks, "conv_word_last", "%s_gradient_word_last", name);
  }
  const struct plan_edge *behind = &emit->plan->edge[l + 1];
  if (behind->at_once == 2) /* pairs begin at even slots */
    marks_set(marks, "conv_second", "{%s_gradient_slots[%d], %s_gradient_slots[0]}", name,
              behind->order.slot_bits, name);
  else
    marks_set(marks, "conv_second", "1'b0");
  emit_initial_biases(emit, l, 1);
  struct text text;
  text_open(&text);
  template_write(text.file, "core_conv_bias.v.in", marks);
  text_to_mark(&text, marks, "conv_bias");
}

/* Gradients would come with their places in a word. */
static void write_no_gradient(FILE *f, struct emit *emit, int l) {
  const struct plan_edge *behind = &emit->plan->edge[l + 1];
  const char *name = emit->net->layer[l].name;
  char places[160] = "";
  if (behind->placed)
    snprintf(places, sizeof places,
             "  assign %s_gradient_word_last = 1'b0;\n  assign %s_gradient_slots = %d'd0;\n", name,
             name, behind->order.slot_bits);
  emit_no_gradient(f, emit, l, places);
}

static void write(FILE *f, struct emit *emit, int l) {
  bool serial = emit->plan->layer[l].conv.serial;
  set_conv(emit->marks, emit->net, emit->plan, l);
  set_conv_serial(emit->marks, emit->net, emit->plan, l);
  set_initial(emit, l);
  set_biases(emit, l);
  template_write(f, serial ? "core_conv_serial.v.in" : "core_conv.v.in", emit->marks);
  write_no_gradient(f, emit, l);
}

static void add_probes(struct probes *probes, const struct emit *emit, int l) {
  const struct layer *layer = &emit->net->layer[l];
  const struct plan_conv *p = &emit->plan->layer[l].conv;
  const char *name = layer->name;
  const struct core_probe word = {.kind = PROBE_SIGNAL, .bits = 32};
  probes_add(
      probes,
      (struct core_probe){.kind = PROBE_MEMORY, .bits = p->kernel_bits, .count = p->kernel_words},
      name, "weights", p->serial ? "u_%s.kernel_q" : "u_%s.u_kernels.kernel_q", name);
  if (layer->bias.there)
    probes_add(
        probes,
        (struct core_probe){.kind = PROBE_MEMORY, .bits = layer->units * layer->bias.word.bits},
        name, "weights", "u_%s_bias.bias_q", name);
  if (!p->serial) {
    probes_add(probes, word, name, "forward_cycles", "u_%s.forward_cycles_q", name);
    probes_add(probes, word, name, "backward_cycles", "u_%s.backward_cycles_q", name);
  }
  if (!emit->trains)
    return;
  probes_add(probes, word, name, "writes", "u_%s.writes_q", name);
  if (layer->bias.there)
    probes_add(probes, word, name, "writes", "u_%s_bias.gen_training.writes_q", name);
  probes_add(probes,
             (struct core_probe){.kind = PROBE_STREAM,
                                 .bits = layer->update_bits,
                                 .count = layer->rows * layer->units},
             name, "update_sum",
             p->serial ? "u_%s.u_gradient" : "u_%s.gen_training.u_update.u_gradient", name);
}

const struct emit_kind conv_emit = {.write = write, .add_probes = add_probes};
