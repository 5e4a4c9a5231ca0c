/* page_training.c : a training's curves, what its steps counted, its epochs.
 * SPDX-License-Identifier: MIT
 */
#include "report/report_parts.h"

#include "base/file.h"
#include "report/chart.h"
#include "report/text.h"

#include <inttypes.h>
#include <stdlib.h>

enum { EPOCHS_LISTED = 200 };

/* ---- curves ---- */

/* Values of each epoch, in one allocation. */
struct curves {
  size_t count;
  uint32_t *epochs;
  double *values; /* [lines][count] */
};

static struct curves curves_new(const struct train *train, size_t lines) {
  struct curves curves = {.count = train->epoch_count};
  curves.epochs = memory_new(curves.count, sizeof *curves.epochs);
  curves.values = memory_new(curves.count * lines, sizeof *curves.values);
  for (size_t e = 0; e < curves.count; e++)
    curves.epochs[e] = train->epochs[e].epoch;
  return curves;
}

static void curves_free(struct curves *curves) {
  free(curves->epochs);
  free(curves->values);
}

static void write_chart(FILE *to, struct chart *chart, const struct curves *curves) {
  chart->epochs = curves->epochs;
  chart->count = curves->count;
  for (int l = 0; l < chart->line_count; l++)
    chart->line[l].values = curves->values + (size_t)l * curves->count;
  chart_write(to, chart);
}

void page_curves(FILE *to, const struct report_run *run) {
  const struct train *train = run->train;
  if (train->epoch_count == 0) {
    fputs("<p class=\"note\">No epoch was finished: there are no curves.</p>\n", to);
    return;
  }
  struct curves loss = curves_new(train, 2), accuracy = curves_new(train, 2);
  for (size_t e = 0; e < loss.count; e++) {
    const struct train_epoch *epoch = &train->epochs[e];
    loss.values[e] = epoch->validation_loss;
    loss.values[loss.count + e] = epoch->loss;
    accuracy.values[e] = 100 * epoch->validation_accuracy;
    accuracy.values[loss.count + e] = 100 * epoch->accuracy;
  }
  struct chart losses = {.title = "Loss",
                         .unit = "nats",
                         .line = {{.name = "validation"}, {.name = "training"}},
                         .line_count = 2,
                         .most = train_loss(0), /* of a picture, and so of a mean */
                         .zero = true,
                         .mark = train->best_epoch};
  struct chart accuracies = losses;
  accuracies.title = "Accuracy";
  accuracies.unit = "%";
  accuracies.most = 100;
  accuracies.zero = false;
  fputs("<h3>Learning</h3>\n<div class=\"charts\">\n", to);
  write_chart(to, &losses, &loss);
  write_chart(to, &accuracies, &accuracy);
  fputs("</div>\n<p>Training: the mean over an epoch's steps, each before its update, without "
        "the units that dropout drops. Validation: after the epoch, with all units, so that "
        "it can be the better of "
        "the two. The chosen epoch has the highest validation accuracy, then the lowest loss.",
        to);
  if (train->epochs[0].epoch > 1)
    fprintf(to,
            " Epochs before the %" PRIu32 "th belong to earlier runs, whose curves are not kept.",
            train->epochs[0].epoch);
  fputs("</p>\n", to);
  curves_free(&loss);
  curves_free(&accuracy);
}

/* ---- counts ---- */

/* How many there could be in `pictures` steps. */
static double most_of(const struct layer *layer, enum net_count which, double pictures) {
  return pictures * (which == COUNT_LOST ? (double)layer->weight_count : layer->outputs);
}

