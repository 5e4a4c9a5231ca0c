/* channel.c : what the sound files of a data set were like: their rates and bandwidths.
 * SPDX-License-Identifier: MIT
 */
#include "data/channel.h"

#include <stdio.h>

static void add(int *low, int *high, int value) {
  if (value <= 0)
    return;
  if (*low == 0 || value < *low)
    *low = value;
  if (value > *high)
    *high = value;
}

void channel_add(struct channel *channel, int rate_hz, int bandwidth_hz) {
  add(&channel->rate_low_hz, &channel->rate_high_hz, rate_hz);
  add(&channel->band_low_hz, &channel->band_high_hz, bandwidth_hz);
}

struct channel channel_of(const struct dataset *data, int label) {
  struct channel channel = {0};
  for (size_t i = 0; i < data->count && data->rate_hz; i++)
    if (data->file[i] >= 0 && (label < 0 || data->labels[i] == label))
      channel_add(&channel, data->rate_hz[data->file[i]], data->bandwidth_hz[data->file[i]]);
  return channel;
}

const char *channel_write(const struct channel *channel, char *text, size_t size) {
  snprintf(text, size, "%d %d %d %d", channel->rate_low_hz, channel->rate_high_hz,
           channel->band_low_hz, channel->band_high_hz);
  return text;
}

struct channel channel_read(const char *text) {
  struct channel c = {0}, unknown = {0};
  int length = 0;
  int fields = sscanf(text, "%9d %9d %9d %9d%n", &c.rate_low_hz, &c.rate_high_hz, &c.band_low_hz,
                      &c.band_high_hz, &length);
  return fields == 4 && text[length] == '\0' ? c : unknown;
}

const char *channel_describe(const struct channel *channel, char *text, size_t size) {
  char rate[64] = "", band[64] = "";
  if (channel->rate_low_hz == channel->rate_high_hz)
    snprintf(rate, sizeof rate, "%d", channel->rate_low_hz);
  else
    snprintf(rate, sizeof rate, "%d to %d", channel->rate_low_hz, channel->rate_high_hz);
  if (channel->band_high_hz - channel->band_low_hz < 100)
    snprintf(band, sizeof band, "%.1f", channel->band_low_hz / 1000.0);
  else
    snprintf(band, sizeof band, "%.1f to %.1f", channel->band_low_hz / 1000.0,
             channel->band_high_hz / 1000.0);
  snprintf(text, size, "%s samples a second%s%s%s", rate,
           channel->band_low_hz ? ", content up to " : "", channel->band_low_hz ? band : "",
           channel->band_low_hz ? " kHz" : "");
  return text;
}

/* Whether low..high reaches beyond known_low..known_high by more than 1/5 below, 1/4 above. */
static bool is_beyond(int known_low, int known_high, int low, int high, int margin) {
  return known_low > 0 && low > 0 &&
         (low * (long long)(margin + 1) < known_low * (long long)margin ||
          high * (long long)margin > known_high * (long long)(margin + 1));
}

bool channel_differs(const struct channel *known, const struct channel *found) {
  enum { FOURTH = 4 };
  return (known->rate_low_hz > 0 && found->rate_low_hz > 0 &&
          (found->rate_low_hz < known->rate_low_hz || found->rate_high_hz > known->rate_high_hz)) ||
         is_beyond(known->band_low_hz, known->band_high_hz, found->band_low_hz, found->band_high_hz,
                   FOURTH);
}
