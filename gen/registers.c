/* registers.c : the table of sw/net/map.h for C, for people and for tools.
 * SPDX-License-Identifier: MIT
 */
#include "registers.h"

#include "net/map.h"

#include <ctype.h>
#include <string.h>

enum { WORD = 32, COUNTER_NAME_MAX = 32 };

#define REGISTER(name, address, access, reset, meaning) {MAP_##name, #name, access, reset, meaning},
#define FIELD(of, name, low, bits, meaning)             {MAP_##of, #name, low, bits, meaning},
#define BIT(of, name, bit, meaning)                     FIELD(of, name, bit, 1, meaning)
static const struct {
  int address;
  const char *name, *access, *reset, *meaning;
} registers[] = {MAP_REGISTERS(REGISTER, MAP_NOTHING, MAP_NOTHING)};

static const struct field {
  int address; /* of its register */
  const char *name;
  int low, bits; /* 0 bits: one for each layer */
  const char *meaning;
} fields[] = {MAP_REGISTERS(MAP_NOTHING, FIELD, BIT)};
enum {
  REGISTER_COUNT = sizeof registers / sizeof registers[0],
  FIELD_COUNT = sizeof fields / sizeof fields[0]
};

/* A counter's name in capitals. */
static const char *counter_name(const struct counter *counter, char name[COUNTER_NAME_MAX]) {
  int i = 0;
  for (; counter->name[i] && i < COUNTER_NAME_MAX - 1; i++)
    name[i] = (char)toupper((unsigned char)counter->name[i]);
  name[i] = '\0';
  return name;
}

unsigned registers_features(const struct net *net, bool loaded) {
  bool trains = net->fold[FOLD_MODE] == MODE_TRAINING;
  bool logits = net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX;
  return (trains ? MAP_TRAINS : 0) | (logits ? MAP_LOGITS : 0) | (loaded ? MAP_LOADED : 0) |
         (loaded && !trains ? MAP_FIXED : 0);
}

#define ADDRESS_MARK(name, address, ...) marks_set(marks, #name, "%02X", address);
#define MASK_MARK(of, name, bit, ...)    marks_set(marks, #name, "%d", 1 << bit);
void registers_set_marks(struct marks *marks) {
  MAP_REGISTERS(ADDRESS_MARK, MAP_NOTHING, MASK_MARK)
  marks_set(marks, "id_value", "%08X", MAP_ID_VALUE);
  marks_set(marks, "layers_base", "%03X", MAP_LAYERS);
}

void registers_write_c(FILE *f) {
  for (int i = 0; i < REGISTER_COUNT; i++)
    fprintf(f, "#define ENGRAM_%s 0x%03Xu%s%s%s\n", registers[i].name,
            (unsigned)registers[i].address, *registers[i].meaning ? " /* " : "",
            registers[i].meaning, *registers[i].meaning ? " */" : "");
}

void registers_write_counters(FILE *f, const struct net *net) {
  char name[COUNTER_NAME_MAX];
  for (int i = 0; i < net->counters; i++)
    for (int l = 0; l < net->layer_count; l++) {
      const struct counter *counter = net_counter(&net->layer[l], i);
      bool said = false; /* of a layer in front */
      for (int k = 0; k < l; k++)
        said |= net_counter(&net->layer[k], i) == counter;
      if (counter && !said)
        fprintf(f, "#define ENGRAM_%s 0x%Xu\n", counter_name(counter, name), 4 * (unsigned)i);
    }
}

