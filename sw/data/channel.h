/* channel.h : what the sound files of a data set were like: their rates and bandwidths.
 * SPDX-License-Identifier: MIT
 *
 * A net may learn the channel instead of the sound (docs/recordings.md), so that what is heard
 * through another one is said.
 */
#ifndef ENGRAM_DATA_CHANNEL_H
#define ENGRAM_DATA_CHANNEL_H

#include "data/dataset.h"

/* From the lowest to the highest of some files; 0: not known. */
struct channel {
  int rate_low_hz, rate_high_hz; /* of the files */
  int band_low_hz, band_high_hz; /* sound/bandwidth.h */
};

enum { CHANNEL_TEXT_BYTES = 128 };

/* Adds a file; what is not known of it (0) is not added. */
void channel_add(struct channel *channel, int rate_hz, int bandwidth_hz);

/* Of the files of a class, or of all (-1). */
struct channel channel_of(const struct dataset *data, int label);

/* "16000 16000 7752 8010" and back; a text that is none is all unknown. Returns `text`. */
const char *channel_write(const struct channel *channel, char *text, size_t size);
struct channel channel_read(const char *text);

/* "16000 samples a second, content up to 7.8 to 8.0 kHz". Returns `text`. */
const char *channel_describe(const struct channel *channel, char *text, size_t size);

/* Whether some of `found` lies outside `known`: another rate, or content that ends below 4/5 or
 * above 5/4 of what is known. */
bool channel_differs(const struct channel *known, const struct channel *found);

#endif
