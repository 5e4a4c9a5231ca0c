/* emit.c : a network's core as files.
 * SPDX-License-Identifier: MIT
 */
#include "emit.h"

#include "base/file.h"
#include "beside.h"
#include "embedded.h"
#include "emit_parts.h"
#include "loaded.h"
#include "model/softmax.h"
#include "net/map.h"
#include "net/plan.h"
#include "prefix.h"
#include "registers.h"
#include "synapse_emit.h"
#include "template.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define KIND(NAME, name) &name##_emit,
static const struct emit_kind *const kinds[] = {LAYER_KINDS(KIND)};
#undef KIND

/* ---------------------------------------------------------------- marks of the whole net */

static void set_versions(struct marks *marks, const struct net *net) {
  unsigned major = 0, minor = 0, patch = 0;
  sscanf(ENGRAM_VERSION, "%u.%u.%u", &major, &minor, &patch);
  marks_set(marks, "version", "%s", ENGRAM_VERSION);
  marks_set(marks, "version_word", "%08X", major << 16 | minor << 8 | patch);
  marks_set(marks, "name", "%s", net->name);
  marks_set(marks, "net_hash", "%016llX", (unsigned long long)net->net_hash);
  marks_set(marks, "core_hash", "%016llX", (unsigned long long)net->core_hash);
  marks_set(marks, "net_hash_low", "%08X", (unsigned)(uint32_t)net->net_hash);
  marks_set(marks, "net_hash_high", "%08X", (unsigned)(net->net_hash >> 32));
  marks_set(marks, "core_hash_low", "%08X", (unsigned)(uint32_t)net->core_hash);
  marks_set(marks, "core_hash_high", "%08X", (unsigned)(net->core_hash >> 32));
  marks_set(
      marks, "shape", "%08X",
      (unsigned)(net->layer_count << 24 | net->classes << 16 | net->width << 8 | net->height));
}

static void set_description(struct marks *marks, const struct net *net) {
  char *description = net_text(net);
  marks_set(marks, "text", "%s", description);
  struct text banner;
  text_open(&banner);
  for (char *line = strtok(description, "\n"); line; line = strtok(NULL, "\n"))
    fprintf(banner.file, "//   %s\n", line);
  text_to_mark(&banner, marks, "banner");
  free(description);
}

/* What is taken of a picture's byte: in the core, engram_picture_buffer's default where that is all
 * of it, and for its page. */
static void set_taken(struct marks *marks, const struct net *net) {
  int depth = net->pixel_depth, threshold = net->pixel_threshold;
  marks_set(marks, "pixel_taken", "%s", "");
  marks_set(marks, "byte", "%s", "byte");
  if (threshold > 0) {
    marks_set(marks, "pixel_taken", "\n    .THRESHOLD(%d),", threshold);
    marks_set(marks, "byte", "(byte >= %d)", threshold);
  } else if (depth < NET_PIXEL_DEPTH_MAX) {
    marks_set(marks, "pixel_taken", "\n    .PIXEL_DEPTH(%d),", depth);
    marks_set(marks, "byte", "(byte >> %d)", NET_PIXEL_DEPTH_MAX - depth);
  }
}

