/* page_measured.c : how good the weights are: metrics, confusion, filters, mistakes.
 * SPDX-License-Identifier: MIT
 */
#include "report/report_parts.h"

#include "base/file.h"
#include "report/media.h"
#include "report/sounds.h"
#include "report/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* ---- metrics ---- */

static void write_tile(FILE *to, const char *name, const char *format, double value) {
  fputs("<div><dt>", to);
  text_escape(to, name);
  fputs("</dt><dd>", to);
  fprintf(to, format, value);
  fputs("</dd></div>\n", to);
}

/* `what` was decided about: "picture" or "file", here and below. */
static void write_tiles(FILE *to, const struct metrics *metrics, const char *what) {
  char counted[16];
  snprintf(counted, sizeof counted, "%ss", what);
  fputs("<dl class=\"tiles\">\n", to);
  write_tile(to, "accuracy", "%.2f %%", 100 * metrics_accuracy(metrics));
  write_tile(to, "loss, nats", "%.4f", metrics_loss(metrics));
  write_tile(to, "macro F1", "%.3f", metrics_macro_f1(metrics));
  write_tile(to, "kappa", "%.3f", metrics_kappa(metrics));
  write_tile(to, counted, "%.0f", (double)metrics->count);
  fputs("</dl>\n", to);
}

static uint64_t count_of(const struct metrics *metrics, int label) {
  uint64_t sum = 0;
  for (int c = 0; c < metrics->classes; c++)
    sum += metrics->confusion[label][c];
  return sum;
}

static void write_classes(FILE *to, const struct metrics *metrics, char *const *names,
                          const char *what) {
  fprintf(to,
          "<figure><figcaption>By class</figcaption>\n<div "
          "class=\"wide\"><table>\n<thead><tr><th>class</th>"
          "<th class=\"number\">%ss</th><th class=\"number\">precision</th>"
          "<th class=\"number\">recall</th><th class=\"number\">F1</th></tr></thead>\n<tbody>\n",
          what);
  for (int c = 0; c < metrics->classes; c++) {
    fputs("<tr><th scope=\"row\">", to);
    text_escape(to, names[c]);
    fputs("</th><td class=\"number\">", to);
    text_number(to, count_of(metrics, c));
    fprintf(to,
            "</td><td class=\"number\">%.3f</td><td class=\"number\">%.3f</td>"
            "<td class=\"number\">%.3f</td></tr>\n",
            metrics_precision(metrics, c), metrics_recall(metrics, c), metrics_f1(metrics, c));
  }
  fputs("</tbody></table></div></figure>\n", to);
}

/* One row; the shade is a cell's share of it. */
static void write_confusion_row(FILE *to, const struct metrics *metrics, char *const *names,
                                int label) {
  uint64_t all = count_of(metrics, label);
  fputs("<tr><th scope=\"row\">", to);
  text_escape(to, names[label]);
  fputs("</th>", to);
  for (int c = 0; c < metrics->classes; c++) {
    uint64_t count = metrics->confusion[label][c];
    double share = all > 0 ? (double)count / (double)all : 0;
    fprintf(to, "<td class=\"cell %s\" style=\"--share:%.3f\">", c == label ? "right" : "wrong",
            count > 0 ? 0.08 + 0.62 * share : 0);
    text_number(to, count);
    fprintf(to, "<span class=\"percent\">%.1f %%</span></td>", 100 * share);
  }
  fputs("</tr>\n", to);
}

static void write_confusion(FILE *to, const struct metrics *metrics, char *const *names,
                            const char *what) {
  fprintf(to,
          "<figure><figcaption>Confusion: rows are what a %s is, columns what it was taken "
          "for</figcaption>\n<div class=\"wide\"><table class=\"confusion\">\n<thead><tr><th></th>",
          what);
  for (int c = 0; c < metrics->classes; c++) {
    fputs("<th scope=\"col\">", to);
    text_escape(to, names[c]);
    fputs("</th>", to);
  }
  fputs("</tr></thead>\n<tbody>\n", to);
  for (int label = 0; label < metrics->classes; label++)
    write_confusion_row(to, metrics, names, label);
  fputs("</tbody></table></div></figure>\n", to);
}

