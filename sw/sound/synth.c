/* synth.c : engine-like sounds from a seed, so that everything can be tried without recordings.
 * SPDX-License-Identifier: MIT
 */
#include "sound/synth.h"

#include "base/file.h"
#include "model/random.h"
#include "sound/signal.h"

#include <math.h>
#include <stdlib.h>

/* Draws of random numbers are never two in one expression: C leaves their order to the compiler. */
static double chance(uint64_t *random) {
  return signal_uniform(random, 0, 1);
}

/* Engine speed in cycles (two turns) a second: either cruising or accelerating through the gears.
 */
struct gearbox {
  double low_hz, high_hz, at, step;
  int cruising;
  struct wander unsteady;
};

static struct gearbox gearbox_new(uint64_t *random) {
  struct gearbox box = {.low_hz = signal_uniform(random, 11, 18)};
  box.high_hz = box.low_hz * signal_uniform(random, 1.4, 2.2);
  box.at = chance(random);
  box.step = 1 / (signal_uniform(random, 1.5, 5) * SOUND_RATE_HZ);
  box.cruising = chance(random) < 0.4;
  box.unsteady = wander_new(random, 3);
  return box;
}

static double gearbox_next(struct gearbox *box, uint64_t *random) {
  double shift = 0.08; /* of the time in gear */
  double pull = box->at < 1 - shift ? box->at / (1 - shift) : (1 - box->at) / shift;
  if (!box->cruising) {
    box->at += box->step;
    box->at -= floor(box->at);
  }
  double hz = box->low_hz + (box->high_hz - box->low_hz) * pull;
  return hz * (1 + 0.015 * wander_next(&box->unsteady, random));
}

/* Orders of a four-stroke engine: every `cylinders`-th harmonic of the cycle is a firing order, the
 * others weak. */
static struct stack engine_orders(uint64_t *random, int cylinders, double slope, double odd) {
  struct stack stack = stack_new(random, STACK_HARMONICS_MAX, slope);
  for (int k = 0; k < stack.count; k++)
    if ((k + 1) % cylinders != 0) {
      stack.cosine[k] *= odd;
      stack.sine[k] *= odd;
    }
  return stack;
}

/* Engine orders under the noise of road and tyres. */
static void render_car(uint64_t *random, double *samples, size_t count) {
  int cylinders = chance(random) < 0.75 ? 4 : 6;
  struct gearbox box = gearbox_new(random);
  double slope = signal_uniform(random, 0.6, 1.1), odd = signal_uniform(random, 0.05, 0.3);
  struct stack orders = engine_orders(random, cylinders, slope, odd);
  struct filter road = filter_low(signal_spread(random, 200, 600), 0.7);
  struct filter tyres = filter_band(signal_spread(random, 700, 1300), 1.2);
  double road_level = signal_spread(random, 0.7, 3), tyre_level = signal_spread(random, 0.6, 2);
  struct wander surface = wander_new(random, 4);
  for (size_t i = 0; i < count; i++) {
    double noise = signal_noise(random);
    double rolling =
        road_level * filter_next(&road, noise) + tyre_level * filter_next(&tyres, noise);
    rolling *= 1 + 0.4 * wander_next(&surface, random);
    samples[i] = stack_next(&orders, gearbox_next(&box, random)) + rolling;
  }
}

/* Frequency ratio of something that flies past: from above 1 to below 1. */
static double doppler(double seconds, double pass_seconds, double speed) {
  double x = (pass_seconds - seconds) * 0.8;
  return 1 + speed * x / sqrt(1 + x * x);
}

/* Propellers (one or two that beat), jet noise with a fan's whine, or both; drifting in pitch, with
 * the echo from the ground. */