static void set_shapes(struct marks *marks, const struct net *net, const struct plan *plan) {
  marks_set(marks, "height", "%d", net->height);
  marks_set(marks, "width", "%d", net->width);
  marks_set(marks, "pixel_bits", "%d", net->pixel_bits);
  marks_set(marks, "pixel_offset", "%d", net->pixel_offset);
  marks_set(marks, "pixel_frac", "%d", net->pixel_frac);
  set_taken(marks, net);
  marks_set(marks, "picture_row_bits", "%d", plan->picture_row_bits);
  marks_set(marks, "word_pixels", "%d", plan->edge[0].order.positions);
  marks_set(marks, "picture_word_bits", "%d", plan->edge[0].order.word_bits);
  marks_set(marks, "picture_column_bits", "%d", plan->picture_column_bits);
  marks_set(marks, "classes", "%d", net->classes);
  marks_set(marks, "class_bits", "%d", plan->class_bits);
  marks_set(marks, "layers", "%d", net->layer_count);
  marks_set(marks, "layers_msb", "%d", net->layer_count - 1);
  marks_set(marks, "layer_bits", "%d", net->layer_bits);
  marks_set(marks, "row_bits", "%d", net->row_bits);
  marks_set(marks, "column_bits", "%d", net->column_bits);
  marks_set(marks, "address_bits", "%d", map_address_bits(net));
  marks_set(marks, "address_msb", "%d", map_address_bits(net) - 1);
  marks_set(marks, "weights_base", "%X", (unsigned)map_weight(net, 0, 0, 0));
  marks_set(marks, "row_at", "%d", net->column_bits + 2);
  marks_set(marks, "layer_at", "%d", net->row_bits + net->column_bits + 2);
  marks_set(marks, "counters", "%d", net->counters * net->layer_count);
  marks_set(marks, "counters_size", "%X", (unsigned)map_layer_size(net));
  if (net->counters == NET_COUNTERS_SHARED) /* engram_counters' default */
    marks_set(marks, "layer_counters", "%s", "");
  else
    marks_set(marks, "layer_counters", ".COUNTERS(%d), ", net->counters);
  marks_set(marks, "count_bits", "%d", plan->count_bits);
  bool trains = net->fold[FOLD_MODE] == MODE_TRAINING;
  marks_set(marks, "infer_cycles", "%d", plan->infer_cycles);
  marks_set(marks, "interval", "%d", plan->interval);
  marks_set(marks, "sequencer_interval", "%d", trains ? 0 : plan->interval);
  marks_set(marks, "step_bits", "%d", plan->step_bits);
  marks_set(marks, "train_cycles", "%d", plan->train_cycles);
  marks_set(marks, "multipliers", "%d", plan->multipliers);
}

/* Constants of all tensors, the last one leftmost, as Verilog's concatenation wants them. */
static void set_tensor_lists(struct marks *marks, const struct net *net) {
  marks_set(marks, "tensors", "%d", net->tensor_count);
  marks_set(marks, "tensors_msb", "%d", net->tensor_count - 1);
  if (net->tensor_count == net->layer_count) /* engram_control's default */
    marks_set(marks, "control_tensors", "%s", "");
  else
    marks_set(marks, "control_tensors", ".TENSORS(%d), ", net->tensor_count);
  struct text rows, columns, bits;
  text_open(&rows);
  text_open(&columns);
  text_open(&bits);
  for (int i = net->tensor_count - 1; i >= 0; i--) {
    const struct tensor *t = &net->tensor[i];
    const char *comma = i ? ", " : "";
    fprintf(rows.file, "32'd%d%s", t->rows, comma);
    fprintf(columns.file, "32'd%d%s", t->columns, comma);
    fprintf(bits.file, "8'd%d%s", t->format.bits, comma);
  }
  text_to_mark(&rows, marks, "rows_list");
  text_to_mark(&columns, marks, "columns_list");
  text_to_mark(&bits, marks, "weight_bits_list");
}

static void set_training(struct marks *marks, const struct net *net, const struct plan *plan) {
  const struct plan_random *random = &plan->random;
  unsigned freeze = 0;
  for (int l = 0; l < net->layer_count; l++)
    freeze |= (unsigned)net->layer[l].freeze << l;
  marks_set(marks, "rate", "%d", net->rate);
  marks_set(marks, "initial_freeze", "%u", freeze);
  bool trains = net->fold[FOLD_MODE] == MODE_TRAINING;
  marks_set(marks, "training", "%d", trains);
  bool logits = net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX;
  int logit_frac = net->layer[net->layer_count - 1].activation.frac;
  marks_set(marks, "reply_logits", "%d", logits);
  marks_set(marks, "logit_frac", "%d", logit_frac);
  marks_set(marks, "reply_values", "%s", logits ? "logit (sign-extended)" : "probability");
  marks_set(marks, "reply_frac", "%d", logits ? logit_frac : NET_PROBABILITY_FRAC);
  marks_set(marks, "updated", "%s_updated", net->layer[0].name);
  marks_set(marks, "rounding", "%d",
            net->rounding == ROUND_NEAREST      ? 0
            : net->rounding == ROUND_STOCHASTIC ? 1
                                                : 2);
  marks_set(marks, "round_bits", "%d", random->round_bits);
  marks_set(marks, "key_bits", "%d", random->key_bits);
  marks_set(marks, "drawn_bits", "%d", random->drawn_bits);
  marks_set(marks, "pairs", "%d", random->dropout_bits);
  marks_set(marks, "pair_offset", "%d", random->dropout_offset);
  if (net->hash_bits > 0)
    marks_set(marks, "round_key", "drawn[%d:%d]", random->drawn_bits - 1, net->hash_bits);
  else
    marks_set(marks, "round_key", "{%d{1'b0}}", net->position_bits);
}

