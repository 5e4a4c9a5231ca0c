/* train_log.c : --log: a line of CSV for each epoch, on the disk as soon as the epoch ends.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/train_log.h"

#include "base/file.h"
#include "cmd/train_report.h"
#include "data/csv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_BYTES_MAX ((size_t)1 << 26)

static const char header[] = "epoch,pictures,loss,accuracy,validation_loss,validation_accuracy,"
                             "saturations,lost_updates,best,rate,split\n";

/* Cuts `text`, which begins with the header, behind the line of `epoch`. */
static int keep_lines(const struct train_log *log, char *text, uint32_t epoch, struct error *err) {
  char *line = text + sizeof header - 1;
  unsigned long last = 0;
  for (char *end; last < epoch && (end = strchr(line, '\n')); line = end + 1)
    last = strtoul(line, NULL, 10);
  if (last != epoch)
    return error_set(err,
                     "--log %s: found epochs up to %lu, allowed those up to %" PRIu32
                     ", which the weights stand behind, or a new file",
                     log->path, last, epoch);
  if (*line != '\0')
    fprintf(stderr, "%s: goes on behind epoch %" PRIu32 "; what followed is dropped\n", log->path,
            epoch);
  *line = '\0';
  return 0;
}

int train_log_prepare(struct train_log *log, const char *path, uint32_t epoch, struct error *err) {
  *log = (struct train_log){.path = path};
  struct output out;
  if (!path)
    return 0;
  if (!output_open(&out, path, err))
    return -1;
  output_abort(&out);
  size_t size = 0;
  char *text = NULL;
  if (access(path, F_OK) == 0 && !(text = (char *)file_read(path, LOG_BYTES_MAX, &size, err)))
    return -1;
  log->kept = size > 0 ? text : text_copy(header);
  if (size == 0) {
    free(text);
    return 0;
  }
  if (strncmp(text, header, sizeof header - 1) != 0)
    return error_set(err,
                     "--log %s: found another file, allowed a log of `engram train` or a new "
                     "name",
                     path);
  if (epoch > 0)
    return keep_lines(log, text, epoch, err);
  text[sizeof header - 1] = '\0';
  return 0;
}

int train_log_open(struct train_log *log, struct error *err) {
  struct output out;
  if (!log->path)
    return 0;
  FILE *file = output_open(&out, log->path, err);
  if (!file)
    return -1;
  fputs(log->kept, file);
  if (output_commit(&out, err) != 0)
    return -1;
  log->file = fopen(log->path, "ae");
  return log->file ? 0 : error_set(err, "%s: cannot write: %s", log->path, strerror(errno));
}

void train_log_epoch(struct train_log *log, const struct train_epoch *epoch, const char *split) {
  if (!log->file)
    return;
  errno = 0;
  fprintf(log->file, "%" PRIu32 ",%zu,%.6f,%.6f,%.6f,%.6f,%" PRIu64 ",%" PRIu64 ",%d,%d,",
          epoch->epoch, epoch->pictures, epoch->loss, epoch->accuracy, epoch->validation_loss,
          epoch->validation_accuracy, report_saturations(&epoch->counters),
          report_lost(&epoch->counters), epoch->best, epoch->rate);
  csv_write(log->file, split);
  fputc('\n', log->file);
  if (fflush(log->file) != 0)
    error_set(&log->err, "%s: cannot write: %s", log->path, strerror(errno));
}

int train_log_close(struct train_log *log, struct error *err) {
  errno = 0;
  if (log->file && fclose(log->file) != 0)
    error_set(&log->err, "%s: cannot write: %s", log->path, strerror(errno));
  free(log->kept);
  int result = log->err.message[0] ? error_set(err, "%s", log->err.message) : 0;
  *log = (struct train_log){0};
  return result;
}
