/* loaded.c : a core that has weights from its start.
 * SPDX-License-Identifier: MIT
 */
#include "loaded.h"

#include "base/file.h"
#include "text.h"

#include <stdlib.h>

#define KIND(NAME, name) &name##_emit,
static const struct emit_kind *const kinds[] = {LAYER_KINDS(KIND)};
#undef KIND

int loaded_check(const struct net *net, struct error *err) {
  for (int l = 0; l < net->layer_count; l++) {
    const struct emit_kind *kind = kinds[net->layer[l].kind];
    if (kind->check_load && kind->check_load(&net->layer[l], err) != 0)
      return -1;
  }
  return 0;
}

static void put(struct content *content, size_t word, int at, int32_t value, int bits) {
  for (int i = 0; i < bits; i++)
    content->bits[word * (size_t)content->word_bits + (size_t)(at + i)] = (uint32_t)value >> i & 1;
}

void content_put_weights(struct content *content, const struct emit *emit, int l, int memory) {
  const struct layer *layer = &emit->net->layer[l];
  const struct tensor *tensor = &emit->net->tensor[layer->first_tensor];
  for (int i = 0; i < layer->tensor_count; i++, tensor++) {
    const int32_t *weight = weights_of(emit->weights, tensor);
    for (int row = 0; row < tensor->rows; row++)
      for (int column = 0; column < tensor->columns; column++, weight++) {
        struct plan_place place = plan_weight_place(emit->plan, emit->net, tensor, row, column);
        if (place.memory == memory)
          put(content, (size_t)place.word, place.bit, *weight, tensor->format.bits);
      }
  }
}

void content_hex(FILE *f, const unsigned char *bits, int count) {
  fprintf(f, "%d'h", count);
  for (int digit = (count + 3) / 4 - 1; digit >= 0; digit--) {
    unsigned value = 0;
    for (int i = 0; i < 4 && 4 * digit + i < count; i++)
      value |= (unsigned)bits[4 * digit + i] << i;
    fprintf(f, "%x", value);
  }
}

void emit_initial_biases(struct emit *emit, int l, int memory) {
  const struct layer *layer = &emit->net->layer[l];
  marks_set(emit->marks, "bias_initial", "%s", "");
  if (!emit->weights)
    return;
  int word_bits = layer->bias.word.bits, bits = layer->units * word_bits;
  struct content content = {memory_new((size_t)bits, 1), word_bits};
  content_put_weights(&content, emit, l, memory);
  struct text initial;
  text_open(&initial);
  fprintf(initial.file, ",\n    .LOADED(1), .INITIAL_BITS(%d), .INITIAL(", bits);
  content_hex(initial.file, content.bits, bits);
  fprintf(initial.file, ")");
  text_to_mark(&initial, emit->marks, "bias_initial");
  free(content.bits);
}

void loaded_write_banks(FILE *f, struct emit *emit) {
  struct text choice, modules;
  text_open(&choice);
  text_open(&modules);
  for (int l = 0; l < emit->net->layer_count; l++) {
    const struct emit_kind *kind = kinds[emit->net->layer[l].kind];
    if (kind->write_banks)
      kind->write_banks(choice.file, modules.file, emit, l);
  }
  text_to_mark(&choice, emit->marks, "bank_choice");
  text_to_mark(&modules, emit->marks, "bank_modules");
  template_write(f, "bank.v.in", emit->marks);
}