static void set_loaded(struct marks *marks, const struct net *net, const struct weights *weights) {
  bool trains = net->fold[FOLD_MODE] == MODE_TRAINING;
  bool fixed = weights && !trains;
  marks_set(marks, "loaded", "%d", weights != NULL);
  marks_set(marks, "fixed", "%d", fixed);
  marks_set(marks, "page_weights", "%s",
            !weights ? ""
            : fixed  ? "The weights are in the core from its start, as ROM: writes are refused.\n\n"
                     : "The weights are in the core from its start; they can be written.\n\n");
  marks_set(marks, "features", "%u", registers_features(net, weights));
}

/* ---------------------------------------------------------------- marks of one layer */

/* Base and key of the layer's random bits: of those that are drawn, the lowest. */
static void set_random(struct marks *marks, const struct plan_random *random, int round_bits) {
  int key_bits = random->key_bits - (random->round_bits - round_bits);
  marks_set(marks, "layer_round_bits", "%d", round_bits);
  if (round_bits == random->round_bits) {
    marks_set(marks, "layer_base", "round_base");
    marks_set(marks, "layer_key", "round_key");
    return;
  }
  marks_set(marks, "layer_base", "round_base[%d:0]", round_bits - 1);
  marks_set(marks, "layer_key", "round_key[%d:0]", key_bits - 1);
}

/* Biases are the layer's last tensor; what goes on are the sums with them. */
static void set_bias(struct marks *marks, const struct net *net, const struct plan *plan, int l) {
  const struct layer *layer = &net->layer[l];
  const struct bias *bias = &layer->bias;
  const struct plan_layer *p = &plan->layer[l];
  const char *name = layer->name;
  marks_set(marks, "summed", bias->there ? "%s_biased" : "%s_sum", name);
  marks_set(marks, "kept_sum", bias->there ? "%s_biased_keep" : "%s_keep", name);
  if (!bias->there) {
    marks_set(marks, "lost", "%s_lost", name);
    return;
  }
  marks_set(marks, "lost", "%s_lost[%d:0]", name, p->updates - 1);
  marks_set(marks, "bias_lost", "%s_lost[%d]", name, p->updates);
  marks_set(marks, "bias_tensor", "%d", net_tensor_number(net, net_bias(net, l)));
  marks_set(marks, "bias_bits", "%d", bias->word.bits);
  marks_set(marks, "bias_shift", "%d", bias->sum_shift);
  marks_set(marks, "bias_update_bits", "%d", bias->update_bits);
  marks_set(marks, "bias_update_shift", "%d", bias->update_shift);
}