static void render_airplane(uint64_t *random, double *samples, size_t count) {
  double kind = chance(random);
  double propeller = kind < 0.7 ? 1 : 0.0, jet = kind < 0.45 ? 0.15 : signal_spread(random, 0.5, 2);
  double blade_hz = signal_spread(random, 62, 135), detune = signal_uniform(random, 1.002, 1.015);
  double slope = signal_uniform(random, 0.5, 1.1), twin = chance(random) < 0.5 ? 0.8 : 0;
  struct stack left = stack_new(random, 32, slope), right = stack_new(random, 32, slope);
  struct stack fan = stack_new(random, 3, 1);
  struct filter roar = filter_band(signal_spread(random, 250, 1200), 0.5);
  double fan_hz = signal_spread(random, 900, 3000), whine = signal_spread(random, 0.02, 0.3);
  double pass = signal_uniform(random, -1, 6), speed = signal_uniform(random, 0.02, 0.12);
  struct wander air = wander_new(random, 2), echo = wander_new(random, 0.3);
  double delay = signal_uniform(random, 0.001, 0.006) * SOUND_RATE_HZ;
  for (size_t i = 0; i < count; i++) {
    double ratio = doppler((double)i / SOUND_RATE_HZ, pass, speed);
    double blades =
        stack_next(&left, blade_hz * ratio) + twin * stack_next(&right, blade_hz * detune * ratio);
    double noise = 3 * filter_next(&roar, signal_noise(random));
    samples[i] = propeller * blades + jet * (noise + whine * stack_next(&fan, fan_hz * ratio));
    samples[i] *= 1 + 0.3 * wander_next(&air, random);
  }
  for (size_t i = count; i-- > 0;) {
    size_t back = (size_t)(delay * (1 + 0.3 * wander_next(&echo, random)));
    if (back <= i)
      samples[i] += 0.5 * samples[i - back];
  }
}

/* An idling engine: low firing orders of uneven strength and knocking. */
static void render_engine(uint64_t *random, double *samples, size_t count) {
  int cylinders = chance(random) < 0.3 ? 6 : 4;
  double cycle_hz = signal_uniform(random, 5, 9);
  double slope = signal_uniform(random, 0.7, 1.2), odd = signal_uniform(random, 0.2, 0.6);
  struct stack orders = engine_orders(random, cylinders, slope, odd);
  struct filter knock = filter_band(signal_spread(random, 1500, 4500), 2);
  struct filter hiss = filter_band(signal_spread(random, 400, 2000), 0.5);
  double knocking = signal_spread(random, 3, 16), hissing = signal_spread(random, 0.1, 0.5);
  struct wander idle = wander_new(random, 1.5);
  double firing = 0, burst = 0;
  for (size_t i = 0; i < count; i++) {
    double hz = cycle_hz * (1 + 0.04 * wander_next(&idle, random));
    firing += hz * cylinders / SOUND_RATE_HZ;
    if (firing >= 1) {
      firing -= 1;
      burst = signal_uniform(random, 0.3, 1);
    }
    burst *= 0.995;
    samples[i] = stack_next(&orders, hz);
    samples[i] += knocking * burst * filter_next(&knock, signal_noise(random));
    samples[i] += hissing * filter_next(&hiss, signal_noise(random));
  }
}

/* Blade slap of the main rotor, the tail rotor's harmonics and a turbine. */
static void render_helicopter(uint64_t *random, double *samples, size_t count) {
  double rotor_hz = signal_uniform(random, 11, 24), tail_hz = signal_spread(random, 55, 130);
  struct stack rotor = stack_new(random, 24, signal_uniform(random, 0.3, 0.8));
  struct stack tail = stack_new(random, 16, signal_uniform(random, 0.7, 1.2));
  struct filter slap = filter_band(signal_spread(random, 90, 300), 0.7);
  struct filter turbine = filter_band(signal_spread(random, 1800, 4500), 1.5);
  double slapping = signal_spread(random, 3, 9), tail_level = signal_spread(random, 0.2, 0.8);
  double turbine_level = signal_spread(random, 0.3, 1.2);
  struct wander air = wander_new(random, 1);
  double decay = exp(-1 / (signal_uniform(random, 0.006, 0.02) * SOUND_RATE_HZ)), burst = 0;
  double last_phase = 0;
  for (size_t i = 0; i < count; i++) {
    double ratio = 1 + 0.02 * wander_next(&air, random);
    double low = stack_next(&rotor, rotor_hz * ratio);
    burst = rotor.phase < last_phase ? 1 : burst * decay;
    last_phase = rotor.phase;
    samples[i] = low + tail_level * stack_next(&tail, tail_hz * ratio);
    samples[i] += slapping * burst * filter_next(&slap, signal_noise(random));
    samples[i] += turbine_level * (0.4 + burst) * filter_next(&turbine, signal_noise(random));
  }
}

/* Rolling noise, the clacks of two axles over rail joints, a diesel's hum and now and then
 * squealing. */
