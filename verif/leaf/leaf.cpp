// leaf.cpp : the cases of one RTL leaf in Verilator behind a C interface.
// SPDX-License-Identifier: MIT
#include "leaf.h"

#include "Vleaf.h"
#include "verilated.h"

#include <cstring>
#include <memory>
#include <vector>

struct leaf {
  VerilatedContext context;
  std::unique_ptr<Vleaf> top;
  size_t fields;
  std::vector<int32_t> table;
};

extern "C" struct leaf *leaf_open(uint64_t seed, struct leaf_shape *shape) {
  auto leaf = std::make_unique<struct leaf>();
  leaf->context.randReset(2);
  leaf->context.randSeed(static_cast<int>(seed & 0x7FFFFFFF));
  leaf->top = std::make_unique<Vleaf>(&leaf->context, "TOP");
  Vleaf &top = *leaf->top;
  top.clk_i = 0;
  std::memset(&top.in_i, 0, sizeof top.in_i);
  top.eval();
  shape->cases = top.shape_o >> 16;
  shape->fields = leaf->fields = top.shape_o & 0xFFFF;
  shape->in_words = sizeof top.in_i / sizeof(uint32_t);
  shape->out_words = sizeof top.out_o / sizeof(uint32_t);
  leaf->table.resize(sizeof top.table_o / sizeof(int32_t));
  std::memcpy(leaf->table.data(), &top.table_o, sizeof top.table_o);
  return leaf.release();
}

extern "C" void leaf_close(struct leaf *leaf) {
  leaf->top->final();
  delete leaf;
}

// TABLE is written from its highest word down.
extern "C" int32_t leaf_parameter(const struct leaf *leaf, size_t which, size_t field) {
  return leaf->table[leaf->table.size() - 1 - (which * leaf->fields + field)];
}

extern "C" void leaf_settle(struct leaf *leaf, const uint32_t *in, uint32_t *out) {
  Vleaf &top = *leaf->top;
  top.clk_i = 0;
  std::memcpy(&top.in_i, in, sizeof top.in_i);
  top.eval();
  std::memcpy(out, &top.out_o, sizeof top.out_o);
}

extern "C" void leaf_edge(struct leaf *leaf) {
  leaf->top->clk_i = 1;
  leaf->top->eval();
}