static void write_measured(FILE *to, const struct metrics *metrics, char *const *names,
                           const char *what) {
  write_tiles(to, metrics, what);
  fputs("<div class=\"pair\">\n", to);
  write_confusion(to, metrics, names, what);
  write_classes(to, metrics, names, what);
  fputs("</div>\n", to);
}

void page_metrics(FILE *to, const struct report *report, const struct report_run *run) {
  if (run->unmeasured)
    return;
  char *const *names = report->data->class_names;
  fprintf(to, "<h3>Measured on %s pictures</h3>\n", run->part);
  write_measured(to, &run->metrics, names, "picture");
  if (run->files.count == 0)
    return;
  fputs("<h3>Whole files, by the mean probability of their pictures</h3>\n", to);
  write_measured(to, &run->files, names, "file");
}

/* ---- filters ---- */

/* What the columns of the pictures are. */
static const char *to_the_right(const struct dataset *data) {
  return sounds_view(data) == FEATURES_MODULATION ? "the rate of beating" : "time";
}

static int32_t largest(const int32_t *weights, size_t count) {
  int32_t most = 1;
  for (size_t i = 0; i < count; i++)
    most = abs(weights[i]) > most ? abs(weights[i]) : most;
  return most;
}

static void write_filter(FILE *to, const struct layer *layer, const int32_t *weights, int filter,
                         int32_t most, bool flip) {
  int height = 0, width = 0;
  net_column_shape(layer, &height, &width);
  uint8_t *pixels = memory_new((size_t)(height * width), 1);
  for (int t = 0; t < height * width; t++)
    pixels[t] = (uint8_t)lround(127.5 + 127.5 * weights[t * layer->units + filter] / most);
  fprintf(to, "<figure class=\"picture\"><img alt=\"filter %d\" src=\"", filter + 1);
  media_png(to, pixels, height, width, flip);
  fprintf(to, "\"/><figcaption>%d</figcaption></figure>\n", filter + 1);
  free(pixels);
}

static void write_filters(FILE *to, const struct report *report, const struct report_run *run,
                          int l) {
  const struct layer *layer = &report->net->layer[l];
  bool flip = report_of_sounds(report->data);
  int32_t most = largest(run->weights->layer[l], net_tensor_size(net_matrix(report->net, l)));
  fputs("<h3>Filters of the convolution</h3>\n<div class=\"pictures\">\n", to);
  for (int f = 0; f < layer->units; f++)
    write_filter(to, layer, run->weights->layer[l], f, most, flip);
  double weight = ldexp(most, -layer->word.frac);
  fprintf(to, "</div>\n<p>Black is \xE2\x88\x92%.4g, middle grey 0, white %.4g, for all filters.",
          weight, weight);
  if (flip)
    fprintf(to, " As in the pictures, %s runs to the right and frequency upward.",
            to_the_right(report->data));
  fputs("</p>\n", to);
}

void page_filters(FILE *to, const struct report *report, const struct report_run *run) {
  int height, width;
  for (int l = 0; l < report->net->layer_count; l++)
    if (net_column_shape(&report->net->layer[l], &height, &width))
      write_filters(to, report, run, l);
}

/* ---- mistakes ---- */

static void write_sound(FILE *to, struct sounds *sounds, size_t picture) {
  static const char *const reasons[] = {
      [SOUNDS_NO_FILE] = "its sound file is not there",
      [SOUNDS_UNREADABLE] = "its sound file cannot be read or is shorter than it was",
      [SOUNDS_OTHER_SOUND] = "its sound file makes another picture now"};
  const float *samples = NULL;
  if (sounds->folder_count == 0)
    return;
  enum sounds_found found = sounds_find(sounds, picture, &samples);
  if (found != SOUNDS_HERE) {
    fprintf(to, "<span class=\"note\">No sound: %s.</span>", reasons[found]);
    return;
  }
  fputs("<audio controls=\"controls\" preload=\"metadata\" src=\"", to);
  media_wav(to, samples, features_segment_samples(sounds->view));
  fputs("\"></audio>", to);
}

/* Darkest and brightest pixel of the pictures that are shown. */
struct range {
  uint8_t low, high;
};

