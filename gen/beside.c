/* beside.c : what stands beside a core's Verilog.
 * SPDX-License-Identifier: MIT
 */
#include "beside.h"

#include "base/file.h"
#include "embedded.h"
#include "model/model.h"
#include "net/map.h"
#include "net/plan.h"
#include "registers.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { BENCH_SEED = 1, BENCH_LABEL = 1 };

/* ---------------------------------------------------------------- header */

void beside_layer_list(struct marks *marks, const struct net *net) {
  struct text lines;
  text_open(&lines);
  for (int i = 0; i < net->tensor_count; i++) {
    const struct tensor *t = &net->tensor[i];
    fprintf(lines.file, " \\\n  X(%d, %d, %d, %d, %d, %d)", i, t->rows, t->columns, t->format.bits,
            t->format.frac, t->initial_bits);
  }
  text_to_mark(&lines, marks, "layer_list");
}

/* ---------------------------------------------------------------- files */

bool beside_is_link(const char *leaf) {
  return !strncmp(leaf, "engram_link", 11) || !strncmp(leaf, "engram_uart", 11);
}

bool beside_is_for(const struct net *net, const char *leaf) {
  bool biases = false;
  for (int l = 0; l < net->layer_count; l++)
    biases |= net->layer[l].bias.there;
  return biases || (strcmp(leaf, "engram_bias.v") != 0 && strcmp(leaf, "engram_conv_bias.v") != 0);
}

/* ---------------------------------------------------------------- FuseSoC */

void beside_fusesoc_name(char name[BESIDE_FUSESOC_MAX], const struct net *net, const char *prefix) {
  if (prefix)
    snprintf(name, BESIDE_FUSESOC_MAX, "engram:core:%s:%s", prefix, ENGRAM_VERSION);
  else
    snprintf(name, BESIDE_FUSESOC_MAX, "engram:core:%s_%08x:%s", net->name,
             (unsigned)(net->core_hash >> 32), ENGRAM_VERSION);
}

/* What tells layouts of one net apart, for those who read a list of cores. */
static void set_layout(struct marks *marks, const struct net *net) {
  struct text layout;
  text_open(&layout);
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++) {
    const char *const *words = net_fold_words(fold);
    fprintf(layout.file, " %s=", net_fold_name(fold));
    if (words)
      fputs(words[net->fold[fold]], layout.file);
    else
      fprintf(layout.file, "%d", net->fold[fold]);
  }
  text_to_mark(&layout, marks, "layout");
}

void beside_write_fusesoc(FILE *f, const struct net *net, const char *prefix) {
  struct marks marks = {.count = 0};
  char fusesoc_name[BESIDE_FUSESOC_MAX];
  beside_fusesoc_name(fusesoc_name, net, prefix);
  marks_set(&marks, "fusesoc_name", "%s", fusesoc_name);
  marks_set(&marks, "name", "%s", net->name);
  marks_set(&marks, "version", "%s", ENGRAM_VERSION);
  set_layout(&marks, net);
  struct text files;
  text_open(&files);
  fprintf(files.file, "      - engram_core.v\n      - engram_axi.v\n      - engram_exp_table.v\n");
  for (const struct embedded *file = embedded_files; file->name; file++) {
    const char *suffix = strrchr(file->name, '.');
    if (suffix && !strcmp(suffix, ".v") && !beside_is_link(file->name) &&
        beside_is_for(net, file->name))
      fprintf(files.file, "      - %s\n", file->name);
  }
  text_to_mark(&files, &marks, "core_files");
  template_write(f, "engram_core.core.in", &marks);
  marks_free(&marks);
}

/* ---------------------------------------------------------------- test bench */

/* The bench's pictures: upper bytes of a linear congruential generator. */
static void fill_picture(uint8_t *picture, int pixels, uint32_t *noise) {
  for (int i = 0; i < pixels; i++) {
    *noise = *noise * UINT32_C(1664525) + UINT32_C(1013904223);
    picture[i] = (uint8_t)(*noise >> 24);
  }
}

