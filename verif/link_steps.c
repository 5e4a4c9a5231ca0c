/* link_steps.c : training steps from weights that the board has made itself, beside the model.
 * SPDX-License-Identifier: MIT
 *
 * Usage: link_steps DEVICE NET STEPS [FOLD...]
 * Compares each reply, and at the end the checksum of all weights, which the board computes.
 */
#include "base/file.h"
#include "cmd/cmd.h"
#include "device/device.h"
#include "model/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 7 };

static int run(struct device *device, struct device *golden, const struct net *net, int steps,
               struct error *err) {
  uint64_t random = SEED;
  size_t pixels = (size_t)(net->height * net->width);
  uint8_t *picture = memory_new(pixels, 1);
  struct device_state begin = device_state_fresh(net, SEED);
  begin.rate = 2; /* every step moves many weights */
  int result = device_initialise(golden, SEED, &begin, err);
  if (result == 0)
    result = device_initialise(device, SEED, &begin, err);
  for (int i = 0; i < steps && result == 0; i++) {
    struct reply found, expected;
    struct job job = {picture, pixels, i % net->classes, true};
    for (size_t p = 0; p < pixels; p++)
      picture[p] = (uint8_t)random_splitmix(&random);
    device_run(golden, &job, 1, &expected, err);
    result = device_run(device, &job, 1, &found, err);
    if (result == 0 && memcmp(&found, &expected, sizeof found) != 0)
      result = error_set(err, "the reply to picture %d differs from the model's", i);
  }
  free(picture);
  return result;
}

static int compare(struct device *device, struct device *golden, struct error *err) {
  uint32_t found, expected;
  if (device_checksum(golden, &expected, err) || device_checksum(device, &found, err))
    return -1;
  printf("checksum of the weights: board %08" PRIx32 ", model %08" PRIx32 "\n", found, expected);
  return found == expected ? 0 : error_set(err, "the weights differ");
}

int main(int argc, char **argv) {
  struct error err = {""};
  struct net net;
  if (argc < 4) {
    fprintf(stderr, "usage: link_steps DEVICE NET STEPS [FOLD...]\n");
    return EXIT_BAD_INPUT;
  }
  if (net_load(&net, argv[2], (const char *const *)argv + 4, (size_t)argc - 4, &err))
    return cmd_fail(&err);
  double start = cmd_seconds();
  struct device *golden = device_open("golden", &net, &err);
  struct device *device = device_open(argv[1], &net, &err);
  if (!device)
    return cmd_fail(&err);
  int steps = atoi(argv[3]);
  int result = run(device, golden, &net, steps, &err);
  if (result == 0)
    result = compare(device, golden, &err);
  if (result == 0)
    printf("link_steps: PASS net=%s steps=%d line_seconds=%.6f seconds=%.1f\n", net.name, steps,
           device_line_seconds(device), cmd_seconds() - start);
  device_close(device);
  device_close(golden);
  if (result == 0)
    return EXIT_DONE;
  cmd_fail(&err);
  return EXIT_MISMATCH;
}