static void set_layer(struct marks *marks, const struct net *net, const struct plan *plan, int l) {
  const struct layer *layer = &net->layer[l];
  const struct plan_layer *p = &plan->layer[l];
  const struct plan_edge *behind = &plan->edge[l + 1];
  marks_set(marks, "layer", "%d", l);
  marks_set(marks, "tensor", "%d", layer->first_tensor);
  marks_set(marks, "layer_name", "%s", layer->name);
  marks_set(marks, "rows", "%d", layer->rows);
  marks_set(marks, "layer_row_bits", "%d", p->row_bits);
  marks_set(marks, "units", "%d", layer->units);
  marks_set(marks, "last_unit", "%d'd%d", p->unit_bits, layer->units - 1);
  marks_set(marks, "unit_bits", "%d", p->unit_bits);
  marks_set(marks, "input_bits", "%d", layer->input.bits);
  marks_set(marks, "weight_bits", "%d", layer->weight.bits);
  marks_set(marks, "stored_bits", "%d", layer->word.bits);
  marks_set(marks, "activation_bits", "%d", layer->activation.bits);
  marks_set(marks, "gradient_bits", "%d", layer->gradient.bits);
  marks_set(marks, "sum_bits", "%d", layer->sum_bits);
  marks_set(marks, "sum_shift", "%d", layer->sum_shift);
  marks_set(marks, "back_bits", "%d", p->back_bits);
  marks_set(marks, "back_shift", "%d", layer->back_shift);
  marks_set(marks, "update_bits", "%d", layer->update_bits);
  marks_set(marks, "update_shift", "%d", layer->update_shift);
  set_random(marks, &plan->random, p->round_bits);
  set_bias(marks, net, plan, l);
  marks_set(marks, "relu", "%d", layer->relu);
  marks_set(marks, "halve", "%s", layer->dropout ? "halve_q" : "1'b0");
  if (layer->scale_bits > 0)
    marks_set(marks, "kept", ", .KEPT(%d)", NET_DRAWS - layer->dropped);
  else /* engram_normaliser's default */
    marks_set(marks, "kept", "%s", "");
  marks_set(marks, "logic_multipliers", "%d", p->logic_multipliers);
  marks_set(marks, "values", "%d", behind->order.values);
  marks_set(marks, "words", "%d", behind->order.words);
  marks_set(marks, "word_bits", "%d", behind->order.word_bits);
  marks_set(marks, "slot_bits", "%d", behind->order.slot_bits);
  marks_set(marks, "next_copies", "%d", behind->copies);
}

/* What is counted of a layer, before it is. */
static void write_counts(FILE *f, const struct net *net, const struct plan *plan,
                         struct marks *marks, int l) {
  for (int i = 0; i < net->counters; i++) {
    const struct counter *counter = net_counter(&net->layer[l], i);
    const struct plan_count *count = &plan->layer[l].count[i];
    marks_set(marks, "counter", "%d", net->counters * l + i);
    if (!counter) {
      template_write(f, "core_absent_count.v.in", marks);
      continue;
    }
    marks_set(marks, "flags_name", "%s_%s", net->layer[l].name, counter->wires);
    marks_set(marks, "flags", "%d", count->flags);
    marks_set(marks, "flag_levels", "%d", count->levels);
    marks_set(marks, "flag_sum_bits", "%d", count->sum_bits);
    marks_set(marks, "flag_count_bits", "%d", count->bits);
    bool counts = !counter->trains || net->fold[FOLD_MODE] == MODE_TRAINING;
    template_write(f, counts ? "core_count.v.in" : "core_no_count.v.in", marks);
  }
}

/* ---------------------------------------------------------------- files */

static void write_core(FILE *f, struct emit *emit) {
  template_write(f, "core_head.v.in", emit->marks);
  for (int l = 0; l < emit->net->layer_count; l++) {
    set_layer(emit->marks, emit->net, emit->plan, l);
    write_counts(f, emit->net, emit->plan, emit->marks, l);
    kinds[emit->net->layer[l].kind]->write(f, emit, l);
  }
}

static void write_table(FILE *f, struct marks *marks) {
  uint16_t table[SOFTMAX_ENTRIES];
  softmax_table(table);
  struct text entries;
  text_open(&entries);
  for (int i = 0; i < SOFTMAX_ENTRIES - 1; i++)
    fprintf(entries.file, "      8'd%d: exponential_q <= 16'd%d;\n", i, table[i]);
  text_to_mark(&entries, marks, "entries");
  marks_set(marks, "last_entry", "%d", table[SOFTMAX_ENTRIES - 1]);
  template_write(f, "exp_table.v.in", marks);
}

