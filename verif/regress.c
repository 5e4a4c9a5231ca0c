/* regress.c : random descriptions, layouts and stalls through the bench and the tools.
 * SPDX-License-Identifier: MIT
 *
 * Case n has the seed of the run plus n, and that seed alone makes it. Each is put through
 * verif/regress.sh, two at a time; a failing one is made as simple as it can be while it fails in
 * the same way.
 */
#include "regress.h"

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/net_options.h"

#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

enum { AT_ONCE = 2, SHRUNK_MOST = 3, FEATURES_FROM = 100, VERDICT_BYTES = 128 };

struct options {
  const char *work, *script, *bench, *engram, *rtl;
  uint64_t seed;
  int count;
};

/* A case that is on its way through the script. */
struct trial {
  pid_t child; /* 0: none */
  struct sample sample;
  char *folder;
};

struct failure {
  struct sample sample;
  char verdict[VERDICT_BYTES]; /* "bench sum" */
};

struct regress {
  struct options options;
  struct draws draws;
  struct trial trial[AT_ONCE];
  int passed, failed, shrunk;
  struct failure failure[SHRUNK_MOST]; /* the first of each kind */
  int features;
  struct feature feature[FEATURES_MAX];
  int seen[FEATURES_MAX];
};

/* ---------------------------------------------------------------- options */

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case 'n':
    options->count = (int)option_number(state, "count", arg, 1, 1000000);
    return 0;
  case 'S':
    options->seed = option_number(state, "seed", arg, 0, UINT64_MAX);
    return 0;
  case 'r':
    options->rtl = arg;
    return 0;
  case ARGP_KEY_ARG:
    if (state->arg_num > 3)
      argp_usage(state);
    *(const char **[]){&options->script, &options->bench, &options->engram,
                       &options->work}[state->arg_num] = arg;
    return 0;
  case ARGP_KEY_END:
    if (state->arg_num < 4)
      argp_usage(state);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"count", 'n', "N", 0, "cases (50)", 0},
    {"seed", 'S', "N", 0, "of the first case; the others follow it (the time of day)", 0},
    {"rtl", 'r', "DIR", 0, "Verilog files that replace the emitted ones of the same names", 0},
    {0},
};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .args_doc = "SCRIPT BENCH ENGRAM WORK",
    .doc = "Random descriptions, layouts and stalls: the simulated core against the model, and "
           "the emitted Verilog through Verilator, Icarus and Yosys.",
};

/* ---------------------------------------------------------------- a case */

static int write_net(const struct net *net, const char *path, struct error *err) {
  struct output out;
  FILE *f = output_open(&out, path, err);
  if (!f)
    return -1;
  char *text = net_text(net);
  fputs(text, f);
  free(text);
  return output_commit(&out, err);
}

/* Writes the description, and reads it back as everybody does. */
static int describe(const struct net *net, const char *path, struct error *err) {
  struct net loaded;
  if (write_net(net, path, err) || net_load(&loaded, path, NULL, 0, err))
    return -1;
  return loaded.core_hash == net->core_hash
             ? 0
             : error_set(err, "%s: another network was read than was written", path);
}

enum { BENCH_OPTIONS_MAX = 16, NUMBER_BYTES = 24 };

/* The bench's options of a case as words, in memory of `numbers`. */
static void bench_options(const struct sample *sample, const char *words[BENCH_OPTIONS_MAX],
                          char numbers[4][NUMBER_BYTES]) {
  snprintf(numbers[0], NUMBER_BYTES, "%d", sample->steps);
  snprintf(numbers[1], NUMBER_BYTES, "%d", sample->infer);
  snprintf(numbers[2], NUMBER_BYTES, "%" PRIu64, sample->seed);
  snprintf(numbers[3], NUMBER_BYTES, "%d", sample->stall);
  const char *list[] = {"--steps", numbers[0], "--infer", numbers[1], "--seed", numbers[2],
                        "--stall", numbers[3], NULL,      NULL,       NULL};
  size_t count = 8;
  if (sample->faults)
    list[count++] = "--faults";
  if (sample->settings)
    list[count++] = "--settings";
  memcpy(words, list, sizeof list);
}

/* Starts a case in a folder of its own; `stage` is "", all stages, or the one that a simpler case
 * is tried with. */