/* A chart of one kind of count, unless all of them are 0. */
static void write_count_chart(FILE *to, const struct train *train, enum net_count which,
                              const char *title) {
  const struct net *net = train->net;
  struct curves curves = curves_new(train, (size_t)net->layer_count);
  struct chart chart = {.title = title, .unit = "%", .most = 100, .zero = true};
  double sum = 0;
  for (int l = 0; l < net->layer_count; l++) {
    chart.line[chart.line_count++].name = net->layer[l].name;
    for (size_t e = 0; e < curves.count; e++) {
      const struct train_epoch *epoch = &train->epochs[e];
      double count = (double)epoch->counters.count[which][l];
      curves.values[(size_t)l * curves.count + e] =
          100 * count / most_of(&net->layer[l], which, (double)epoch->pictures);
      sum += count;
    }
  }
  if (sum > 0)
    write_chart(to, &chart, &curves);
  curves_free(&curves);
}

static void write_count(FILE *to, uint64_t count, double most) {
  fputs("<td class=\"number\">", to);
  text_number(to, count);
  fputs("</td><td class=\"number share\">", to);
  double percent = most > 0 ? 100 * (double)count / most : 0;
  if (count > 0 && percent < 0.001)
    fputs("&lt; 0.001 %</td>", to);
  else
    fprintf(to, "%.3g %%</td>", percent);
}

/* What the layers' kinds count beside. */
static void write_own_counts(FILE *to, const struct net *net, const struct train_counts *counts) {
  for (int l = 0; l < net->layer_count; l++)
    for (int which = NET_COUNTERS_SHARED; net_counter(&net->layer[l], which); which++) {
      const struct counter *counter = net_counter(&net->layer[l], which);
      fprintf(to, "<p>%s%s%s: ", counter->before, net->layer[l].name, counter->behind);
      text_number(to, counts->count[which][l]);
      fputs(".</p>\n", to);
    }
}

static void write_training_counts(FILE *to, const struct report_run *run) {
  const struct train *train = run->train;
  const struct net *net = train->net;
  struct train_counts counts = report_counts(train);
  double steps = (double)report_steps(train);
  fputs("<div class=\"wide\"><table>\n<thead><tr><th>layer</th>"
        "<th class=\"number\" colspan=\"2\">saturated activations</th>"
        "<th class=\"number\" colspan=\"2\">saturated gradients</th>"
        "<th class=\"number\" colspan=\"2\">lost updates</th></tr></thead>\n<tbody>\n",
        to);
  for (int l = 0; l < net->layer_count; l++) {
    bool frozen = run->freeze >> l & 1;
    fprintf(to, "<tr><th scope=\"row\">%s%s</th>", net->layer[l].name, frozen ? " (frozen)" : "");
    for (int which = 0; which < NET_COUNTERS_SHARED; which++)
      write_count(to, counts.count[which][l],
                  most_of(&net->layer[l], (enum net_count)which, steps));
    fputs("</tr>\n", to);
  }
  fputs("</tbody></table></div>\n<p>Over all steps of this run; shares are of the values that a "
        "layer puts out, and of its weights times the steps. A saturated value was cut at the end "
        "of its format. A lost update was not zero and changed no weight, as a rule because "
        "it is smaller than the weight's last bit. ",
        to);
  fputs(net->rounding == ROUND_STOCHASTIC
            ? "Rounded stochastically, such updates move the weight now and then, by the right "
              "amount on average.</p>\n"
            : "A layer that loses most of them stops learning: give its weights more bits, or "
              "round stochastically.</p>\n",
        to);
  write_own_counts(to, net, &counts);
  if (train->epoch_count == 0)
    return;
  fputs("<div class=\"charts\">\n", to);
  write_count_chart(to, train, COUNT_CUT_ACTIVATIONS, "Saturated activations, share of values");
  write_count_chart(to, train, COUNT_CUT_GRADIENTS, "Saturated gradients, share of values");
  write_count_chart(to, train, COUNT_LOST, "Lost updates, share of weights times steps");
  fputs("</div>\n", to);
}

