/* page.c : the page around its parts: head, network, a section for each run.
 * SPDX-License-Identifier: MIT
 */
#include "report/report_parts.h"

#include "embedded.h"
#include "report/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char style_name[] = "report.css";

static void write_style(FILE *to) {
  for (const struct embedded *file = embedded_files; file->name; file++)
    if (!strcmp(file->name, style_name))
      fputs(file->text, to);
}

/* The policy keeps a browser from loading anything from anywhere, whatever else the page says. */
static void write_head(FILE *to, const struct report *report) {
  fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "img-src data:; media-src data:; style-src 'unsafe-inline'\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>",
        to);
  text_escape(to, report->net->name);
  fprintf(to, ": %s</title>\n<style>\n", report->kind);
  write_style(to);
  fputs("</style>\n</head>\n<body>\n", to);
}

static void write_facts(FILE *to, const struct report *report) {
  fputs("<dl class=\"facts\">\n", to);
  for (int f = 0; f < report->fact_count; f++) {
    fputs("<div><dt>", to);
    text_escape(to, report->facts[f].name);
    fputs("</dt><dd>", to);
    text_escape(to, report->facts[f].value);
    fputs("</dd></div>\n", to);
  }
  fputs("</dl>\n", to);
}

static void write_format(FILE *to, struct format format) {
  fprintf(to, "<td>%d bits, %d of them fraction</td>", format.bits, format.frac);
}

static void write_weight(FILE *to, const struct layer *layer) {
  fprintf(to, "<td>%d bits, %d of them fraction", layer->word.bits, layer->word.frac);
  if (layer->decodes)
    fprintf(to, "; sums take %d", layer->weight.bits);
  if (layer->bias.there)
    fprintf(to, "; a bias %d and %d", layer->bias.word.bits, layer->bias.word.frac);
  fputs("</td>", to);
}

static void write_layer(FILE *to, const struct layer *layer) {
  fprintf(to, "<tr><th scope=\"row\">%s</th><td>", layer->name);
  net_show_layer(to, layer);
  fputs("</td><td class=\"number\">", to);
  text_number(to, layer->weight_count);
  fputs("</td>", to);
  write_weight(to, layer);
  write_format(to, layer->activation);
  write_format(to, layer->gradient);
  fputs("</tr>\n", to);
}

static void write_network(FILE *to, const struct net *net) {
  fputs("<section>\n<h2>Network</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>layer</th>"
        "<th></th><th class=\"number\">weights</th><th>a weight</th><th>an activation</th>"
        "<th>a gradient</th></tr></thead>\n<tbody>\n",
        to);
  for (int l = 0; l < net->layer_count; l++)
    write_layer(to, &net->layer[l]);
  fputs("</tbody></table></div>\n<details><summary>The description in its normal form"
        "</summary>\n<pre>",
        to);
  char *text = net_text(net);
  text_escape(to, text);
  free(text);
  fputs("</pre></details>\n</section>\n", to);
}

static void write_training(FILE *to, const struct train *train) {
  fputs("<p>Trained on ", to);
  text_number(to, train->count[PART_TRAIN]);
  fputs(" pictures; ", to);
  text_number(to, train->count[PART_VALIDATION]);
  fputs(" choose the epoch, ", to);
  text_number(to, train->count[PART_TEST]);
  fputs(" are the test. This run: ", to);
  text_number(to, report_steps(train));
  fprintf(to, " steps, %zu epoch%s finished", train->epoch_count,
          train->epoch_count == 1 ? "" : "s");
  if (train->best_epoch > 0)
    fprintf(to, "; the weights are those of epoch %" PRIu32 ".</p>\n", train->best_epoch);
  else
    fputs("; the weights are the last ones.</p>\n", to);
}

static void write_run(FILE *to, const struct report *report, const struct report_run *run) {
  fputs("<section>\n<h2>", to);
  text_escape(to, run->title);
  fputs("</h2>\n", to);
  if (run->train)
    write_training(to, run->train);
  if (run->unmeasured) {
    fputs("<p class=\"note\">", to);
    text_escape(to, run->unmeasured);
    fputs("</p>\n", to);
  }
  page_metrics(to, report, run);
  if (run->train)
    page_curves(to, run);
  if (!run->unmeasured)
    page_mistakes(to, report, run);
  page_filters(to, report, run);
  page_counts(to, report, run);
  if (run->train)
    page_epochs(to, run->train);
  fputs("</section>\n", to);
}

void page_write(FILE *to, const struct report *report) {
  write_head(to, report);
  fprintf(to, "<header>\n<p class=\"kind\">Engram " ENGRAM_VERSION ", %s</p>\n<h1>", report->kind);
  text_escape(to, report->net->name);
  fputs("</h1>\n", to);
  write_facts(to, report);
  fputs("</header>\n<main>\n", to);
  for (int r = 0; r < report->run_count; r++)
    write_run(to, report, &report->runs[r]);
  write_network(to, report->net);
  fputs("</main>\n<footer>The file of the same name that ends in "
        ".json has these figures for machines.</footer>\n</body>\n</html>\n",
        to);
}