static int start(const struct regress *regress, struct trial *trial, const struct sample *sample,
                 const char *stage, struct error *err) {
  const struct options *options = &regress->options;
  char name[NUMBER_BYTES + 1], numbers[4][NUMBER_BYTES];
  snprintf(name, sizeof name, "%" PRIu64 "%s", sample->seed, *stage ? "s" : "");
  trial->sample = *sample;
  trial->folder = path_join(options->work, name);
  folder_remove(trial->folder);
  char *description = path_join(trial->folder, "net.yaml");
  const char *argv[7 + BENCH_OPTIONS_MAX] = {
      "sh", options->script, trial->folder, options->bench, options->engram, options->rtl, stage};
  bench_options(sample, argv + 7, numbers);
  int result = folder_make(trial->folder, err) || describe(&sample->net, description, err) ? -1 : 0;
  free(description);
  if (result == 0 &&
      (errno = posix_spawnp(&trial->child, "sh", NULL, NULL, (char **)(uintptr_t)argv, environ)))
    result = error_set(err, "sh: %s", strerror(errno));
  return result;
}

/* What the script said of a case that has ended: true when it passed; else `verdict` says how it
 * failed. The folder of one that passed goes. */
static bool finish(struct trial *trial, int status, char verdict[VERDICT_BYTES]) {
  char *path = path_join(trial->folder, "verdict");
  struct error err = {""};
  size_t size;
  char *text = (char *)file_read(path, 4096, &size, &err);
  bool passed = text && status == 0 && strcmp(text, "PASS\n") == 0;
  if (text && strncmp(text, "FAIL ", 5) == 0)
    snprintf(verdict, VERDICT_BYTES, "%.*s", (int)strcspn(text + 5, "\n"), text + 5);
  else
    snprintf(verdict, VERDICT_BYTES, "the script ended with status %d", status);
  if (passed)
    folder_remove(trial->folder);
  free(text);
  free(path);
  free(trial->folder);
  trial->child = 0;
  return passed;
}

/* ---------------------------------------------------------------- all cases */

static void keep_failure(struct regress *regress, const struct sample *sample,
                         const char *verdict) {
  printf("FAILED: %s; ENGRAM_SEED=%" PRIu64 " N=1 replays it, %s/%" PRIu64 "/log says more\n",
         verdict, sample->seed, regress->options.work, sample->seed);
  fflush(stdout);
  regress->failed++;
  for (int i = 0; i < regress->shrunk; i++)
    if (strcmp(regress->failure[i].verdict, verdict) == 0)
      return;
  if (regress->shrunk == SHRUNK_MOST)
    return;
  struct failure *failure = &regress->failure[regress->shrunk++];
  failure->sample = *sample;
  snprintf(failure->verdict, sizeof failure->verdict, "%s", verdict);
}

/* Waits until a case has ended. */
static int wait_for_one(struct regress *regress, struct error *err) {
  int status;
  pid_t child = waitpid(-1, &status, 0);
  if (child < 0)
    return error_set(err, "a case was lost: %s", strerror(errno));
  for (int i = 0; i < AT_ONCE; i++) {
    struct trial *trial = &regress->trial[i];
    char verdict[VERDICT_BYTES];
    if (trial->child != child)
      continue;
    if (finish(trial, status, verdict))
      regress->passed++;
    else
      keep_failure(regress, &trial->sample, verdict);
    cmd_progress("cases", (size_t)(regress->passed + regress->failed),
                 (size_t)regress->options.count);
  }
  return 0;
}

static struct trial *idle_trial(struct regress *regress) {
  for (int i = 0; i < AT_ONCE; i++)
    if (regress->trial[i].child == 0)
      return &regress->trial[i];
  return NULL;
}

static void tally(struct regress *regress, const struct sample *sample) {
  regress->features = sample_features(sample, regress->feature);
  for (int i = 0; i < regress->features; i++)
    regress->seen[i] += regress->feature[i].there;
}

static int run_all(struct regress *regress, struct error *err) {
  int started = 0;
  while (regress->passed + regress->failed < regress->options.count) {
    struct trial *trial = idle_trial(regress);
    if (trial && started < regress->options.count) {
      struct sample sample;
      sample_draw(&sample, regress->options.seed + (uint64_t)started++, &regress->draws);
      tally(regress, &sample);
      if (start(regress, trial, &sample, "", err)) {
        printf("FAILED: ENGRAM_SEED=%" PRIu64 " N=1 replays it\n", sample.seed);
        return -1;
      }
    } else if (wait_for_one(regress, err))
      return -1;
  }
  return 0;
}

