// two_cores.cpp : cores of different prefixes in one simulated design, a test of the C driver on each at the same time.
// SPDX-License-Identifier: MIT
//
// Usage: two_cores STALL NET [FOLD...] -- NET [FOLD...] -- NET [FOLD...]
//
// Takes the place of sw/device/sim_library.c: each test (verif/driver_test.c as one_test, two_test, three_test) drives
// the ports of its own core alone. They take turns, and the clock's edge comes when all have settled, so that the cores
// work side by side. Ends with one line `two cores: PASS` or `two cores: FAIL`.
#include "Vtwo.h"
#include "verilated.h"

extern "C" {
#include "device/sim_library.h"
int one_test(int argc, char **argv);
int two_test(int argc, char **argv);
int three_test(int argc, char **argv);
}

#include <cstdio>
#include <cstring>
#include <string>
#include <ucontext.h>
#include <vector>

namespace {

constexpr int cores = 3;
constexpr size_t stack_bytes = 8 << 20;

struct bench {
  int (*test)(int argc, char **argv);
  std::vector<char *> arguments;
  std::vector<char> stack = std::vector<char>(stack_bytes);
  ucontext_t context;
  bool settled = false, finished = false;
  int status = 2;
};

Vtwo *design;
bench benches[cores] = {{one_test}, {two_test}, {three_test}};
int running;
unsigned long long edges, shared_edges;

void clock_edge() {
  int driven = 0;
  for (bench &bench : benches) {
    driven += bench.settled;
    bench.settled = false;
  }
  design->clk_i = 1;
  design->eval();
  edges++;
  shared_edges += driven > 1;
}

// Whoever has still to settle goes on; false when there is none.
bool switch_to_next() {
  int from = running;
  for (int i = 1; i < cores; i++) {
    int next = (from + i) % cores;
    if (benches[next].finished || benches[next].settled)
      continue;
    running = next;
    swapcontext(&benches[from].context, &benches[next].context);
    return true;
  }
  return false;
}

void run_bench() {
  bench &mine = benches[running];
  mine.status = mine.test(static_cast<int>(mine.arguments.size()) - 1, mine.arguments.data());
  mine.finished = true;
  if (!switch_to_next()) {
    clock_edge();
    switch_to_next();
  }
}

} // namespace

struct sim {
  int which;
};

#define SETTLE(core)                                                                                                   \
  do {                                                                                                                 \
    design->core##_rst_i = in->rst;                                                                                    \
    design->core##_s_axil_awvalid_i = in->awvalid;                                                                     \
    design->core##_s_axil_awaddr_i = in->awaddr;                                                                       \
    design->core##_s_axil_wvalid_i = in->wvalid;                                                                       \
    design->core##_s_axil_wdata_i = in->wdata;                                                                         \
    design->core##_s_axil_wstrb_i = in->wstrb;                                                                         \
    design->core##_s_axil_bready_i = in->bready;                                                                       \
    design->core##_s_axil_arvalid_i = in->arvalid;                                                                     \
    design->core##_s_axil_araddr_i = in->araddr;                                                                       \
    design->core##_s_axil_rready_i = in->rready;                                                                       \
    design->core##_s_axis_tvalid_i = in->s_tvalid;                                                                     \
    design->core##_s_axis_tdata_i = in->s_tdata;                                                                       \
    design->core##_s_axis_tlast_i = in->s_tlast;                                                                       \
    design->core##_s_axis_tuser_i = in->s_tuser;                                                                       \
    design->core##_m_axis_tready_i = in->m_tready;                                                                     \
    design->eval();                                                                                                    \
    out->awready = design->core##_s_axil_awready_o;                                                                    \
    out->wready = design->core##_s_axil_wready_o;                                                                      \
    out->bvalid = design->core##_s_axil_bvalid_o;                                                                      \
    out->bresp = design->core##_s_axil_bresp_o;                                                                        \
    out->arready = design->core##_s_axil_arready_o;                                                                    \
    out->rvalid = design->core##_s_axil_rvalid_o;                                                                      \
    out->rresp = design->core##_s_axil_rresp_o;                                                                        \
    out->rdata = design->core##_s_axil_rdata_o;                                                                        \
    out->s_tready = design->core##_s_axis_tready_o;                                                                    \
    out->m_tvalid = design->core##_m_axis_tvalid_o;                                                                    \
    out->m_tlast = design->core##_m_axis_tlast_o;                                                                      \
    out->m_tdata = design->core##_m_axis_tdata_o;                                                                      \
  } while (false)

static void settle(struct sim *sim, const struct sim_inputs *in, struct sim_outputs *out) {
  design->clk_i = 0;
  if (sim->which == 0)
    SETTLE(one);
  else if (sim->which == 1)
    SETTLE(two);
  else
    SETTLE(three);
  out->failure = nullptr;
}

// The edge is for all: whoever comes first lets the others settle.
static void edge(struct sim *sim) {
  benches[sim->which].settled = true;
  if (!switch_to_next())
    clock_edge();
}

static struct sim *open_core(const char *) { return new sim{running}; }

static void close_core(struct sim *sim) { delete sim; }

extern "C" int sim_library_open(struct sim_library *library, const struct net *, enum simulator, bool, const char *,
                                struct error *) {
  library->handle = nullptr;
  library->open = open_core;
  library->close = close_core;
  library->settle = settle;
  library->edge = edge;
  return 0;
}

extern "C" void sim_library_close(struct sim_library *) {}

int main(int argc, char **argv) {
  static char none[] = "";
  VerilatedContext context;
  design = new Vtwo(&context);
  for (int i = 2, at = 0; i < argc; i++)
    if (!strcmp(argv[i], "--"))
      at = (at + 1) % cores;
    else if (benches[at].arguments.empty())
      benches[at].arguments = {none, argv[i], argv[1]};
    else
      benches[at].arguments.push_back(argv[i]);

  ucontext_t end;
  for (bench &bench : benches) {
    if (bench.arguments.empty()) {
      fprintf(stderr, "usage: two_cores STALL NET [FOLD...] -- NET [FOLD...] -- NET [FOLD...]\n");
      return 2;
    }
    bench.arguments.push_back(nullptr);
    getcontext(&bench.context);
    bench.context.uc_stack.ss_sp = bench.stack.data();
    bench.context.uc_stack.ss_size = bench.stack.size();
    bench.context.uc_link = &end;
    makecontext(&bench.context, run_bench, 0);
  }
  swapcontext(&end, &benches[0].context);

  bool passed = true;
  for (const bench &bench : benches)
    passed = passed && bench.finished && bench.status == 0;
  printf("two cores: %s, %llu cycles, %llu of them driven by more than one test\n", passed ? "PASS" : "FAIL", edges,
         shared_edges);
  return passed ? 0 : 1;
}