/* The words of the reply that the model's last step has, before the step count moves on. */
static void set_reply(struct marks *marks, const char *name, const struct model *model,
                      bool train) {
  struct text lines;
  text_open(&lines);
  fprintf(lines.file, "    expected[0] = 32'h%08X;\n", (unsigned)(train << 16 | model->best));
  fprintf(lines.file, "    expected[1] = 32'd%u;\n", (unsigned)model->state.steps);
  const struct net *net = model->net;
  const int32_t *values = net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX
                              ? model->layer[net->layer_count - 1].activation
                              : model->probability;
  for (int c = 0; c < net->classes; c++)
    fprintf(lines.file, "    expected[%d] = 32'h%08X;\n", c + 2, (unsigned)values[c]);
  text_to_mark(&lines, marks, name);
}

static uint32_t digest_of(const int32_t *weights, size_t count) {
  uint32_t digest = 0;
  for (size_t i = 0; i < count; i++)
    digest = (digest << 1 | digest >> 31) ^ (uint32_t)weights[i];
  return digest;
}

/* The embedded template as the mark's value. */
static void set_template(struct marks *marks, const char *mark, const char *name) {
  struct text lines;
  text_open(&lines);
  template_write(lines.file, name, marks);
  text_to_mark(&lines, marks, mark);
}

/* Checks that the weights are there, and (where they are fixed) that none can be written. */
static void set_loaded(struct marks *marks, const struct net *net, const struct weights *weights) {
  bool fixed = net->fold[FOLD_MODE] != MODE_TRAINING;
  struct text lines;
  text_open(&lines);
  fprintf(lines.file, "    check_register(\"FEATURES\", 32'h%02X, 32'd%u);\n", MAP_FEATURES,
          registers_features(net, true));
  fprintf(lines.file, "    check_register(\"RANDOM\", RANDOM, 32'd1);\n");
  if (fixed)
    fprintf(lines.file, "    refused = 1'b1;\n    write(weight_address(0, 0, 0), 32'd0);\n"
                        "    write(weight_address(0, 0, 0), 32'd1);\n    refused = 1'b0;\n");
  for (int i = 0; i < net->tensor_count; i++) {
    const struct tensor *t = &net->tensor[i];
    fprintf(lines.file, "    check_layer(%d, %d, %d, 32'h%08X);\n", i, t->rows, t->columns,
            (unsigned)digest_of(weights_of(weights, t), net_tensor_size(t)));
  }
  text_to_mark(&lines, marks, "tb_load");
  marks_set(marks, "tb_refused", "%d", fixed ? 2 : 0);
  marks_set(marks, "tb_response", "refused ? 32'd2 : 32'd0");
  marks_set(marks, "tb_declared", "  reg refused = 1'b0;  // the core is to refuse the write\n");
  set_template(marks, "tb_weights", "core_tb_loaded.v.in");
}

/* Loads of initial weights; the first state of their generator. */
static void set_load(struct marks *marks, const struct net *net) {
  marks_set(marks, "tb_refused", "0");
  marks_set(marks, "tb_response", "32'd0");
  marks_set(marks, "tb_declared", "%s", "");
  marks_set(marks, "tb_fill", "%08X", random_fill_state(BENCH_SEED));
  struct random_state state = random_from_seed(BENCH_SEED);
  struct text lines;
  text_open(&lines);
  for (int word = 0; word < 4; word++)
    fprintf(lines.file, "    write(RANDOM + %d, 32'h%08X);\n", 4 * word,
            (unsigned)((word < 2 ? state.low : state.high) >> (word % 2 * 32)));
  for (int i = 0; i < net->tensor_count; i++) {
    const struct tensor *t = &net->tensor[i];
    if (t->initial_bits == 0)
      fprintf(lines.file,
              "    for (column = 0; column < %d; column = column + 1)\n"
              "      write(weight_address(%d, 0, column), 32'd0);\n",
              t->columns, i);
    else
      fprintf(lines.file, "    load(%d, %d, %d, %d);\n", i, t->rows, t->columns, t->initial_bits);
  }
  text_to_mark(&lines, marks, "tb_load");
  set_template(marks, "tb_weights", "core_tb_load.v.in");
}

