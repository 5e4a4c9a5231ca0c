/* main.c : `engram COMMAND ...`: picks the subcommand.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  int (*run)(int argc, char **argv);
  const char *what;
} commands[] = {
    {"synth", cmd_synth, "make labelled engine-like sounds"},
    {"features", cmd_features, "sound files in one folder per class -> pictures and labels"},
    {"train", cmd_train, "train a network on the model, the simulated RTL or a board"},
    {"tune", cmd_tune, "binary points for a network and its data"},
    {"eval", cmd_eval, "accuracy, loss and confusion matrix of trained weights"},
    {"infer", cmd_infer, "class by segment of sound files"},
    {"import", cmd_import, "weights from PyTorch -> a network's formats"},
    {"export", cmd_export, "weights -> C arrays and hexadecimal words"},
    {"gen", cmd_gen, "emit the network and its training as Verilog"},
    {"estimate", cmd_estimate, "cycles, multipliers and memory before synthesis"},
    {"board", cmd_board, "what a board's description says, for scripts"},
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_help(FILE *to) {
  fprintf(to,
          "Usage: engram COMMAND [OPTION...]\n\n"
          "Networks that learn on the chip: sounds, model, Verilog, simulation.\n\nCommands:\n");
  for (int i = 0; i < COMMAND_COUNT; i++)
    fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].what);
  fprintf(to,
          "\n`engram COMMAND --help` lists its options; `engram --version` prints the version.\n");
}

int main(int argc, char **argv) {
  if (argc < 2) {
    print_help(stderr);
    return EXIT_BAD_INPUT;
  }
  if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
    print_help(stdout);
    return EXIT_DONE;
  }
  if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
    printf("engram %s\n", ENGRAM_VERSION);
    return EXIT_DONE;
  }
  for (int i = 0; i < COMMAND_COUNT; i++)
    if (!strcmp(argv[1], commands[i].name)) {
      int status = commands[i].run(argc - 1, argv + 1);
      if ((fflush(stdout) == 0 && !ferror(stdout)) || status != EXIT_DONE)
        return status; /* what is not 0 was explained */
      struct error err = {""};
      error_set(&err, "standard output: %s", strerror(errno));
      return cmd_fail(&err);
    }
  fprintf(stderr, "engram: no command '%s' (", argv[1]);
  for (int i = 0; i < COMMAND_COUNT; i++)
    fprintf(stderr, "%s%s", i ? ", " : "", commands[i].name);
  fprintf(stderr, ")\n");
  return EXIT_BAD_INPUT;
}