/* ---------------------------------------------------------------- shrinking */

/* Whether a case fails in this way. */
static int fails_so(const struct regress *regress, const struct sample *sample, const char *verdict,
                    bool *so, struct error *err) {
  char stage[16], found[VERDICT_BYTES];
  snprintf(stage, sizeof stage, "%.*s", (int)strcspn(verdict, " "), verdict);
  struct trial trial;
  int status;
  if (start(regress, &trial, sample, stage, err))
    return -1;
  if (waitpid(trial.child, &status, 0) < 0)
    return error_set(err, "a case was lost: %s", strerror(errno));
  *so = !finish(&trial, status, found) && strcmp(found, verdict) == 0;
  return 0;
}

/* Makes a failing case simpler until nothing simpler fails in the same way. */
static int shrink(const struct regress *regress, struct failure *failure, struct error *err) {
  struct sample *sample = &failure->sample, simpler;
  bool better;
  int tried = 0;
  do {
    better = false;
    for (int way = 0; sample_simplify(sample, &way, &simpler);) {
      bool so = false;
      if (fails_so(regress, &simpler, failure->verdict, &so, err))
        return -1;
      cmd_progress("simpler cases tried", (size_t)++tried, SIZE_MAX);
      if (so)
        *sample = simpler;
      else
        way++;
      better |= so;
    }
  } while (better);
  return 0;
}

/* Writes the simplest case as a description that says how to run it, and prints it. */
static int publish(const struct regress *regress, const struct failure *failure,
                   struct error *err) {
  char name[NUMBER_BYTES + 16], numbers[4][NUMBER_BYTES];
  snprintf(name, sizeof name, "%" PRIu64 ".yaml", failure->sample.seed);
  char *path = path_join(regress->options.work, name), *text = net_text(&failure->sample.net);
  const char *words[BENCH_OPTIONS_MAX];
  bench_options(&failure->sample, words, numbers);
  struct output out;
  FILE *f = output_open(&out, path, err);
  for (int i = 0; f && i < 2; i++) { /* into the file, and to be read at once */
    FILE *to = i == 0 ? f : stdout;
    if (i == 1)
      printf("shrunk to %s:\n", path);
    fprintf(to, "# %s: bench --net %s", failure->verdict, path);
    for (const char **word = words; *word; word++)
      fprintf(to, " %s", *word);
    fprintf(to, "\n%s", text);
  }
  free(path);
  free(text);
  return f ? output_commit(&out, err) : -1;
}

/* ---------------------------------------------------------------- the end */

/* How often each feature was there; -1 when one of many cases never was. */
static int report_features(const struct regress *regress) {
  int missing = 0;
  for (int i = 0; i < regress->features; i++) {
    printf("%6d %-24s%s", regress->seen[i], regress->feature[i].name,
           i % 3 == 2 || i == regress->features - 1 ? "\n" : "");
    missing += regress->seen[i] == 0;
  }
  for (int i = 0; i < regress->features && regress->options.count >= FEATURES_FROM; i++)
    if (regress->seen[i] == 0)
      printf("FAILED: never drawn: %s\n", regress->feature[i].name);
  return missing && regress->options.count >= FEATURES_FROM ? -1 : 0;
}

static int work(struct regress *regress, struct error *err) {
  if (run_all(regress, err))
    return -1;
  for (int i = 0; i < regress->shrunk; i++)
    if (shrink(regress, &regress->failure[i], err) || publish(regress, &regress->failure[i], err))
      return -1;
  return 0;
}

int main(int argc, char **argv) {
  struct regress regress = {
      .options = {.seed = (uint64_t)time(NULL) << 16, .count = 50, .rtl = ""}};
  const struct options *options = &regress.options;
  option_parse(&argp, "regress", argc, argv, &regress.options, NULL);
  printf("regress: ENGRAM_SEED=%" PRIu64 " N=%d replays this run\n", options->seed, options->count);
  fflush(stdout);
  struct error err = {""};
  if (work(&regress, &err))
    return cmd_fail(&err);
  int features = report_features(&regress);
  printf("drawn: %ld descriptions, %ld refused; %ld layouts, %ld refused\n",
         regress.draws.descriptions, regress.draws.refused_descriptions, regress.draws.layouts,
         regress.draws.refused_layouts);
  printf("%d passed, %d failed\n", regress.passed, regress.failed);
  return regress.failed || features ? EXIT_MISMATCH : EXIT_DONE;
}
