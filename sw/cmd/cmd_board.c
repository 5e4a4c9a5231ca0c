/* cmd_board.c : `engram board`: what a board's description says, for scripts.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/cmd.h"
#include "cmd/net_options.h"
#include "net/board.h"

struct options {
  const char *name, *key; /* NULL: not given */
};

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case ARGP_KEY_ARG:
    if (state->arg_num > 1)
      argp_error(state, "found %s, allowed a board and a key", arg);
    *(state->arg_num == 0 ? &options->name : &options->key) = arg;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp argp = {
    .parser = parse,
    .args_doc = "BOARD [KEY]",
    .doc = "Print what fpga/BOARD/board.yaml says, as it stood when this program was built."
           "\vThe value of KEY alone, such as clock_hz or has.blocks; without KEY a line of each "
           "key and its value (docs/boards.md).",
};

int cmd_board(int argc, char **argv) {
  struct options options = {NULL, NULL};
  option_parse(&argp, "engram board", argc, argv, &options, NULL);
  struct error err = {""};
  struct board board;
  if (!options.name)
    error_set(&err, "BOARD is missing");
  if (!options.name || board_find(&board, options.name, &err) != 0)
    return cmd_fail(&err);
  struct board_value values[BOARD_VALUES_MAX];
  int count = board_values(&board, values);
  if (options.key) {
    const char *value = board_value(values, count, options.key, &err);
    if (!value)
      return cmd_fail(&err);
    printf("%s\n", value);
    return EXIT_DONE;
  }
  for (int i = 0; i < count; i++)
    printf("%s%s%s\n", values[i].key, *values[i].value ? " " : "", values[i].value);
  return EXIT_DONE;
}