static void write_header(FILE *f, const struct net *net, struct marks *marks) {
  struct text text;
  text_open(&text);
  registers_write_c(text.file);
  text_to_mark(&text, marks, "registers");
  text_open(&text);
  for (int i = 0; i < net->tensor_count; i++) {
    const struct tensor *t = &net->tensor[i];
    char title[NET_TENSOR_NAME_MAX];
    net_tensor_title(net, t, title);
    fprintf(text.file,
            "#define ENGRAM_LAYER%d_ROWS %d /* %s */\n#define ENGRAM_LAYER%d_COLUMNS %d\n", i,
            t->rows, title, i, t->columns);
  }
  text_to_mark(&text, marks, "shapes");
  text_open(&text);
  registers_write_counters(text.file, net);
  text_to_mark(&text, marks, "counter_list");
  beside_layer_list(marks, net);
  template_write(f, "core_header.h.in", marks);
}

/* The row of tensor `i`; what is the layer's beside its first tensor. */
static void write_tensor_row(FILE *f, const struct net *net, int i) {
  const struct tensor *t = &net->tensor[i];
  const struct layer *layer = &net->layer[t->layer];
  char title[NET_TENSOR_NAME_MAX];
  net_tensor_title(net, t, title);
  fprintf(f, "| %d %s | %d x %d | %d, %d | ", i, title, t->rows, t->columns, t->format.bits,
          t->format.frac);
  if (i == layer->first_tensor)
    fprintf(f, "%d, %d | %d, %d | %d | %d |\n", layer->activation.bits, layer->activation.frac,
            layer->gradient.bits, layer->gradient.frac, layer->sum_bits, layer->update_bits);
  else
    fprintf(f, "| | | |\n");
}

static void write_page(FILE *f, const struct net *net, const struct plan *plan,
                       struct marks *marks) {
  struct text text;
  text_open(&text);
  for (int i = 0; i < plan->memory_count; i++)
    fprintf(text.file, "| %s | %d | %d | %d |\n", plan->memory[i].what, plan->memory[i].count,
            plan->memory[i].words, plan->memory[i].bits);
  text_to_mark(&text, marks, "memories");
  text_open(&text);
  for (int i = 0; i < net->tensor_count; i++)
    write_tensor_row(text.file, net, i);
  text_to_mark(&text, marks, "layers_table");
  text_open(&text);
  registers_write_page(text.file, net);
  text_to_mark(&text, marks, "register_table");
  template_write(f, "core_page.md.in", marks);
}

static void write_rdl(FILE *f, const struct net *net, struct marks *marks) {
  struct text text, expanded;
  text_open(&text);
  registers_write_rdl(text.file, net);
  fclose(text.file);
  text_open(&expanded);
  template_expand(expanded.file, "registers", text.text, marks);
  free(text.text);
  text_to_mark(&expanded, marks, "rdl_registers");
  template_write(f, "core.rdl.in", marks);
}

static void write_probes(FILE *f, const struct emit *emit) {
  struct probes probes;
  probes_make(&probes, emit);
  probes_write(f, &probes, emit->net->name);
  probes_free(&probes);
}

/* Writes one finished text to folder/name, unless something has failed already; releases the text
 * either way. */
static int save(const char *folder, const char *name, struct text *text, struct error *err) {
  text_close(text);
  char *path = err->message[0] ? NULL : path_join(folder, name);
  struct output out;
  FILE *f = path ? output_open(&out, path, err) : NULL;
  int result = -1;
  if (f) {
    fwrite(text->text, 1, text->size, f);
    result = output_commit(&out, err);
  }
  free(path);
  free(text->text);
  return result;
}

static bool is_leaf(const char *name) {
  size_t length = strlen(name);
  return length > 2 && !strcmp(name + length - 2, ".v");
}

/* Leaves go into the core's list or into the list of what the system has beside the core. */
static int save_leaves(const struct net *net, const char *folder, struct text *core,
                       struct text *system, struct error *err) {
  for (const struct embedded *file = embedded_files; file->name; file++) {
    const char *name = is_leaf(file->name) ? file->name : beside_driver_name(file->name);
    if (!name || !beside_is_for(net, name))
      continue;
    if (is_leaf(name))
      fprintf(beside_is_link(name) ? system->file : core->file, "%s\n", name);
    struct text text;
    text_open(&text);
    fputs(file->text, text.file);
    if (save(folder, name, &text, err))
      return -1;
  }
  return 0;
}

