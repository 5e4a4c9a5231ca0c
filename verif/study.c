/* study.c : the tables of docs/study.md from the results that verif/study.sh keeps.
 * SPDX-License-Identifier: MIT
 *
 * Usage: study RUNS_DIR SEEDS [short]      short: the README's table alone
 *
 * RUNS_DIR has VIEW.TASK.SPLIT.NET.SEED.ROTATION.json for seeds 1..SEEDS, what `engram train
 * --json` or study_torch.py printed, and rotations 1..10. A net without results has no rows; one of
 * the first seeds alone is said to have so many.
 * Figures of a seed are those of all its rotations' tests together; intervals are Student's, 95 %,
 * over seeds, or over tasks and seeds for differences from the twin.
 */
#include "base/file.h"
#include "data/metrics.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VIEWS = 2, SPLITS = 3, TASKS = 4, NETS = 10, SHOWN = 9, SEEDS_MAX = 50, ROTATIONS = 10 };
enum { SEGMENT, RECORDING, AUTHOR };
enum { AIRPLANE_CAR, AIRPLANE_ENGINE, AIRPLANE_HELICOPTER };
enum { TWIN, BITS16, BITS8, REVERSED = SHOWN }; /* the last is shown by its difference alone */

struct named {
  const char *file, *text;
};
static const struct named views[VIEWS] = {{"spectrum", "Spectrum of 300 ms"},
                                          {"modulation", "Modulation of a second"}};
static const struct named splits[SPLITS] = {
    {"segment", "by segment"}, {"recording", "by recording"}, {"author", "by author"}};
static const struct named tasks[TASKS] = {{"car", "airplane, car"},
                                          {"engine", "airplane, engine"},
                                          {"helicopter", "airplane, helicopter"},
                                          {"five", "all five"}};
static const struct named nets[NETS] = {{"twin", "floating-point twin"},
                                        {"paper", "16-bit"},
                                        {"paper8", "8-bit, stochastic"},
                                        {"nearest8", "8-bit, nearest"},
                                        {"weights6", "6-bit weights"},
                                        {"weights4", "4-bit weights"},
                                        {"logistic", "logistic regression"},
                                        {"mlp", "MLP, float"},
                                        {"cnn", "CNN, float"},
                                        {"reversed", "16-bit, classes in the other order"}};

/* What one net's rotations of one seed gave together. */
struct result {
  struct metrics pictures, files;
  double steps, cuts, lost;
  bool counted;        /* steps, cuts and lost are there */
  int runs, reached;   /* how many were at 95 % on validation in some epoch */
  double epochs_to_95; /* sum over those */
};

static struct result results[VIEWS][SPLITS][TASKS][NETS][SEEDS_MAX];

/* ---- reading ---- */

static void add_metrics(struct metrics *to, const json_t *from) {
  const json_t *confusion = json_object_get(from, "confusion");
  double count = json_number_value(json_object_get(from, "count"));
  to->classes = (int)json_array_size(confusion);
  to->count += (uint64_t)count;
  to->loss_sum += count * json_number_value(json_object_get(from, "loss"));
  for (size_t l = 0; l < json_array_size(confusion) && l < NET_CLASSES_MAX; l++)
    for (size_t p = 0; p < json_array_size(confusion) && p < NET_CLASSES_MAX; p++)
      to->confusion[l][p] +=
          (uint64_t)json_integer_value(json_array_get(json_array_get(confusion, l), p));
}

/* Sum of an object's numbers: one for each layer. */
static double sum_layers(json_t *counts) {
  double sum = 0;
  const char *layer;
  json_t *number;
  json_object_foreach(counts, layer, number) sum += json_number_value(number);
  return sum;
}

static void add_epochs(struct result *result, const json_t *epochs) {
  bool reached = false;
  for (size_t i = 0; i < json_array_size(epochs); i++) {
    const json_t *epoch = json_array_get(epochs, i);
    json_t *lost = json_object_get(epoch, "lost_updates");
    if (lost) {
      result->counted = true;
      result->steps += json_number_value(json_object_get(epoch, "pictures"));
      result->cuts += sum_layers(json_object_get(epoch, "saturated_activations")) +
                      sum_layers(json_object_get(epoch, "saturated_gradients"));
      result->lost += sum_layers(lost);
    }
    if (!reached && json_number_value(json_object_get(epoch, "validation_accuracy")) >= 0.95) {
      reached = true;
      result->reached++;
      result->epochs_to_95 += json_number_value(json_object_get(epoch, "epoch"));
    }
  }
  result->runs++;
}

