// sim.cpp : the emitted core in Verilator behind a C interface; the only C++ of the project.
// SPDX-License-Identifier: MIT
#include "sim.h"

#include "Vcore.h"
#include "verilated.h"
#include "verilated_syms.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

#include <memory>
#include <string>

struct sim {
  VerilatedContext context;
  std::unique_ptr<Vcore> core;
#if VM_TRACE
  std::unique_ptr<VerilatedFstC> wave;
#endif
};

extern "C" struct sim *sim_open(const char *wave_path) {
  auto sim = std::make_unique<struct sim>();
  sim->context.traceEverOn(wave_path != nullptr);
  sim->core = std::make_unique<Vcore>(&sim->context, "TOP");
  if (wave_path) {
#if VM_TRACE
    sim->wave = std::make_unique<VerilatedFstC>();
    sim->core->trace(sim->wave.get(), 99);
    sim->wave->open(wave_path);
    if (!sim->wave->isOpen())
      return nullptr;
#else
    return nullptr;
#endif
  }
  sim->core->clk_i = 0;
  sim->core->rst_i = 1;
  sim->core->eval();
  return sim.release();
}

extern "C" void sim_close(struct sim *sim) {
#if VM_TRACE
  if (sim->wave)
    sim->wave->close();
#endif
  sim->core->final();
  delete sim;
}

static void dump(struct sim *sim) {
#if VM_TRACE
  if (sim->wave)
    sim->wave->dump(sim->context.time());
#endif
  sim->context.timeInc(1);
}

extern "C" void sim_settle(struct sim *sim, const struct sim_inputs *in, struct sim_outputs *out) {
  Vcore &core = *sim->core;
  core.clk_i = 0;
  core.rst_i = in->rst;
  core.s_axil_awvalid_i = in->awvalid;
  core.s_axil_awaddr_i = in->awaddr;
  core.s_axil_wvalid_i = in->wvalid;
  core.s_axil_wdata_i = in->wdata;
  core.s_axil_wstrb_i = in->wstrb;
  core.s_axil_bready_i = in->bready;
  core.s_axil_arvalid_i = in->arvalid;
  core.s_axil_araddr_i = in->araddr;
  core.s_axil_rready_i = in->rready;
  core.s_axis_tvalid_i = in->s_tvalid;
  core.s_axis_tdata_i = in->s_tdata;
  core.s_axis_tlast_i = in->s_tlast;
  core.s_axis_tuser_i = in->s_tuser;
  core.m_axis_tready_i = in->m_tready;
  core.eval();
  dump(sim);
  out->awready = core.s_axil_awready_o;
  out->wready = core.s_axil_wready_o;
  out->bvalid = core.s_axil_bvalid_o;
  out->bresp = core.s_axil_bresp_o;
  out->arready = core.s_axil_arready_o;
  out->rvalid = core.s_axil_rvalid_o;
  out->rresp = core.s_axil_rresp_o;
  out->rdata = core.s_axil_rdata_o;
  out->s_tready = core.s_axis_tready_o;
  out->m_tvalid = core.m_axis_tvalid_o;
  out->m_tlast = core.m_axis_tlast_o;
  out->m_tdata = core.m_axis_tdata_o;
  out->failure = nullptr;
}

extern "C" void sim_edge(struct sim *sim) {
  sim->core->clk_i = 1;
  sim->core->eval();
  dump(sim);
}

extern "C" int sim_find(struct sim *sim, const char *scope, const char *name, struct sim_signal *signal) {
  std::string path = "TOP.engram_core";
  if (*scope)
    path += '.';
  for (; *scope; scope++) // Verilator's names have no brackets
    path += *scope == '[' ? "__BRA__" : *scope == ']' ? "__KET__" : std::string(1, *scope);
  const VerilatedScope *found = sim->context.scopeFind(path.c_str());
  const VerilatedVar *var = found ? found->varFind(name) : nullptr;
  if (!var)
    return -1;
  signal->data = var->datap();
  signal->unknown = nullptr;
  signal->element_words = 0;
  switch (var->vltype()) {
  case VLVT_UINT8:
    signal->element_bytes = 1;
    break;
  case VLVT_UINT16:
    signal->element_bytes = 2;
    break;
  case VLVT_UINT32:
    signal->element_bytes = 4;
    break;
  case VLVT_UINT64:
    signal->element_bytes = 8;
    break;
  default:
    signal->element_bytes = 4;
    signal->element_words = (var->packed().elements() + 31) / 32;
    break;
  }
  signal->count = var->udims() > 0 ? static_cast<size_t>(var->unpacked().elements()) : 1;
  return 0;
}