int emit_core(const struct net *net, const char *folder, const char *prefix,
              const struct weights *weights, struct error *err) {
  if ((prefix && prefix_check(prefix, net, err)) || (weights && loaded_check(net, err)))
    return -1;
  struct plan plan;
  plan_make(&plan, net);
  struct marks marks = {.count = 0};
  registers_set_marks(&marks);
  set_versions(&marks, net);
  set_description(&marks, net);
  set_shapes(&marks, net, &plan);
  set_tensor_lists(&marks, net);
  set_training(&marks, net, &plan);
  set_loaded(&marks, net, weights);
  struct emit emit = {.net = net,
                      .plan = &plan,
                      .weights = weights,
                      .marks = &marks,
                      .trains = net->fold[FOLD_MODE] == MODE_TRAINING};

  struct text core, axi, system, table, header, page, rdl, list, system_list, fusesoc, bench, litex,
      probe_list;
  text_open(&core);
  text_open(&axi);
  text_open(&system);
  text_open(&table);
  text_open(&header);
  text_open(&page);
  text_open(&rdl);
  text_open(&list);
  text_open(&system_list);
  text_open(&fusesoc);
  text_open(&bench);
  text_open(&litex);
  text_open(&probe_list);
  write_core(core.file, &emit);
  template_write(axi.file, "axi.v.in", &marks);
  template_write(system.file, "system.v.in", &marks);
  write_table(table.file, &marks);
  write_header(header.file, net, &marks);
  write_page(page.file, net, &plan, &marks);
  write_rdl(rdl.file, net, &marks);
  beside_write_fusesoc(fusesoc.file, net, prefix);
  beside_write_bench(bench.file, net, weights);
  template_write(litex.file, "engram_litex.py.in", &marks);
  write_probes(probe_list.file, &emit);
  fprintf(list.file, "engram_core.v\nengram_axi.v\nengram_exp_table.v\n");
  fprintf(system_list.file, "engram_system.v\n");
  struct text banks;
  if (weights) {
    text_open(&banks);
    loaded_write_banks(banks.file, &emit);
  }
  struct text updates, values;
  bool differs = synapse_another(net);
  if (differs) {
    text_open(&updates);
    text_open(&values);
    synapse_write(updates.file, values.file, &emit);
  }
  marks_free(&marks);

  struct staging staging;
  int result = staging_open(&staging, folder, err);
  const char *path = staging.path;
  result |= result ? -1 : save_leaves(net, path, &list, &system_list, err);
  if (weights) /* in place of the leaf of the same name */
    result |= save(path, "engram_bank.v", &banks, err);
  if (differs) /* likewise */
    result |=
        save(path, "engram_synapse.v", &updates, err) | save(path, "engram_value.v", &values, err);
  result |= save(path, "engram_core.v", &core, err);
  result |= save(path, "engram_axi.v", &axi, err);
  result |= save(path, "engram_system.v", &system, err);
  result |= save(path, "engram_exp_table.v", &table, err);
  result |= save(path, "engram_core.h", &header, err);
  result |= save(path, "engram_core.md", &page, err);
  result |= save(path, "engram_core.rdl", &rdl, err);
  result |= save(path, "engram_core.f", &list, err);
  result |= save(path, "engram_system.f", &system_list, err);
  result |= save(path, "engram_core.core", &fusesoc, err);
  result |= save(path, "engram_core_tb.v", &bench, err);
  result |= save(path, "engram_litex.py", &litex, err);
  result |= save(path, "engram_probes.txt", &probe_list, err);
  if (result == 0 && prefix)
    result = prefix_folder(prefix, path, err);
  if (result == 0)
    return staging_commit(&staging, err);
  if (path)
    staging_abort(&staging);
  return -1;
}
