/* synth.h : engine-like sounds from a seed, so that everything can be tried without recordings.
 * SPDX-License-Identifier: MIT
 *
 * The classes share ranges of pitch, and every recording passes a random place (wind, background)
 * and a random microphone (band limits, tilt, noise floor, level, clipping) drawn the same way for
 * all classes, so that the channel does not give the class away.
 */
#ifndef ENGRAM_SOUND_SYNTH_H
#define ENGRAM_SOUND_SYNTH_H

#include "sound/sound.h"

#include <stddef.h>
#include <stdint.h>

enum synth_class {
  SYNTH_AIRPLANE,
  SYNTH_CAR,
  SYNTH_ENGINE,
  SYNTH_HELICOPTER,
  SYNTH_TRAIN,
  SYNTH_CLASS_COUNT
};

/* "airplane", "car", ...: lower-case, fit for a folder. */
const char *synth_class_name(enum synth_class class);

/* samples [count] at SOUND_RATE_HZ, 16-bit. The same class, seed and recording number give the same
 * samples, and a longer sound is not the continuation of a shorter one. Arithmetic is double
 * precision and libm's, so machines whose libm differs may differ in single samples' last bit. */
void synth_render(enum synth_class class, uint64_t seed, uint64_t recording, int16_t *samples,
                  size_t count);

#endif
