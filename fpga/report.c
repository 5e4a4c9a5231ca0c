/* report.c : what place and route made of a net on a board, beside what was estimated.
 * SPDX-License-Identifier: MIT
 *
 * Usage: fpga_report --net F [--fold K=V...] --board B --seed N FOLDER
 *
 * Reads FOLDER/nextpnr.json (nextpnr's --report) and FOLDER/tools (a line for each tool), writes
 * FOLDER/report.json and, of the same content, FOLDER/report.md. The exit status is 1 where a clock
 * misses its constraint, or no clock has the frequency that the board's description gives.
 */
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/net_options.h"
#include "net/board.h"
#include "net/plan.h"

#include <argp.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_LIMIT = 64 << 20, TOOLS_MAX = 8 };

struct options {
  struct net_options net;
  const char *board, *folder;
  int seed;
};

/* How nextpnr calls what the estimate counts; NULL where it does not say. */
static const char *const made_names[FAMILY_COUNT][RESOURCE_COUNT] = {
    [FAMILY_ECP5] = {"TRELLIS_COMB", "TRELLIS_FF", "MULT18X18D", "DP16KD", NULL},
    [FAMILY_ICE40] = {"ICESTORM_LC", NULL, "ICESTORM_DSP", "ICESTORM_RAM", "ICESTORM_SPRAM"},
};

static json_t *resources_json(const struct board *board, const struct net *net,
                              const struct plan *plan, const json_t *made) {
  struct cost cost;
  cost_estimate(&cost, net, plan, board->family);
  json_t *resources = json_object(), *all = json_object_get(made, "utilization");
  for (enum resource r = 0; r < RESOURCE_COUNT; r++) {
    const char *name = made_names[board->family][r];
    if (name)
      json_object_set_new(resources, board_resource_name(board->family, r),
                          json_pack("{s:O, s:i, s:i}", "used",
                                    json_object_get(json_object_get(all, name), "used"),
                                    "available", board_count(&board->has, r), "estimated",
                                    board_needs(board, &cost, r)));
  }
  return resources;
}

/* nextpnr rounds a PLL's period: 33 MHz are 33.034. */
#define CLOCK_TOLERANCE 2e-3

/* Clocks with their slack; *met: all keep their constraints, and one is the board's. */
static json_t *clocks_json(const struct board *board, const json_t *made, bool *met) {
  json_t *clocks = json_object(), *clock;
  const char *name;
  bool found = false;
  *met = true;
  json_object_foreach(json_object_get(made, "fmax"), name, clock) {
    double achieved = json_number_value(json_object_get(clock, "achieved"));
    double constraint = json_number_value(json_object_get(clock, "constraint"));
    found = found || fabs(constraint * 1e6 / board->clock_hz - 1) < CLOCK_TOLERANCE;
    *met = *met && achieved >= constraint;
    json_object_set_new(clocks, name,
                        json_pack("{s:f, s:f, s:f}", "achieved_mhz", achieved, "constraint_mhz",
                                  constraint, "slack_ns", 1e3 / constraint - 1e3 / achieved));
  }
  *met = *met && found;
  return clocks;
}

/* The worst path between registers: each step's kind, delay, and the net or cell it goes through.
 */
static json_t *critical_json(const json_t *made) {
  json_t *steps = json_array(), *path, *step;
  size_t p, s;
  json_array_foreach(json_object_get(made, "critical_paths"), p, path) {
    if (strstr(json_string_value(json_object_get(path, "from")), "async") ||
        strstr(json_string_value(json_object_get(path, "to")), "async"))
      continue;
    json_array_foreach(json_object_get(path, "path"), s, step) {
      json_t *net = json_object_get(step, "net");
      json_array_append_new(
          steps, json_pack("{s:O, s:O, s:O}", "kind", json_object_get(step, "type"), "delay_ns",
                           json_object_get(step, "delay"), "through",
                           net ? net : json_object_get(json_object_get(step, "to"), "cell")));
    }
    break;
  }
  return steps;
}

static json_t *rate_json(int cycles, const struct board *board) {
  return json_pack("{s:i, s:f}", "cycles", cycles, "per_second",
                   cycles > 0 ? (double)board->clock_hz / cycles : 0.0);
}

static json_t *tools_json(char *text) {
  json_t *tools = json_array();
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
    json_array_append_new(tools, json_string(line));
  return tools;
}

static json_t *folds_json(const struct net *net) {
  json_t *folds = json_object();
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++) {
    const char *const *words = net_fold_words(fold);
    json_object_set_new(folds, net_fold_name(fold),
                        words ? json_string(words[net->fold[fold]])
                              : json_integer(net->fold[fold]));
  }
  return folds;
}

/* ---- the page ---- */

