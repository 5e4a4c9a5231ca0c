/* report.c : a page about a training or an evaluation, and the same figures as JSON.
 * SPDX-License-Identifier: MIT
 */
#include "report/report.h"

#include "base/file.h"
#include "model/softmax.h"
#include "report/report_parts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void report_fact(struct report *report, const char *name, const char *format, ...) {
  if (report->fact_count == REPORT_FACTS_MAX)
    return;
  va_list args;
  va_start(args, format);
  report->facts[report->fact_count].name = name;
  vsnprintf(report->facts[report->fact_count].value, REPORT_FACT_BYTES, format, args);
  report->fact_count++;
  va_end(args);
}

/* ---- mistakes ---- */

void report_answer(struct report_mistakes *mistakes, const struct dataset *data, size_t picture,
                   const struct reply *reply) {
  if (reply->best == data->labels[picture])
    return;
  if (mistakes->count == mistakes->room) {
    mistakes->room = 2 * mistakes->room + 64;
    struct report_mistake *list = memory_new(mistakes->room, sizeof *list);
    if (mistakes->count > 0)
      memcpy(list, mistakes->list, mistakes->count * sizeof *list);
    free(mistakes->list);
    mistakes->list = list;
  }
  struct report_mistake *mistake = &mistakes->list[mistakes->count++];
  *mistake = (struct report_mistake){.picture = picture, .predicted = reply->best};
  memcpy(mistake->probability, reply->probability, sizeof mistake->probability);
}

void report_mistakes_free(struct report_mistakes *mistakes) {
  free(mistakes->list);
  *mistakes = (struct report_mistakes){0};
}

static int by_certainty(const void *a, const void *b) {
  const struct report_mistake *x = a, *y = b;
  int32_t more = y->probability[y->predicted] - x->probability[x->predicted];
  if (more != 0)
    return more > 0 ? 1 : -1;
  return x->picture < y->picture ? -1 : x->picture > y->picture;
}

double report_probability(const struct report_mistake *mistake, int class) {
  return (double)mistake->probability[class] / SOFTMAX_ONE;
}

/* ---- a run's sums ---- */

bool report_of_sounds(const struct dataset *data) {
  return data->count > 0 && data->file[0] >= 0;
}

uint64_t report_steps(const struct train *train) {
  uint64_t steps = train->current.pictures;
  for (size_t e = 0; e < train->epoch_count; e++)
    steps += train->epochs[e].pictures;
  return steps;
}

static void add_counts(struct train_counts *to, const struct train_counts *from) {
  for (int which = 0; which < NET_COUNTERS_MAX; which++)
    for (int l = 0; l < NET_LAYERS_MAX; l++)
      to->count[which][l] += from->count[which][l];
}

struct train_counts report_counts(const struct train *train) {
  struct train_counts counts = {0};
  for (size_t e = 0; e < train->epoch_count; e++)
    add_counts(&counts, &train->epochs[e].counters);
  if (train->current.pictures > 0)
    add_counts(&counts, &train->current.counters);
  return counts;
}

/* ---- the two files ---- */

static const char page_ending[] = ".html", figures_ending[] = ".json";

/* "r.json" of "r.html", in memory that the caller frees; NULL with another ending. */
static char *figures_path(const char *path, struct error *err) {
  size_t length = strlen(path), ending = sizeof page_ending - 1;
  const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  if (strlen(name) <= ending || strcmp(path + length - ending, page_ending) != 0) {
    error_set(err, "report %s: expected a name that ends in %s", path, page_ending);
    return NULL;
  }
  char *figures = strcpy(memory_new(length + 1, 1), path);
  strcpy(figures + length - ending, figures_ending);
  return figures;
}

struct files {
  struct output page, figures;
};

static int files_open(struct files *files, const char *path, struct error *err) {
  char *beside = figures_path(path, err);
  if (!beside)
    return -1;
  int result = output_open(&files->page, path, err) ? 0 : -1;
  if (result == 0 && !output_open(&files->figures, beside, err)) {
    output_abort(&files->page);
    result = -1;
  }
  free(beside);
  return result;
}

static void files_abort(struct files *files) {
  output_abort(&files->page);
  output_abort(&files->figures);
}

int report_check(const char *path, struct error *err) {
  struct files files;
  if (files_open(&files, path, err) != 0)
    return -1;
  files_abort(&files);
  return 0;
}

static int write_files(struct files *files, const struct report *report, struct error *err) {
  page_write(files->page.file, report);
  if (output_check(&files->page, err) != 0)
    return -1;
  bool dumped = json_dumpf(report->json, files->figures.file, JSON_INDENT(1)) == 0;
  putc('\n', files->figures.file);
  if (output_check(&files->figures, err) != 0)
    return -1;
  return dumped ? 0 : error_set(err, "%s: not all figures can be JSON", files->figures.path);
}

int report_save(struct report *report, const char *path, struct error *err) {
  for (int r = 0; r < report->run_count; r++) {
    struct report_mistakes *mistakes = &report->runs[r].mistakes;
    if (mistakes->count > 0)
      qsort(mistakes->list, mistakes->count, sizeof *mistakes->list, by_certainty);
  }
  figures_add(report);
  struct files files;
  if (files_open(&files, path, err) != 0)
    return -1;
  if (write_files(&files, report, err) != 0) {
    files_abort(&files);
    return -1;
  }
  if (output_commit(&files.page, err) != 0) {
    output_abort(&files.figures);
    return -1;
  }
  return output_commit(&files.figures, err);
}
