/* example.c : the driver at work: from a seed over a few training steps to inference and weights.
 * SPDX-License-Identifier: 0BSD
 *
 * A program of your own describes how the core is reached (struct engram) and calls engram_example.
 * It prints in a hosted build only; freestanding it needs nothing but the driver.
 */
#include "engram_driver.h"

#if __STDC_HOSTED__
#include <stdio.h>
#endif

enum { EXAMPLE_SEED = 1, EXAMPLE_PICTURES = 32 };

/* A dark picture with some noise and a bright band, whose height tells the class. */
static void draw(uint8_t *picture, uint32_t label, uint32_t *noise) {
  for (uint32_t i = 0; i < ENGRAM_PICTURE_BYTES; i++) {
    *noise = *noise * UINT32_C(1664525) + UINT32_C(1013904223);
    bool bright = i / ENGRAM_WIDTH * ENGRAM_CLASSES / ENGRAM_HEIGHT == label;
    picture[i] = (uint8_t)((*noise >> 27) + (bright ? 192 : 64));
  }
}

/* Sends one picture, takes its reply; counts it in *right when its class is its label. */
static int show(const struct engram *core, uint32_t label, bool train, uint32_t *noise,
                uint32_t *right) {
  uint8_t picture[ENGRAM_PICTURE_BYTES];
  struct engram_reply reply;
  draw(picture, label, noise);
  int error = engram_send(core, picture, sizeof picture, label, train);
  if (!error)
    error = engram_receive(core, &reply);
  if (!error && reply.status != ENGRAM_GOOD)
    error = ENGRAM_ERROR_REPLY;
  if (!error && reply.best == label)
    ++*right;
  return error;
}

/* The largest magnitude of a layer's weights. */
static int largest(const struct engram *core, uint32_t layer, int32_t *magnitude) {
  const struct engram_layer *shape = engram_shape(layer);
  int error = ENGRAM_OK;
  *magnitude = 0;
  for (uint32_t row = 0; !error && row < shape->rows; row++)
    for (uint32_t column = 0; !error && column < shape->columns; column++) {
      int32_t weight = 0;
      error = engram_read_weight(core, layer, row, column, &weight);
      weight = weight < 0 ? -weight : weight;
      if (weight > *magnitude)
        *magnitude = weight;
    }
  return error;
}

/* Runs once on a core that was reset. Returns ENGRAM_OK or the first error. */
int engram_example(const struct engram *core);
int engram_example(const struct engram *core) {
  int error = engram_check(core);
  if (!error)
    error = engram_pause(core, ENGRAM_PAUSE_POLLS);
#if !ENGRAM_WEIGHTS_LOADED
  if (!error)
    error = engram_initialise(core, EXAMPLE_SEED);
#endif
  if (!error)
    error = engram_clear_counters(core);
  if (!error)
    error = engram_resume(core);

  uint32_t noise = EXAMPLE_SEED, trained = 0, inferred = 0;
  for (uint32_t i = 0; !error && i < EXAMPLE_PICTURES; i++)
    error = show(core, i % ENGRAM_CLASSES, true, &noise, &trained);
  for (uint32_t i = 0; !error && i < ENGRAM_CLASSES; i++)
    error = show(core, i, false, &noise, &inferred);

  struct engram_counters counters;
  if (!error)
    error = engram_pause(core, ENGRAM_PAUSE_POLLS);
  if (!error)
    error = engram_read_counters(core, &counters);
#if __STDC_HOSTED__
  if (!error)
    printf("%d pictures to train on, %u right; %d to infer, %u right; %llu cycles\n",
           EXAMPLE_PICTURES, (unsigned)trained, ENGRAM_CLASSES, (unsigned)inferred,
           (unsigned long long)counters.cycles);
#endif
  for (uint32_t layer = 0; !error && engram_shape(layer); layer++) {
    int32_t magnitude;
    error = largest(core, layer, &magnitude);
#if __STDC_HOSTED__
    if (!error)
      printf("layer %u: %u x %u weights, the largest %ld / 2^%u\n", (unsigned)layer,
             (unsigned)engram_shape(layer)->rows, (unsigned)engram_shape(layer)->columns,
             (long)magnitude, engram_shape(layer)->frac);
#endif
  }
  return error;
}
