/* registers.c : the core's registers, from one table, for C, for people and for tools.
 * SPDX-License-Identifier: MIT
 */
#include "registers.h"

#include "net/map.h"

#include <string.h>

enum { FIELDS_MAX = 4, WORD = 32 };

struct field {
  const char *name;
  int low, bits; /* 0 bits: one for each layer */
  const char *meaning;
};

/* `reset` is the whole register's, a number or an expression of it in SystemRDL. A register without
 * fields is one of 32 bits. */
static const struct {
  int address;
  const char *name, *access, *reset, *meaning;
  struct field fields[FIELDS_MAX];
} registers[] = {
    {MAP_ID, "ID", "R", "0x454E4752", "\"ENGR\"", {{0}}},
    {MAP_VERSION,
     "VERSION",
     "R",
     "0x@version_word@",
     "generator's major, minor, patch, 8 bits each",
     {{"PATCH", 0, 8, ""}, {"MINOR", 8, 8, ""}, {"MAJOR", 16, 8, ""}}},
    {MAP_NET_HASH_LOW,
     "NET_HASH_LOW",
     "R",
     "0x@net_hash_low@",
     "hash of what the weights mean",
     {{0}}},
    {MAP_NET_HASH_HIGH, "NET_HASH_HIGH", "R", "0x@net_hash_high@", "", {{0}}},
    {MAP_CORE_HASH_LOW, "CORE_HASH_LOW", "R", "0x@core_hash_low@", "hash of net and layout", {{0}}},
    {MAP_CORE_HASH_HIGH, "CORE_HASH_HIGH", "R", "0x@core_hash_high@", "", {{0}}},
    {MAP_SHAPE,
     "SHAPE",
     "R",
     "0x@shape@",
     "layers, classes, width, height, 8 bits each, height lowest",
     {{"HEIGHT", 0, 8, ""}, {"WIDTH", 8, 8, ""}, {"CLASSES", 16, 8, ""}, {"LAYERS", 24, 8, ""}}},
    {MAP_FEATURES,
     "FEATURES",
     "R",
     "@features@",
     "bit 0 the core trains, bit 1 replies carry logits, not probabilities, "
     "bit 2 it has weights from its start, bit 3 which cannot be written",
     {{"TRAINS", 0, 1, "the core trains"},
      {"LOGITS", 1, 1, "replies carry logits, not probabilities"},
      {"LOADED", 2, 1, "it has weights from its start"},
      {"FIXED", 3, 1, "weights cannot be written"}}},
    {MAP_CONTROL,
     "CONTROL",
     "RW",
     "3",
     "bit 0 PAUSE (set by reset), bit 1 LEARN (set by reset), bit 2 CLEAR counters",
     {{"PAUSE", 0, 1, "no further step starts"},
      {"LEARN", 1, 1, "0: every picture is inferred"},
      {"CLEAR", 2, 1, "counters become 0; reads as 0"}}},
    {MAP_STATUS,
     "STATUS",
     "R",
     "1",
     "bit 0 paused, bit 1 a step is at work",
     {{"PAUSED", 0, 1, "weights are reachable"}, {"BUSY", 1, 1, "a step is at work"}}},
    {MAP_RATE,
     "RATE",
     "RW",
     "@rate@",
     "learning rate 2^-RATE, 0..15, from the next step on",
     {{"RATE", 0, 4, ""}}},
    {MAP_FREEZE,
     "FREEZE",
     "RW",
     "@initial_freeze@",
     "bit l: layer l is not updated, from the next step on",
     {{"LAYERS", 0, 0, ""}}},
    {MAP_RANDOM, "RANDOM0", "RW paused", "1", "random state, bits 31:0; never all zero", {{0}}},
    {MAP_RANDOM + 4, "RANDOM1", "RW paused", "0", "bits 63:32", {{0}}},
    {MAP_RANDOM + 8, "RANDOM2", "RW paused", "0", "bits 95:64", {{0}}},
    {MAP_RANDOM + 12, "RANDOM3", "RW paused", "0", "bits 126:96", {{"BITS", 0, 31, ""}}},
    {MAP_STEPS, "STEPS", "R, W paused", "0", "training steps", {{0}}},
    {MAP_PICTURES, "PICTURES", "R", "0", "inferences", {{0}}},
    {MAP_CORRECT,
     "CORRECT",
     "R",
     "0",
     "pictures of either kind whose class was their label",
     {{0}}},
    {MAP_CYCLES_LOW, "CYCLES_LOW", "R", "0", "cycles at work", {{0}}},
    {MAP_CYCLES_HIGH, "CYCLES_HIGH", "R", "0", "", {{0}}},
    {MAP_STEP_CYCLES, "STEP_CYCLES", "R", "0", "cycles of the last step", {{0}}},
    {MAP_SHORT, "SHORT", "R", "0", "pictures refused: too short", {{0}}},
    {MAP_LONG, "LONG", "R", "0", "pictures refused: too long", {{0}}},
    {MAP_LABEL, "LABEL", "R", "0", "pictures refused: label out of range", {{0}}},
    {MAP_ACCESS, "ACCESS", "R", "0", "accesses answered with SLVERR", {{0}}},
};
enum { REGISTER_COUNT = sizeof registers / sizeof registers[0] };

