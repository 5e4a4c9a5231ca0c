/* report_options.c : the options --report and --sounds, and what reports say alike.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/report_options.h"

#include "cmd/data_options.h"
#include "data/classes.h"
#include "net/net_parts.h"
#include "report/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { KEY_REPORT = 0x300, KEY_SOUNDS };

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct report_options *options = state->input;
  switch (key) {
  case KEY_REPORT:
    options->path = arg;
    return 0;
  case KEY_SOUNDS:
    if (options->folder_count == REPORT_FOLDERS_MAX)
      argp_error(state, "--sounds: at most %d folders are expected", REPORT_FOLDERS_MAX);
    options->folders[options->folder_count++] = arg;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"report", KEY_REPORT, "FILE.html", 0,
     "write a page about it, with curves, confusion, filters and misclassified pictures, and the "
     "same figures to FILE.json",
     1},
    {"sounds", KEY_SOUNDS, "DIR", 0,
     "for the report: a folder that `engram features` made the data set from, to have the sounds "
     "of misclassified pictures in it; as often as needed",
     1},
    {0},
};
const struct argp report_options_argp = {.options = table, .parser = parse};

int report_options_check(const struct report_options *options, struct error *err) {
  if (!options->path && options->folder_count > 0)
    return error_set(err, "--sounds is for --report");
  for (size_t f = 0; f < options->folder_count; f++) {
    struct stat status;
    if (stat(options->folders[f], &status) != 0)
      return error_set(err, "--sounds %s: %s", options->folders[f], strerror(errno));
    if (!S_ISDIR(status.st_mode))
      return error_set(err, "--sounds %s: is not a folder", options->folders[f]);
  }
  return options->path ? report_check(options->path, err) : 0;
}

const char *report_device(const char *device) {
  return strchr(device, '/') ? "serial" : device;
}

char *report_file(const char *path) {
  const char *slash = strrchr(path, '/');
  return text_valid(slash ? slash + 1 : path);
}

static const char *device_text(const char *device) {
  return !strcmp(device, "golden") ? "the golden model"
         : !strcmp(device, "twin") ? "the model in double precision (twin)"
         : !strcmp(device, "sim")  ? "the emitted core, simulated"
                                   : "a board at a serial port";
}

static void fact_of_files(struct report *report) {
  const struct dataset *data = report->data;
  if (data->view[0])
    report_fact(report, "View", "%s", data->view);
  if (report_of_sounds(data))
    report_fact(report, "Data", "%zu pictures of %dx%d, of %d sound files, %d recordings",
                data->count, data->height, data->width, data->file_count, data->recording_count);
  else
    report_fact(report, "Data", "%zu pictures of %dx%d", data->count, data->height, data->width);
}

void report_facts(struct report *report, const char *device) {
  const struct net *net = report->net;
  size_t weights = net->weight_count;
  report_fact(report, "Network", "%s, %zu weights, hash %016" PRIx64, net->name, weights,
              net->net_hash);
  report_fact(report, "Device", "%s", device_text(report_device(device)));
  fact_of_files(report);
  char *names =
      classes_text((const char *const *)report->data->class_names, report->data->class_count);
  report_fact(report, "Classes", "%s", names);
  free(names);
  if (net->rounding == ROUND_STOCHASTIC)
    report_fact(report, "Rounding of updates", "stochastic, %d random bits", net->random_bits);
  else
    report_fact(report, "Rounding of updates", "%s", net_rounding_names[net->rounding]);
}