static void render_train(uint64_t *random, double *samples, size_t count) {
  struct filter low = filter_band(signal_spread(random, 70, 220), 0.6);
  struct filter high = filter_band(signal_spread(random, 900, 3000), 0.8);
  struct filter clack = filter_band(signal_spread(random, 400, 1500), 1.5);
  struct stack hum = stack_new(random, 24, signal_uniform(random, 0.6, 1));
  struct stack squeal = stack_new(random, 2, 1);
  double high_level = signal_spread(random, 0.3, 1.5), clacking = signal_spread(random, 3, 10);
  double hum_level = signal_spread(random, 0.1, 0.6), hum_hz = signal_spread(random, 22, 60);
  double squeal_level = chance(random) < 0.4 ? signal_spread(random, 0.1, 0.5) : 0;
  double squeal_hz = signal_spread(random, 1500, 4000);
  double joint = chance(random), joints_hz = signal_spread(random, 0.8, 2.5), burst = 0;
  struct wander speed = wander_new(random, 1), brake = wander_new(random, 2);
  for (size_t i = 0; i < count; i++) {
    double before = joint;
    joint += joints_hz / SOUND_RATE_HZ;
    burst *= 0.998;
    if (joint >= 1 || (before < 0.25 && joint >= 0.25))
      burst = signal_uniform(random, 0.5, 1);
    joint -= floor(joint);
    double noise = signal_noise(random), drift = wander_next(&speed, random);
    double rolling = 3 * filter_next(&low, noise) + high_level * filter_next(&high, noise);
    samples[i] = rolling * (1 + 0.3 * drift);
    samples[i] += clacking * burst * filter_next(&clack, signal_noise(random));
    samples[i] += hum_level * stack_next(&hum, hum_hz * (1 + 0.02 * drift));
    samples[i] += squeal_level * fmax(0, wander_next(&brake, random)) *
                  stack_next(&squeal, squeal_hz * (1 + 0.03 * drift));
  }
}

/* Wind gusts and a steady background of random colour; `samples` have a root mean square of 1. */
static void add_place(uint64_t *random, double *samples, size_t count) {
  struct filter wind = filter_low(signal_spread(random, 40, 150), 0.6);
  struct filter background = filter_band(signal_spread(random, 100, 4000), 0.4);
  struct wander gusts = wander_new(random, 1.2);
  double wind_level = signal_spread(random, 0.3, 6);
  double background_level = signal_spread(random, 0.06, 0.5);
  for (size_t i = 0; i < count; i++) {
    double gust = 0.5 + 0.5 * wander_next(&gusts, random);
    samples[i] += wind_level * gust * gust * filter_next(&wind, signal_noise(random));
    samples[i] += background_level * filter_next(&background, signal_noise(random));
  }
}

/* Band limits, a resonance, noise floor, level and, for one in six, clipping. */
static void pass_microphone(uint64_t *random, double *samples, size_t count) {
  struct filter high = filter_high(signal_spread(random, 30, 180), 0.7);
  struct filter low = filter_low(signal_spread(random, 2500, 9500), 0.6);
  struct filter body = filter_band(signal_spread(random, 300, 5000), 0.7);
  double body_level = signal_uniform(random, -0.5, 1);
  double floor_level = signal_spread(random, 0.001, 0.04);
  double level = signal_spread(random, 0.03, 0.2);
  if (chance(random) < 1.0 / 6)
    level = signal_spread(random, 0.4, 0.8);
  for (size_t i = 0; i < count; i++) {
    double x = filter_next(&high, samples[i]);
    samples[i] = filter_next(&low, x + body_level * filter_next(&body, x));
  }
  signal_normalise(samples, count);
  for (size_t i = 0; i < count; i++)
    samples[i] = level * (samples[i] + floor_level * signal_noise(random));
}

static const struct {
  const char *name;
  void (*render)(uint64_t *random, double *samples, size_t count);
} classes[SYNTH_CLASS_COUNT] = {
    [SYNTH_AIRPLANE] = {"airplane", render_airplane},
    [SYNTH_CAR] = {"car", render_car},
    [SYNTH_ENGINE] = {"engine", render_engine},
    [SYNTH_HELICOPTER] = {"helicopter", render_helicopter},
    [SYNTH_TRAIN] = {"train", render_train},
};

const char *synth_class_name(enum synth_class class) {
  return classes[class].name;
}

void synth_render(enum synth_class class, uint64_t seed, uint64_t recording, int16_t *samples,
                  size_t count) {
  uint64_t random = seed;
  random = random_splitmix(&random) ^ (uint64_t) class;
  random = random_splitmix(&random) ^ recording;
  double *mixed = memory_new(count, sizeof *mixed);
  classes[class].render(&random, mixed, count);
  signal_normalise(mixed, count);
  add_place(&random, mixed, count);
  pass_microphone(&random, mixed, count);
  for (size_t i = 0; i < count; i++)
    samples[i] = (int16_t)lrint(fmin(fmax(mixed[i], -1), 1) * 32767);
  free(mixed);
}
