/* loaded.c : a core that has weights from its start.
 * SPDX-License-Identifier: MIT
 */
#include "loaded.h"

#include "net/map.h"
#include "text.h"

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

unsigned loaded_features(const struct net *net, bool loaded) {
  bool trains = net->fold[FOLD_MODE] == MODE_TRAINING;
  bool logits = net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX;
  return (trains ? MAP_TRAINS : 0) | (logits ? MAP_LOGITS : 0) | (loaded ? MAP_LOADED : 0) |
         (loaded && !trains ? MAP_FIXED : 0);
}

static void put(struct content *content, size_t word, int at, int32_t value, int bits) {
  for (int i = 0; i < bits; i++)
    content->bits[word * (size_t)content->word_bits + (size_t)(at + i)] = (uint32_t)value >> i & 1;
}

void content_put_weights(struct content *content, const struct emit *emit, int l, int memory) {
  const struct layer *layer = &emit->net->layer[l];
  const int32_t *weight = emit->weights->layer[l];
  for (int row = 0; row < layer->rows; row++)
    for (int unit = 0; unit < layer->units; unit++, weight++) {
      struct plan_place place = plan_weight_place(emit->plan, emit->net, l, row, unit);
      if (place.memory == memory)
        put(content, (size_t)place.word, place.bit, *weight, layer->word.bits);
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