/* Of each layer, from MAP_LAYERS on. */
static const struct {
  int offset;
  const char *name, *before, *behind; /* meaning, around the layer's name */
} counters[] = {
    {MAP_CUT_ACTIVATIONS, "CUT_ACTIVATIONS", "saturated activations of ", ""},
    {MAP_CUT_GRADIENTS, "CUT_GRADIENTS", "saturated gradients of ", ""},
    {MAP_LOST, "LOST", "updates of ", " that were not zero and changed nothing"},
};
enum { COUNTER_COUNT = sizeof counters / sizeof counters[0] };

void registers_write_c(FILE *f) {
  for (int i = 0; i < REGISTER_COUNT; i++)
    fprintf(f, "#define ENGRAM_%s 0x%03Xu%s%s%s\n", registers[i].name,
            (unsigned)registers[i].address, *registers[i].meaning ? " /* " : "",
            registers[i].meaning, *registers[i].meaning ? " */" : "");
}

void registers_write_page(FILE *f, const struct net *net) {
  for (int i = 0; i < REGISTER_COUNT; i++)
    fprintf(f, "| 0x%03X | %s | %s | %s |\n", (unsigned)registers[i].address, registers[i].name,
            registers[i].access, registers[i].meaning);
  for (int l = 0; l < net->layer_count; l++)
    for (int i = 0; i < COUNTER_COUNT; i++)
      fprintf(f, "| 0x%03X | %s of layer %d | R | %s%s%s |\n",
              (unsigned)(MAP_LAYERS + l * MAP_LAYER_SIZE + counters[i].offset), counters[i].name, l,
              counters[i].before, net->layer[l].name, counters[i].behind);
}

/* ---------------------------------------------------------------- SystemRDL */

/* A string's content. */
static void write_quoted(FILE *f, const char *text) {
  for (; *text; text++)
    fprintf(f, *text == '"' ? "\\\"" : "%c", *text);
}

static void write_field(FILE *f, int i, const struct field *field, const struct net *net) {
  int bits = field->bits > 0 ? field->bits : net->layer_count;
  bool clear = registers[i].address == MAP_CONTROL && !strcmp(field->name, "CLEAR");
  bool writes = strchr(registers[i].access, 'W') != NULL;
  fprintf(f, "    field {");
  if (*field->meaning)
    fprintf(f, " desc = \"%s\";", field->meaning);
  fprintf(f, " sw = %s; hw = %s; reset = (%s >> %d) & 0x%X; } %s[%d:%d];\n",
          clear    ? "w"
          : writes ? "rw"
                   : "r",
          clear ? "r" : "rw", registers[i].reset, field->low,
          (unsigned)(UINT32_MAX >> (WORD - bits)), field->name, field->low + bits - 1, field->low);
}

void registers_write_rdl(FILE *f, const struct net *net) {
  static const struct field whole = {"VALUE", 0, WORD, ""};
  for (int i = 0; i < REGISTER_COUNT; i++) {
    const struct field *fields = registers[i].fields;
    fprintf(f, "  reg {\n    desc = \"");
    write_quoted(f, registers[i].meaning);
    fprintf(f, "%s\";\n", strstr(registers[i].access, "paused") ? " (written while paused)" : "");
    if (!fields[0].name)
      write_field(f, i, &whole, net);
    for (int k = 0; k < FIELDS_MAX && fields[k].name; k++)
      write_field(f, i, &fields[k], net);
    fprintf(f, "  } %s @ 0x%03X;\n", registers[i].name, (unsigned)registers[i].address);
  }
  fprintf(f, "  regfile {\n");
  for (int i = 0; i < COUNTER_COUNT; i++)
    fprintf(f,
            "    reg {\n      desc = \"%sthe layer%s\";\n"
            "      field { sw = r; hw = rw; reset = 0; } VALUE[31:0];\n    } %s @ 0x%X;\n",
            counters[i].before, counters[i].behind, counters[i].name, (unsigned)counters[i].offset);
  fprintf(f, "  } LAYER[%d] @ 0x%03X += 0x%X;\n", net->layer_count, (unsigned)MAP_LAYERS,
          (unsigned)MAP_LAYER_SIZE);
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    fprintf(f,
            "  external mem {\n    desc = \"layer %d, %d rows of %d: entry (row << %d) + column; "
            "%d bits, sign-extended; while paused\";\n"
            "    mementries = %d; memwidth = 32; sw = rw;\n  } WEIGHTS%d @ 0x%X;\n",
            l, layer->rows, layer->units, net->column_bits, layer->word.bits,
            ((layer->rows - 1) << net->column_bits) + layer->units, l,
            (unsigned)map_weight(net, l, 0, 0));
  }
}