static void write_inference_counts(FILE *to, const struct report *report,
                                   const struct report_run *run) {
  const struct net *net = report->net;
  fputs("<table>\n<thead><tr><th>layer</th><th class=\"number\" colspan=\"2\">saturated "
        "activations</th></tr></thead>\n<tbody>\n",
        to);
  for (int l = 0; l < net->layer_count; l++) {
    double most = most_of(&net->layer[l], COUNT_CUT_ACTIVATIONS, (double)run->metrics.count);
    fprintf(to, "<tr><th scope=\"row\">%s</th>", net->layer[l].name);
    if (most <= UINT32_MAX)
      write_count(to, run->counters.count[COUNT_CUT_ACTIVATIONS][l], most);
    else
      fputs("<td colspan=\"2\">more values than the device's counter holds</td>", to);
    fputs("</tr>\n", to);
  }
  fputs("</tbody></table>\n<p>What inferring these pictures cut at the end of a format; gradients "
        "and updates there are only in training.</p>\n",
        to);
}

void page_counts(FILE *to, const struct report *report, const struct report_run *run) {
  fprintf(to, "<h3>%s</h3>\n", run->train ? "Saturations and lost updates" : "Saturations");
  if (run->train)
    write_training_counts(to, run);
  else
    write_inference_counts(to, report, run);
}

/* ---- epochs ---- */

static uint64_t sum_of(const uint64_t *counts) {
  uint64_t sum = 0;
  for (int l = 0; l < NET_LAYERS_MAX; l++)
    sum += counts[l];
  return sum;
}

static void write_epoch(FILE *to, const struct train_epoch *epoch, bool finished, bool chosen) {
  const char *number = "<td class=\"number\">";
  fprintf(to, "<tr%s><th scope=\"row\">%" PRIu32 "</th>%s%.4f</td>%s%.2f %%</td>",
          chosen ? " class=\"chosen\"" : "", epoch->epoch, number, epoch->loss, number,
          100 * epoch->accuracy);
  if (finished)
    fprintf(to, "%s%.4f</td>%s%.2f %%</td>", number, epoch->validation_loss, number,
            100 * epoch->validation_accuracy);
  else
    fputs("<td colspan=\"2\">not finished</td>", to);
  fputs(number, to);
  text_number(to, sum_of(epoch->counters.count[COUNT_CUT_ACTIVATIONS]));
  fprintf(to, "</td>%s", number);
  text_number(to, sum_of(epoch->counters.count[COUNT_CUT_GRADIENTS]));
  fprintf(to, "</td>%s", number);
  text_number(to, sum_of(epoch->counters.count[COUNT_LOST]));
  fputs("</td></tr>\n", to);
}

void page_epochs(FILE *to, const struct train *train) {
  fputs("<h3>Epochs</h3>\n", to);
  if (train->epoch_count > EPOCHS_LISTED) {
    fprintf(to, "<p>%zu epochs, too many for a table here; they are in the JSON.</p>\n",
            train->epoch_count);
    return;
  }
  fputs("<details><summary>All figures by epoch</summary>\n<div class=\"wide\"><table>\n"
        "<thead><tr><th rowspan=\"2\">epoch</th><th colspan=\"2\">training</th>"
        "<th colspan=\"2\">validation</th><th class=\"number\" colspan=\"2\">saturated</th>"
        "<th class=\"number\" rowspan=\"2\">lost updates</th></tr>\n<tr>",
        to);
  const char *const heads[] = {"loss", "accuracy", "loss", "accuracy", "activations", "gradients"};
  for (size_t h = 0; h < sizeof heads / sizeof heads[0]; h++)
    fprintf(to, "<th class=\"number\">%s</th>", heads[h]);
  fputs("</tr></thead>\n<tbody>\n", to);
  for (size_t e = 0; e < train->epoch_count; e++)
    write_epoch(to, &train->epochs[e], true, train->epochs[e].epoch == train->best_epoch);
  if (train->current.pictures > 0)
    write_epoch(to, &train->current, false, false);
  fputs("</tbody></table></div></details>\n", to);
}