static struct range range_of(const struct dataset *data, const struct report_mistake *list,
                             size_t count) {
  size_t pixels = (size_t)data->height * (size_t)data->width;
  struct range range = {UINT8_MAX, 0};
  for (size_t i = 0; i < count * pixels; i++) {
    uint8_t pixel = data->pictures[list[i / pixels].picture * pixels + i % pixels];
    range.low = pixel < range.low ? pixel : range.low;
    range.high = pixel > range.high ? pixel : range.high;
  }
  return range;
}

/* The picture with its range stretched to black and white. */
static void write_picture(FILE *to, const struct dataset *data, size_t picture,
                          struct range range) {
  size_t count = (size_t)data->height * (size_t)data->width;
  uint8_t *pixels = memory_new(count, 1);
  int span = range.high > range.low ? range.high - range.low : 1;
  for (size_t i = 0; i < count; i++)
    pixels[i] = (uint8_t)((data->pictures[picture * count + i] - range.low) * UINT8_MAX / span);
  fprintf(to, "<img alt=\"picture %zu\" src=\"", picture);
  media_png(to, pixels, data->height, data->width, data->file[picture] >= 0);
  fputs("\"/>\n", to);
  free(pixels);
}

static void write_source(FILE *to, const struct dataset *data, size_t picture) {
  fputs("<br/><span class=\"source\">", to);
  if (data->file[picture] < 0) {
    fprintf(to, "picture %zu</span>", picture);
    return;
  }
  text_escape(to, data->file_names[data->file[picture]]);
  fprintf(to, " at %.1f s</span>", sounds_begin_seconds(data, picture));
}

static void write_mistake(FILE *to, const struct report *report,
                          const struct report_mistake *mistake, struct range range,
                          struct sounds *sounds) {
  const struct dataset *data = report->data;
  size_t picture = mistake->picture;
  int label = data->labels[picture];
  fputs("<figure class=\"mistake\">", to);
  write_picture(to, data, picture, range);
  fputs("<figcaption><b>", to);
  text_escape(to, data->class_names[label]);
  fputs("</b> taken for <b>", to);
  text_escape(to, data->class_names[mistake->predicted]);
  fprintf(to, "</b><br/>with %.3f against %.3f", report_probability(mistake, mistake->predicted),
          report_probability(mistake, label));
  write_source(to, data, picture);
  if (data->file[picture] >= 0)
    write_sound(to, sounds, picture);
  fputs("</figcaption></figure>\n", to);
}

static void write_mistakes_text(FILE *to, const struct report *report, size_t count, size_t shown) {
  bool of_sounds = report_of_sounds(report->data);
  fputs("<p>", to);
  if (shown < count) {
    fprintf(to, "The %zu of ", shown);
    text_number(to, count);
    fputs(" with the highest wrong probability, which stands first; the JSON lists all. ", to);
  } else {
    fputs("The highest wrong probability first. ", to);
  }
  fputs("Below each: the probability of the class that was said, against that of the right one. "
        "Brightness is stretched for all alike. ",
        to);
  if (of_sounds)
    fprintf(to, "A picture is %d ms of sound: %s runs to the right, frequency upward.",
            features_segment_ms(sounds_view(report->data)), to_the_right(report->data));
  if (of_sounds && report->folder_count == 0)
    fputs(" To have the sounds here, name their folder with <code>--sounds DIR</code>, as it was "
          "given to <code>engram features</code>.",
          to);
  fputs("</p>\n", to);
}

void page_mistakes(FILE *to, const struct report *report, const struct report_run *run) {
  size_t count = run->mistakes.count;
  size_t shown = count < REPORT_MISTAKES_SHOWN ? count : REPORT_MISTAKES_SHOWN;
  fputs("<h3>Misclassified pictures</h3>\n", to);
  if (count == 0) {
    fputs("<p>None.</p>\n", to);
    return;
  }
  write_mistakes_text(to, report, count, shown);
  struct sounds sounds;
  sounds_begin(&sounds, report->data, report->folders, report->folder_count);
  struct range range = range_of(report->data, run->mistakes.list, shown);
  fputs("<div class=\"mistakes\">\n", to);
  for (size_t i = 0; i < shown; i++)
    write_mistake(to, report, &run->mistakes.list[i], range, &sounds);
  fputs("</div>\n", to);
  sounds_end(&sounds);
}
