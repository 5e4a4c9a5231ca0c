// board_sim.cpp : a virtual board in Verilator behind a C interface.
// SPDX-License-Identifier: MIT
#include "board_sim.h"

#include "Vboard.h"
#include "verilated.h"

struct board_sim {
  VerilatedContext context;
  Vboard board{&context, "TOP"};
};

extern "C" struct board_sim *board_sim_open(void) {
  auto *sim = new struct board_sim;
  sim->board.rx_i = 1;
  sim->board.eval();
  return sim;
}

extern "C" void board_sim_close(struct board_sim *sim) {
  sim->board.final();
  delete sim;
}

extern "C" int board_sim_cycle(struct board_sim *sim, int rst, int rx) {
  Vboard &board = sim->board;
  board.rst_i = rst;
  board.rx_i = rx;
  board.clk_i = 0;
  board.eval();
  board.clk_i = 1;
  board.eval();
  return board.tx_o;
}