static void write_page(FILE *f, const json_t *report) {
  const char *name;
  json_t *value;
  size_t i;
#define GET(object, key)    json_object_get(object, key)
#define NUMBER(object, key) json_number_value(GET(object, key))
  fprintf(f, "# %s on %s\n\nFolds:", json_string_value(GET(report, "net")),
          json_string_value(GET(report, "board")));
  json_object_foreach(GET(report, "folds"), name, value) json_is_string(value)
      ? fprintf(f, " %s=%s", name, json_string_value(value))
      : fprintf(f, " %s=%lld", name, (long long)json_integer_value(value));
  fprintf(
      f,
      ". Core %s, seed %.0f.\n\n| resource | used | available | estimated |\n|---|---|---|---|\n",
      json_string_value(GET(report, "core")), NUMBER(report, "seed"));
  json_object_foreach(GET(report, "resources"), name, value)
      fprintf(f, "| %s | %.0f | %.0f | %.0f |\n", name, NUMBER(value, "used"),
              NUMBER(value, "available"), NUMBER(value, "estimated"));
  fprintf(f, "\n| clock | achieved MHz | wanted MHz | slack ns |\n|---|---|---|---|\n");
  json_object_foreach(GET(report, "clocks"), name, value)
      fprintf(f, "| `%s` | %.2f | %.2f | %.2f |\n", name, NUMBER(value, "achieved_mhz"),
              NUMBER(value, "constraint_mhz"), NUMBER(value, "slack_ns"));
  fprintf(f, "\nTiming is %s.\n\n| step | cycles | a second at %.1f MHz |\n|---|---|---|\n",
          json_is_true(GET(report, "timing_met")) ? "met" : "MISSED",
          NUMBER(report, "clock_hz") / 1e6);
  static const char *const steps[] = {"inference", "training"};
  for (int s = 0; s < 2; s++)
    fprintf(f, "| %s | %.0f | %.0f |\n", steps[s], NUMBER(GET(report, steps[s]), "cycles"),
            NUMBER(GET(report, steps[s]), "per_second"));
  fprintf(f, "\nThe critical path:\n\n| ns | step | through |\n|---|---|---|\n");
  json_array_foreach(GET(report, "critical_path"), i, value)
      fprintf(f, "| %.2f | %s | `%s` |\n", NUMBER(value, "delay_ns"),
              json_string_value(GET(value, "kind")), json_string_value(GET(value, "through")));
  fprintf(f, "\nTools:");
  json_array_foreach(GET(report, "tools"), i, value)
      fprintf(f, "%s %s", i ? "," : "", json_string_value(value));
  fprintf(f, ".\n");
}

static int write_file(const char *folder, const char *name, const json_t *report,
                      void (*write)(FILE *, const json_t *), struct error *err) {
  char *path = path_join(folder, name);
  struct output out;
  FILE *f = output_open(&out, path, err);
  if (f)
    write(f, report);
  free(path);
  return f ? output_commit(&out, err) : -1;
}

static void write_json(FILE *f, const json_t *report) {
  json_dumpf(report, f, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
  fputc('\n', f);
}

/* ---- the report ---- */

static char *read_text(const char *folder, const char *name, struct error *err) {
  char *path = path_join(folder, name);
  size_t size;
  char *text = (char *)file_read(path, TEXT_LIMIT, &size, err);
  free(path);
  return text;
}

/* Fills *report, to be released by the caller. Returns 0 or -1. */
static int make_report(const struct options *options, const struct board *board, json_t **report,
                       struct error *err) {
  struct net net;
  struct plan plan;
  if (net_options_load(&options->net, &net, err) != 0)
    return -1;
  plan_make(&plan, &net);
  char *tools = read_text(options->folder, "tools", err);
  char *text = tools ? read_text(options->folder, "nextpnr.json", err) : NULL;
  json_error_t where;
  json_t *made = text ? json_loads(text, 0, &where) : NULL;
  if (text && !made)
    error_set(err, "%s/nextpnr.json:%d: %s", options->folder, where.line, where.text);
  if (made) {
    char core[17];
    bool met;
    snprintf(core, sizeof core, "%016" PRIx64, net.core_hash);
    json_t *clocks = clocks_json(board, made, &met);
    *report = json_pack(
        "{s:s, s:s, s:s, s:o, s:i, s:i, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "board", board->name,
        "net", net.name, "core", core, "folds", folds_json(&net), "seed", options->seed, "clock_hz",
        board->clock_hz, "timing_met", met, "clocks", clocks, "resources",
        resources_json(board, &net, &plan, made), "inference", rate_json(plan.infer_cycles, board),
        "training", rate_json(plan.train_cycles, board), "critical_path", critical_json(made),
        "tools", tools_json(tools));
  }
  json_decref(made);
  free(text);
  free(tools);
  return made ? 0 : -1;
}

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->net;
    return 0;
  case 'b':
    options->board = arg;
    return 0;
  case 's':
    options->seed = (int)option_number(state, "seed", arg, 0, INT32_MAX);
    return 0;
  case ARGP_KEY_ARG:
    options->folder = arg;
    return state->arg_num ? ARGP_ERR_UNKNOWN : 0;
  case ARGP_KEY_END:
    if (!options->board || !options->folder)
      argp_error(state, "--board and a folder are needed");
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"board", 'b', "BOARD", 0, "the board", 2},
    {"seed", 's', "N", 0, "with which it was placed", 2},
    {0},
};
static const struct argp_child children[] = {{&net_options_argp, 0, "Network:", 1}, {0}};
static const struct argp argp = {
    .options = table, .parser = parse, .children = children, .args_doc = "FOLDER"};

int main(int argc, char **argv) {
  struct options options = {.seed = 0};
  struct error err = {""};
  struct board board;
  json_t *report = NULL;
  option_parse(&argp, "fpga_report", argc, argv, &options, NULL);
  if (board_find(&board, options.board, &err) != 0 ||
      make_report(&options, &board, &report, &err) != 0 ||
      write_file(options.folder, "report.json", report, write_json, &err) != 0 ||
      write_file(options.folder, "report.md", report, write_page, &err) != 0)
    return cmd_fail(&err);
  bool met = json_is_true(json_object_get(report, "timing_met"));
  const char *name;
  json_t *clock;
  json_object_foreach(json_object_get(report, "clocks"), name, clock) printf(
      "%s: %.2f MHz of %.2f\n", name, json_number_value(json_object_get(clock, "achieved_mhz")),
      json_number_value(json_object_get(clock, "constraint_mhz")));
  if (!met)
    fprintf(stderr, "%s/report.md: the timing is missed\n", options.folder);
  json_decref(report);
  return met ? EXIT_DONE : EXIT_MISMATCH;
}
