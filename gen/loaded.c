/* loaded.c : a core that has weights from its start.
 * SPDX-License-Identifier: MIT
 */
#include "loaded.h"

#include "base/file.h"
#include "net/map.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_WORDS = 32 /* of an initial block: Yosys takes time by the square of them */ };

int loaded_check(const struct net *net, struct error *err) {
  for (int l = 0; l < net->layer_count; l++)
    if (net->layer[l].kind != LAYER_CONV && net->layer[l].storage == STORAGE_SINGLE_PORT)
      return error_set(err,
                       "--load: storage: single_port cannot begin with weights (single-port RAM "
                       "such as the iCE40's has no initial contents), choose storage: ram "
                       "or register");
  return 0;
}

unsigned loaded_features(const struct net *net, bool loaded) {
  bool trains = net->fold[FOLD_MODE] == MODE_TRAINING;
  bool logits = net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX;
  return (trains ? MAP_TRAINS : 0) | (logits ? MAP_LOGITS : 0) | (loaded ? MAP_LOADED : 0) |
         (loaded && !trains ? MAP_FIXED : 0);
}

/* ---------------------------------------------------------------- words of a memory */

/* A memory's content: bit i is bits[i]. */
struct content {
  unsigned char *bits;
  int word_bits;
};

static void content_put(struct content *content, size_t word, int at, int32_t value, int bits) {
  for (int i = 0; i < bits; i++)
    content->bits[word * (size_t)content->word_bits + (size_t)(at + i)] = (uint32_t)value >> i & 1;
}

static void content_hex(FILE *f, const unsigned char *bits, int count) {
  fprintf(f, "%d'h", count);
  for (int digit = (count + 3) / 4 - 1; digit >= 0; digit--) {
    unsigned value = 0;
    for (int i = 0; i < 4 && 4 * digit + i < count; i++)
      value |= (unsigned)bits[4 * digit + i] << i;
    fprintf(f, "%x", value);
  }
}

/* ---------------------------------------------------------------- dense layers */

/* The words of bank `bank` of row `from` of those at once; what is no weight is 0. */
static void fill_bank(struct content *content, const struct layer *layer,
                      const struct plan_layer *p, const int32_t *weights, int from, int bank) {
  for (int row = from; row < layer->rows; row += p->rows_at_once)
    for (int unit = 0; unit < layer->units; unit++) {
      int column = p->paired ? unit % 2 : 0, place = p->paired ? unit / 2 : unit;
      int lane = place % p->lanes;
      int group = p->paired ? place / p->lanes * 2 + column : place / p->lanes;
      if (lane / p->bank_lanes == bank)
        content_put(content, (size_t)(row / p->rows_at_once * p->groups + group),
                    lane % p->bank_lanes * layer->weight.bits,
                    weights[(size_t)row * (size_t)layer->units + (size_t)unit], layer->weight.bits);
    }
}

static void set_values(struct marks *marks, const struct content *content, int words,
                       bool registers) {
  struct text values;
  text_open(&values);
  for (int word = 0; word < words; word++) {
    if (!registers && word > 0 && word % BLOCK_WORDS == 0)
      fprintf(values.file, "  end\n  initial begin\n");
    fprintf(values.file, registers ? "      memory_q[%d] <= " : "    memory_q[%d] = ", word);
    content_hex(values.file, content->bits + (size_t)word * (size_t)content->word_bits,
                content->word_bits);
    fprintf(values.file, ";\n");
  }
  text_to_mark(&values, marks, "bank_values");
}

static void write_layer(FILE *choice, FILE *modules, const struct net *net,
                        const struct plan_layer *p, const struct weights *weights, int l,
                        struct marks *marks) {
  const struct layer *layer = &net->layer[l];
  int banks = (p->lanes + p->bank_lanes - 1) / p->bank_lanes;
  bool registers = layer->storage == STORAGE_REGISTER;
  marks_set(marks, "layer", "%d", l);
  marks_set(marks, "bank_bits", "%d", layer->weight.bits);
  marks_set(marks, "bank_words", "%d", p->weight_words);
  marks_set(marks, "bank_address_bits", "%d", p->address_bits);
  for (int bank = 0; bank < p->rows_at_once * banks; bank++) {
    int first = bank % banks * p->bank_lanes;
    int here = first + p->bank_lanes > p->lanes ? p->lanes - first : p->bank_lanes;
    struct content content = {.word_bits = here * layer->weight.bits};
    content.bits = memory_new((size_t)p->weight_words, (size_t)content.word_bits);
    fill_bank(&content, layer, p, weights->layer[l], bank / banks, bank % banks);
    marks_set(marks, "bank", "%d", bank);
    marks_set(marks, "bank_lanes", "%d", here);
    marks_set(marks, "bank_word_bits", "%d", content.word_bits);
    set_values(marks, &content, p->weight_words, registers);
    template_write(choice, "bank_choice.v.in", marks);
    template_write(modules, registers ? "bank_register.v.in" : "bank_ram.v.in", marks);
    free(content.bits);
  }
}

void loaded_write_banks(FILE *f, const struct net *net, const struct plan *plan,
                        const struct weights *weights, struct marks *marks) {
  struct text choice, modules;
  text_open(&choice);
  text_open(&modules);
  for (int l = 0; l < net->layer_count; l++)
    if (net->layer[l].kind != LAYER_CONV)
      write_layer(choice.file, modules.file, net, &plan->layer[l], weights, l, marks);
  text_to_mark(&choice, marks, "bank_choice");
  text_to_mark(&modules, marks, "bank_modules");
  template_write(f, "bank.v.in", marks);
}

/* ---------------------------------------------------------------- convolution */

void loaded_set_conv(struct marks *marks, const struct net *net, const struct plan *plan,
                     const struct weights *weights) {
  marks_set(marks, "initial", "%s", "");
  if (!weights || net->layer[0].kind != LAYER_CONV)
    return;
  const struct plan_layer *p = &plan->layer[0];
  const struct layer *conv = &net->layer[0];
  int bits = conv->weight.bits, height = conv->kernel_height, width = conv->kernel_width;
  int word_bits = p->serial ? p->taps * bits : conv->rows * conv->units * bits;
  int words = p->serial ? 1 << (p->filter_bits + p->chunk_bits) : 1;
  struct content content = {memory_new((size_t)words, (size_t)word_bits), word_bits};
  for (int tap = 0; tap < conv->rows; tap++)
    for (int filter = 0; filter < conv->units; filter++) {
      int32_t weight = weights->layer[0][tap * conv->units + filter];
      int k = width > 1 && height % p->taps == 0 ? tap % width * height + tap / width : tap;
      if (p->serial)
        content_put(&content, (size_t)(filter << p->chunk_bits | k / p->taps), k % p->taps * bits,
                    weight, bits);
      else
        content_put(&content, 0, (tap * conv->units + filter) * bits, weight, bits);
    }
  struct text initial;
  text_open(&initial);
  fprintf(initial.file, ",\n    .LOADED(1), ");
  if (p->serial)
    fprintf(initial.file, ".INITIAL_BITS(%d), ", words * word_bits);
  fprintf(initial.file, ".INITIAL(");
  content_hex(initial.file, content.bits, words * word_bits);
  fprintf(initial.file, ")");
  text_to_mark(&initial, marks, "initial");
  free(content.bits);
}