/* One run's file; false when it is not there. What is no result ends the program. */
static bool add_run(struct result *result, const char *path) {
  FILE *file = fopen(path, "r");
  if (!file)
    return false;
  json_error_t where;
  json_t *root = json_loadf(file, 0, &where);
  fclose(file);
  const json_t *run = json_array_get(json_object_get(root, "runs"), 0);
  const json_t *test = json_object_get(run, "test");
  if (!json_is_object(test)) {
    fprintf(stderr, "study: %s: found no test, expected what `engram train --json` prints\n", path);
    exit(2);
  }
  add_metrics(&result->pictures, test);
  add_metrics(&result->files, json_object_get(run, "test_files"));
  add_epochs(result, json_object_get(run, "epochs"));
  json_decref(root);
  return true;
}

/* All rotations of one seed; none of them may be missing when one is there. */
static void read_result(struct result *result, const char *folder, const char *name) {
  int found = 0;
  for (int rotation = 1; rotation <= ROTATIONS; rotation++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.%d.json", folder, name, rotation);
    found += add_run(result, path);
  }
  if (found != 0 && found != ROTATIONS) {
    fprintf(stderr, "study: %s/%s: %d rotations, expected %d\n", folder, name, found, ROTATIONS);
    exit(2);
  }
}

static void read_all(const char *folder, int seeds) {
  for (int v = 0; v < VIEWS; v++)
    for (int s = 0; s < SPLITS; s++)
      for (int t = 0; t < TASKS; t++)
        for (int n = 0; n < NETS; n++)
          for (int seed = 0; seed < seeds; seed++) {
            char name[128];
            snprintf(name, sizeof name, "%s.%s.%s.%s.%d", views[v].file, tasks[t].file,
                     splits[s].file, nets[n].file, seed + 1);
            read_result(&results[v][s][t][n][seed], folder, name);
          }
}

/* ---- statistics ---- */

struct sample {
  double value[VIEWS * SPLITS * TASKS * SEEDS_MAX];
  int count;
};

static void sample_add(struct sample *sample, double value) {
  sample->value[sample->count++] = value;
}

static double mean_of(const struct sample *sample) {
  double sum = 0;
  for (int i = 0; i < sample->count; i++)
    sum += sample->value[i];
  return sum / sample->count;
}

/* Probability that Student's t with `degrees` is in 0..t, by Simpson's rule. */
static double t_within(double t, double degrees) {
  enum { STEPS = 2000 };
  double scale = exp(lgamma((degrees + 1) / 2) - lgamma(degrees / 2)) / sqrt(degrees * M_PI);
  double sum = 0;
  for (int i = 0; i <= STEPS; i++) {
    double x = t * i / STEPS, weight = i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2;
    sum += weight * pow(1 + x * x / degrees, -(degrees + 1) / 2);
  }
  return scale * sum * t / STEPS / 3;
}

