/* board_sim.h : a virtual board (verif/boards) in Verilator behind a C interface.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_VERIF_BOARD_SIM_H
#define ENGRAM_VERIF_BOARD_SIM_H

#ifdef __cplusplus
extern "C" {
#endif

struct board_sim;

/* A board that was just switched on. */
struct board_sim *board_sim_open(void);
void board_sim_close(struct board_sim *sim);

/* One cycle of the core's clock; rst: the board's button is pressed. Returns the level of the line
 * to the host. */
int board_sim_cycle(struct board_sim *sim, int rst, int rx);

#ifdef __cplusplus
}
#endif

#endif