/* Checks of the random state, and of each tensor's first and last row, after the training step. */
static void set_after(struct marks *marks, struct model *model) {
  const struct random_state *state = &model->state.random;
  struct text lines;
  text_open(&lines);
  for (int word = 0; word < 4; word++)
    fprintf(lines.file, "    check_register(\"RANDOM\", RANDOM + %d, 32'h%08X);\n", 4 * word,
            (unsigned)((word < 2 ? state->low : state->high) >> (word % 2 * 32)));
  for (int i = 0; i < model->net->tensor_count; i++) {
    const struct tensor *t = &model->net->tensor[i];
    size_t columns = (size_t)t->columns;
    int last = t->rows - 1;
    for (int row = 0; row <= last; row += last > 0 ? last : 1) {
      const int32_t *weights = weights_of(model_weights(model), t) + (size_t)row * columns;
      fprintf(lines.file, "    check_row(%d, %d, %d, 32'h%08X);\n", i, row, t->columns,
              (unsigned)digest_of(weights, columns));
    }
  }
  text_to_mark(&lines, marks, "tb_after");
}

/* One inference and one training step (in a core that only infers, another inference). */
static void set_steps(struct marks *marks, const struct net *net, const struct weights *weights) {
  bool train = net->fold[FOLD_MODE] == MODE_TRAINING;
  int pixels = net->height * net->width;
  uint8_t *picture = memory_new((size_t)pixels, 1);
  uint32_t noise = 1;
  struct model model;
  model_new(&model, net, BENCH_SEED);
  if (weights) {
    weights_copy(model_edit(&model), weights);
    model.state.random = (struct random_state){.low = 1}; /* as the reset has it */
  }
  fill_picture(picture, pixels, &noise);
  model_forward(&model, picture, 0, false);
  set_reply(marks, "tb_infer", &model, false);
  fill_picture(picture, pixels, &noise);
  model_forward(&model, picture, BENCH_LABEL, train);
  set_reply(marks, "tb_train", &model, train);
  if (train)
    model_backward(&model, BENCH_LABEL);
  marks_set(marks, "tb_steps", "%u", (unsigned)model.state.steps);
  set_after(marks, &model);
  model_free(&model);
  free(picture);
}

void beside_write_bench(FILE *f, const struct net *net, const struct weights *weights) {
  struct plan plan;
  plan_make(&plan, net);
  struct marks marks = {.count = 0};
  registers_set_marks(&marks);
  marks_set(&marks, "name", "%s", net->name);
  marks_set(&marks, "version", "%s", ENGRAM_VERSION);
  marks_set(&marks, "pixels", "%d", net->height * net->width);
  marks_set(&marks, "classes", "%d", net->classes);
  marks_set(&marks, "probabilities", "%d", net->fold[FOLD_OUTPUT] != OUTPUT_ARGMAX);
  marks_set(&marks, "infer_cycles", "%d", plan.infer_cycles);
  marks_set(&marks, "train_cycles", "%d", plan.train_cycles);
  marks_set(&marks, "address_msb", "%d", map_address_bits(net) - 1);
  marks_set(&marks, "weights_base", "%X", (unsigned)map_weight(net, 0, 0, 0));
  marks_set(&marks, "row_at", "%d", net->column_bits + 2);
  marks_set(&marks, "layer_at", "%d", net->row_bits + net->column_bits + 2);
  marks_set(&marks, "net_hash_low", "%08X", (unsigned)(uint32_t)net->net_hash);
  marks_set(&marks, "net_hash_high", "%08X", (unsigned)(net->net_hash >> 32));
  marks_set(&marks, "core_hash_low", "%08X", (unsigned)(uint32_t)net->core_hash);
  marks_set(&marks, "core_hash_high", "%08X", (unsigned)(net->core_hash >> 32));
  if (weights)
    set_loaded(&marks, net, weights);
  else
    set_load(&marks, net);
  set_steps(&marks, net, weights);
  template_write(f, "core_tb.v.in", &marks);
  marks_free(&marks);
}

/* ---------------------------------------------------------------- driver */

const char *beside_driver_name(const char *embedded) {
  static const struct {
    const char *embedded, *emitted;
  } files[] = {{"engram_driver.h", "engram_driver.h"},
               {"engram_driver.c", "engram_driver.c"},
               {"example.c", "engram_example.c"}};
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
    if (!strcmp(files[i].embedded, embedded))
      return files[i].emitted;
  return NULL;
}