/* The t that is exceeded with 2.5 %: 12.71 for 1 degree, 1.96 for very many. */
static double t_limit(int degrees) {
  double low = 0, high = 13;
  for (int i = 0; i < 50; i++) {
    double middle = (low + high) / 2;
    if (t_within(middle, degrees) < 0.475)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* Half the width of the interval of the mean of two or more values. */
static double half_width(const struct sample *sample) {
  double mean = mean_of(sample), squares = 0;
  for (int i = 0; i < sample->count; i++)
    squares += (sample->value[i] - mean) * (sample->value[i] - mean);
  double deviation = sqrt(squares / (sample->count - 1));
  return t_limit(sample->count - 1) * deviation / sqrt(sample->count);
}

/* "97.1 ± 0.3", or with its sign "+0.12 ± 0.30". Returns `text`. */
static const char *with_interval(const struct sample *sample, int decimals, bool sign, char *text,
                                 size_t size) {
  double mean = mean_of(sample);
  if (fabs(mean) < pow(10, -decimals) / 2)
    mean = 0; /* not -0.00 */
  int length = snprintf(text, size, sign ? "%+.*f" : "%.*f", decimals, mean);
  if (sample->count > 1 && length > 0 && (size_t)length < size)
    snprintf(text + length, size - (size_t)length, " ± %.*f", decimals, half_width(sample));
  return text;
}

static struct sample accuracies(int v, int s, int t, int n, int seeds) {
  struct sample sample = {.count = 0};
  for (int seed = 0; seed < seeds; seed++)
    if (results[v][s][t][n][seed].runs > 0)
      sample_add(&sample, 100 * metrics_accuracy(&results[v][s][t][n][seed].pictures));
  return sample;
}

/* Adds what a net's accuracy or loss is above another's: the same task, split and seed. */
static void add_paired(struct sample *sample, int v, int s, int n, int other, int seeds,
                       bool loss) {
  for (int t = 0; t < TASKS; t++)
    for (int seed = 0; seed < seeds; seed++) {
      const struct result *x = &results[v][s][t][n][seed], *y = &results[v][s][t][other][seed];
      if (x->runs > 0 && y->runs > 0)
        sample_add(sample,
                   loss ? metrics_loss(&x->pictures) - metrics_loss(&y->pictures)
                        : 100 * (metrics_accuracy(&x->pictures) - metrics_accuracy(&y->pictures)));
    }
}

static void add_differences(struct sample *sample, int v, int s, int n, int seeds, bool loss) {
  add_paired(sample, v, s, n, TWIN, seeds, loss);
}

static struct sample differences(int v, int s, int n, int seeds, bool loss) {
  struct sample sample = {.count = 0};
  add_differences(&sample, v, s, n, seeds, loss);
  return sample;
}

/* ---- tables ---- */

static void show_mark(const char *what, const struct sample *sample, int decimals, bool sign,
                      const char *mark, const char *verdict) {
  char text[64];
  if (sample->count > 0)
    printf("| %s | %s | %s | %s |\n", what,
           with_interval(sample, decimals, sign, text, sizeof text), mark, verdict);
}

/* Whether a difference is within `limit`: its whole interval, or at least some of it. */
static const char *judge_difference(const struct sample *sample, double limit) {
  double mean = mean_of(sample), half = sample->count > 1 ? half_width(sample) : INFINITY;
  if (fabs(mean) + half <= limit)
    return "held";
  return fabs(mean) - half > limit ? "**missed**" : "open";
}

static void show_accuracy_mark(int v, int s, int t, double least, int seeds) {
  char what[128], mark[32];
  struct sample sample = accuracies(v, s, t, BITS16, seeds);
  snprintf(what, sizeof what, "%s, %s, %s: 16-bit, %%", views[v].text, tasks[t].text,
           splits[s].text);
  snprintf(mark, sizeof mark, "at least %.1f", least);
  if (sample.count > 0)
    show_mark(what, &sample, 1, false, mark, mean_of(&sample) >= least ? "held" : "**missed**");
}

/* The order in which classes are named must not matter but by chance. */
static void show_order_mark(int seeds) {
  struct sample sample = {.count = 0};
  for (int v = 0; v < VIEWS; v++)
    for (int s = 0; s < SPLITS; s++)
      add_paired(&sample, v, s, REVERSED, BITS16, seeds, false);
  if (sample.count < 2)
    return;
  double mean = mean_of(&sample), half = half_width(&sample);
  bool held = fabs(mean) <= 0.5 && fabs(mean) <= half;
  show_mark("All together: 16-bit with the classes in the other order, less 16-bit, points",
            &sample, 2, true, "within 0.5, and 0 in the interval", held ? "held" : "**missed**");
}

static void show_marks(int seeds) {
  printf("| | measured | mark | |\n|---|---|---|---|\n");
  for (int n = BITS16; n <= BITS8; n++) {
    char what[128];
    struct sample sample = {.count = 0};
    for (int v = 0; v < VIEWS; v++)
      for (int s = 0; s < SPLITS; s++)
        add_differences(&sample, v, s, n, seeds, false);
    snprintf(what, sizeof what, "All together: %s less twin, points", nets[n].text);
    if (sample.count > 0)
      show_mark(what, &sample, 2, true, "within 0.5", judge_difference(&sample, 0.5));
  }
  show_order_mark(seeds);
  for (int v = 0; v < VIEWS; v++) {
    for (int s = 0; s < SPLITS; s++)
      for (int n = BITS16; n <= BITS8; n++) {
        char what[128];
        struct sample sample = differences(v, s, n, seeds, false);
        snprintf(what, sizeof what, "%s, %s: %s less twin, points", views[v].text, splits[s].text,
                 nets[n].text);
        if (sample.count > 0)
          show_mark(what, &sample, 2, true, "within 0.5", judge_difference(&sample, 0.5));
      }
    show_accuracy_mark(v, SEGMENT, AIRPLANE_CAR, 98.5, seeds);
    show_accuracy_mark(v, RECORDING, AIRPLANE_CAR, 95, seeds);
    show_accuracy_mark(v, RECORDING, AIRPLANE_ENGINE, 78.7, seeds);
    show_accuracy_mark(v, RECORDING, AIRPLANE_HELICOPTER, 67.3, seeds);
  }
}

/* Whether a net has results for this task, or for any (-1). */
static bool has_results(int v, int s, int task, int n, int seeds) {
  for (int t = 0; t < TASKS; t++)
    if ((task < 0 || task == t) && accuracies(v, s, t, n, seeds).count > 0)
      return true;
  return false;
}

/* Whether some net has. */
static bool is_tried(int v, int s, int task, int seeds) {
  for (int n = 0; n < SHOWN; n++)
    if (has_results(v, s, task, n, seeds))
      return true;
  return false;
}

/* How many of the seeds a net has results of, for all tasks that were tried. */
static int count_seeds(int v, int s, int n, int seeds) {
  int least = seeds;
  for (int t = 0; t < TASKS; t++) {
    int count = accuracies(v, s, t, n, seeds).count;
    if (is_tried(v, s, t, seeds) && count < least)
      least = count;
  }
  return least;
}

/* A net's name; where it has fewer seeds than the others, how many. */
static void show_net(int v, int s, int n, int seeds) {
  int count = count_seeds(v, s, n, seeds);
  if (count < seeds && count > 0)
    printf("| %s (%d of %d seeds) |", nets[n].text, count, seeds);
  else
    printf("| %s |", nets[n].text);
}

static void show_overview(int v, int s, int seeds) {
  printf("| net |");
  for (int t = 0; t < TASKS; t++)
    if (is_tried(v, s, t, seeds))
      printf(" %s |", tasks[t].text);
  printf(" less twin, points | loss less twin |\n|---|---|---|");
  for (int t = 0; t < TASKS; t++)
    if (is_tried(v, s, t, seeds))
      printf("---|");
  putchar('\n');
  for (int n = 0; n < SHOWN; n++) {
    char text[64];
    if (!has_results(v, s, -1, n, seeds))
      continue;
    show_net(v, s, n, seeds);
    for (int t = 0; t < TASKS; t++) {
      struct sample sample = accuracies(v, s, t, n, seeds);
      if (is_tried(v, s, t, seeds))
        printf(" %s |", sample.count ? with_interval(&sample, 1, false, text, sizeof text) : "");
    }
    struct sample points = differences(v, s, n, seeds, false);
    struct sample loss = differences(v, s, n, seeds, true);
    if (n == TWIN || points.count == 0)
      printf(" | |\n");
    else {
      printf(" %s |", with_interval(&points, 2, true, text, sizeof text));
      printf(" %s |\n", with_interval(&loss, 2, true, text, sizeof text));
    }
  }
}

/* Mean over seeds of a figure of all classes alike. */
static double macro(const struct result *of_seed, int seeds,
                    double (*figure)(const struct metrics *, int)) {
  double sum = 0;
  for (int seed = 0; seed < seeds; seed++)
    for (int c = 0; c < of_seed[seed].pictures.classes; c++)
      sum += figure(&of_seed[seed].pictures, c) / of_seed[seed].pictures.classes / seeds;
  return sum;
}

static void show_detail(const struct result *of_seed, int seeds, const char *task,
                        const char *net) {
  double files = 0, loss = 0, kappa = 0, steps = 0, cuts = 0, lost = 0, epochs = 0;
  int runs = 0, reached = 0;
  for (int seed = 0; seed < seeds; seed++) {
    const struct result *result = &of_seed[seed];
    files += 100 * metrics_accuracy(&result->files) / seeds;
    loss += metrics_loss(&result->pictures) / seeds;
    kappa += metrics_kappa(&result->pictures) / seeds;
    steps += result->steps;
    cuts += result->cuts;
    lost += result->lost;
    epochs += result->epochs_to_95;
    runs += result->runs;
    reached += result->reached;
  }
  printf("| %s | %s | %.1f | %.2f | %.3f | %.3f | %.3f | %.3f |", task, net, files, loss,
         macro(of_seed, seeds, metrics_precision), macro(of_seed, seeds, metrics_recall),
         macro(of_seed, seeds, metrics_f1), kappa);
  if (of_seed[0].counted)
    printf(" %.2f | %.0f |", cuts / steps, lost / steps);
  else
    printf(" | |");
  if (reached > 0)
    printf(" %.1f (%d of %d) |\n", epochs / reached, reached, runs);
  else
    printf(" - (0 of %d) |\n", runs);
}

static void show_details(int v, int s, int seeds) {
  printf(
      "| classes | net | files, %% | loss | precision | recall | F1 | kappa | saturations a step | "
      "lost updates a step | epochs to 95 %% |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
  for (int t = 0; t < TASKS; t++)
    for (int n = 0; n < SHOWN; n++) {
      int count = accuracies(v, s, t, n, seeds).count;
      if (count > 0)
        show_detail(results[v][s][t][n], count, tasks[t].text, nets[n].text);
    }
}

/* The nets of the paper by the view that is better for each split. */
static void show_short(int seeds) {
  enum { SPECTRUM, MODULATION, COLUMNS = 3 };
  static const struct {
    int view, split;
    const char *text;
  } columns[COLUMNS] = {{SPECTRUM, SEGMENT, "by segment, spectrum of 300 ms"},
                        {MODULATION, RECORDING, "by recording, modulation of a second"},
                        {MODULATION, AUTHOR, "by author, modulation of a second"}};
  static const char *const texts[] = {"floating-point twin", "`paper`, 16-bit", "`paper8`, 8-bit"};
  printf("| classes | net |");
  for (int c = 0; c < COLUMNS; c++)
    printf(" %s |", columns[c].text);
  printf("\n|---|---|---|---|---|\n");
  for (int t = AIRPLANE_CAR; t <= AIRPLANE_HELICOPTER; t++)
    for (int n = TWIN; n <= BITS8; n++) {
      printf("| %s | %s |", tasks[t].text, texts[n]);
      for (int c = 0; c < COLUMNS; c++) {
        char text[64];
        struct sample sample = accuracies(columns[c].view, columns[c].split, t, n, seeds);
        printf(" %s |", sample.count ? with_interval(&sample, 1, false, text, sizeof text) : "-");
      }
      putchar('\n');
    }
}

int main(int argc, char **argv) {
  int seeds = argc >= 3 ? atoi(argv[2]) : 0;
  bool is_short = argc == 4 && strcmp(argv[3], "short") == 0;
  if (seeds < 1 || seeds > SEEDS_MAX || (argc == 4 && !is_short) || argc > 4) {
    fprintf(stderr, "usage: study RUNS_DIR SEEDS [short], 1 to %d seeds\n", SEEDS_MAX);
    return 2;
  }
  read_all(argv[1], seeds);
  if (is_short) {
    show_short(seeds);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
  }
  printf("Seeds: %d.\n\n### Marks\n\n", seeds);
  show_marks(seeds);
  for (int v = 0; v < VIEWS; v++)
    for (int s = 0; s < SPLITS; s++) {
      if (!is_tried(v, s, -1, seeds))
        continue;
      printf("\n### %s, %s: accuracy on the test, %%\n\n", views[v].text, splits[s].text);
      show_overview(v, s, seeds);
    }
  for (int v = 0; v < VIEWS; v++)
    for (int s = 0; s < SPLITS; s++) {
      if (!is_tried(v, s, -1, seeds))
        continue;
      printf("\n### %s, %s: other figures\n\n", views[v].text, splits[s].text);
      show_details(v, s, seeds);
    }
  return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