void registers_write_page(FILE *f, const struct net *net) {
  for (int i = 0; i < REGISTER_COUNT; i++)
    fprintf(f, "| 0x%03X | %s | %s | %s |\n", (unsigned)registers[i].address, registers[i].name,
            registers[i].access, registers[i].meaning);
  char name[COUNTER_NAME_MAX];
  const struct counter *counter;
  for (int i = 0; i < NET_COUNTERS_SHARED && !net; i++) {
    counter = net_counter_shared(i);
    fprintf(f, "| 0x%03X + 16 l | %s | R | %slayer l%s |\n", (unsigned)(MAP_LAYERS + MAP_WORD * i),
            counter_name(counter, name), counter->before, counter->behind);
  }
  for (int l = 0; net && l < net->layer_count; l++)
    for (int i = 0; (counter = net_counter(&net->layer[l], i)) != NULL; i++)
      fprintf(f, "| 0x%03X | %s of layer %d | R | %s%s%s |\n", (unsigned)map_counter(net, l, i),
              counter_name(counter, name), l, counter->before, net->layer[l].name, counter->behind);
}

/* ---------------------------------------------------------------- SystemRDL */

/* A string's content. */
static void write_quoted(FILE *f, const char *text) {
  for (; *text; text++)
    fprintf(f, *text == '"' ? "\\\"" : "%c", *text);
}

static void write_field(FILE *f, int i, const struct field *field, const struct net *net) {
  int bits = field->bits > 0 ? field->bits : net->layer_count;
  bool clear = registers[i].address == MAP_CONTROL && 1 << field->low == MAP_CLEAR;
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

/* A register of each layer; NULL: what it counts is the layer's own. */
static void write_counter_rdl(FILE *f, int i, const struct counter *counter) {
  char name[COUNTER_NAME_MAX];
  if (counter)
    fprintf(f, "    reg {\n      desc = \"%sthe layer%s\";\n", counter->before, counter->behind);
  else
    fprintf(f, "    reg {\n      desc = \"what the layer's kind counts\";\n");
  fprintf(f, "      field { sw = r; hw = rw; reset = 0; } VALUE[31:0];\n    } ");
  if (counter)
    fprintf(f, "%s", counter_name(counter, name));
  else
    fprintf(f, "COUNT%d", i);
  fprintf(f, " @ 0x%X;\n", 4 * (unsigned)i);
}

void registers_write_rdl(FILE *f, const struct net *net) {
  static const struct field whole = {0, "VALUE", 0, WORD, ""};
  for (int i = 0; i < REGISTER_COUNT; i++) {
    int written = 0;
    fprintf(f, "  reg {\n    desc = \"");
    write_quoted(f, registers[i].meaning);
    fprintf(f, "%s\";\n", strstr(registers[i].access, "paused") ? " (written while paused)" : "");
    for (int k = 0; k < FIELD_COUNT; k++)
      if (fields[k].address == registers[i].address) {
        write_field(f, i, &fields[k], net);
        written++;
      }
    if (!written)
      write_field(f, i, &whole, net);
    fprintf(f, "  } %s @ 0x%03X;\n", registers[i].name, (unsigned)registers[i].address);
  }
  fprintf(f, "  regfile {\n");
  for (int i = 0; i < net->counters; i++)
    write_counter_rdl(f, i, i < NET_COUNTERS_SHARED ? net_counter(&net->layer[0], i) : NULL);
  fprintf(f, "  } LAYER[%d] @ 0x%03X += 0x%X;\n", net->layer_count, (unsigned)MAP_LAYERS,
          (unsigned)map_layer_size(net));
  for (int i = 0; i < net->tensor_count; i++) {
    const struct tensor *t = &net->tensor[i];
    bool alone = net->layer[t->layer].tensor_count == 1;
    fprintf(
        f,
        "  external mem {\n    desc = \"layer %d%s%s, %d rows of %d: entry (row << %d) + column; "
        "%d bits, sign-extended; while paused\";\n"
        "    mementries = %d; memwidth = 32; sw = rw;\n  } WEIGHTS%d @ 0x%X;\n",
        t->layer, alone ? "" : ", ", alone ? "" : t->name, t->rows, t->columns, net->column_bits,
        t->format.bits, ((t->rows - 1) << net->column_bits) + t->columns, i,
        (unsigned)map_weight(net, i, 0, 0));
  }
}
