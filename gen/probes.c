/* probes.c : what of an emitted core benches and tools look at, and where it stands.
 * SPDX-License-Identifier: MIT
 */
#include "probes.h"

#include "emit_parts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define KIND(NAME, name) &name##_emit,
static const struct emit_kind *const kinds[] = {LAYER_KINDS(KIND)};
#undef KIND

static void set_name(char name[sizeof((struct core_probe *)0)->name], const char *layer,
                     const char *what) {
  snprintf(name, sizeof((struct core_probe *)0)->name, "%s.%s", layer, what);
}

void probes_add(struct probes *probes, struct core_probe like, const char *layer, const char *what,
                const char *path, ...) {
  if (probes->count == probes->room) {
    probes->room = 2 * probes->room + 64;
    probes->probe = realloc(probes->probe, (size_t)probes->room * sizeof *probes->probe);
    if (!probes->probe)
      abort();
  }
  struct core_probe *probe = &probes->probe[probes->count++];
  *probe = like;
  set_name(probe->name, layer, what);
  if (like.kind != PROBE_LANE && like.kind != PROBE_BANK)
    probe->number =
        probes->count > 1 && !strcmp(probe[-1].name, probe->name) ? probe[-1].number + 1 : 0;
  probe->count = like.count ? like.count : 1;
  probe->passes = like.passes ? like.passes : 1;
  va_list args;
  va_start(args, path);
  int length = vsnprintf(probe->path, sizeof probe->path, path, args);
  va_end(args);
  if (length >= (int)sizeof probe->path)
    abort();
}

const struct core_probe *probes_find(const struct probes *probes, const char *layer,
                                     const char *what, int number) {
  char name[sizeof((struct core_probe *)0)->name];
  set_name(name, layer, what);
  for (int i = 0; i < probes->count; i++)
    if (probes->probe[i].number == number && !strcmp(probes->probe[i].name, name))
      return &probes->probe[i];
  return NULL;
}

/* What the templates of the core's head have, and of each layer's counts and gradients. */
static void add_core(struct probes *probes, const struct emit *emit) {
  const struct core_probe word = {.kind = PROBE_SIGNAL, .bits = 32};
  const struct plan *plan = emit->plan;
  probes_add(probes, (struct core_probe){.kind = PROBE_SIGNAL, .bits = 127}, "random", "state",
             "u_random.state_q");
  probes_add(probes, word, "sequencer", "started", "u_sequencer.started_q");
  probes_add(probes, word, "sequencer", "ended", "u_sequencer.ended_q");
  probes_add(probes, (struct core_probe){.kind = PROBE_MEMORY, .bits = 16, .count = 128},
             "counters", "memory", "u_counters.memory_q");
  probes_add(probes, (struct core_probe){.kind = PROBE_SIGNAL, .bits = 7}, "counters", "at",
             "u_counters.at_q");
  probes_add(probes,
             (struct core_probe){.kind = PROBE_SIGNAL,
                                 .bits = plan->count_bits > 16 ? plan->count_bits : 16},
             "counters", "addend", "u_counters.addend_q");
  static const char *const counts[] = {"steps", "pictures", "correct"};
  for (int i = 0; i < 3; i++)
    probes_add(probes, (struct core_probe){.kind = PROBE_SIGNAL, .bits = plan->step_bits},
               "counters", counts[i], "u_counters.u_%s.count_q", counts[i]);
}

static void add_layer(struct probes *probes, const struct emit *emit, int l) {
  const struct layer *layer = &emit->net->layer[l];
  const struct counter *counter;
  for (int i = 0; (counter = net_counter(layer, i)) != NULL; i++)
    if (emit->trains || !counter->trains)
      probes_add(
          probes,
          (struct core_probe){.kind = PROBE_SIGNAL, .bits = emit->plan->layer[l].count[i].bits},
          layer->name, counter->wires, "u_%s_%s.count_q", layer->name, counter->wires);
  kinds[layer->kind]->add_probes(probes, emit, l);
  if (emit->trains)
    emit_add_values(probes, emit, l, "gradient", "_gradient", "value",
                    emit->plan->edge[l + 1].at_once, layer->gradient.bits);
}

void probes_make(struct probes *probes, const struct emit *emit) {
  *probes = (struct probes){.count = 0};
  add_core(probes, emit);
  for (int l = 0; l < emit->net->layer_count; l++)
    add_layer(probes, emit, l);
}

void probes_free(struct probes *probes) {
  free(probes->probe);
  *probes = (struct probes){.count = 0};
}

void emit_add_values(struct probes *probes, const struct emit *emit, int l, const char *what,
                     const char *instance, const char *leaf, int at_once, int bits) {
  const struct layer *layer = &emit->net->layer[l];
  for (int v = 0; v < at_once; v++)
    probes_add(probes,
               (struct core_probe){.kind = PROBE_STREAM, .bits = bits, .count = layer->outputs},
               layer->name, what, "u_%s%s_normaliser.gen_probes.gen_probe[%d].u_%s", layer->name,
               instance, v, leaf);
}

void probes_write(FILE *f, const struct probes *probes, const char *core_name) {
  static const char *const names[] = {"stream", "signal", "memory", "lane", "bank"};
  fprintf(f,
          "# engram_probes.txt : what of core %s benches and tools look at.\n"
          "# Generated by engram %s: edit the description and generate again instead.\n"
          "#\n"
          "# kind name number bits count passes path; the path below engram_core\n"
          "# stream: an engram_probe (valid, index, value) of a tensor of `count` values, two's "
          "complement,\n"
          "#   each of which passes `passes` times in an inference\n"
          "# signal: a number; memory: `count` words; lane, bank: all that stands below the path "
          "is\n"
          "#   that lane's or bank's\n",
          core_name, ENGRAM_VERSION);
  for (int i = 0; i < probes->count; i++) {
    const struct core_probe *probe = &probes->probe[i];
    fprintf(f, "%s %s %d %d %d %d %s\n", names[probe->kind], probe->name, probe->number,
            probe->bits, probe->count, probe->passes, probe->path);
  }
}
