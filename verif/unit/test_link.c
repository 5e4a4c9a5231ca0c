/* test_link.c : frames, requests and the serial device on a board in C, with faults on the line.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "board_model.h"
#include "device/device_parts.h"
#include "device/link.h"
#include "scratch.h"

#include "nets.h"

/* ---------------------------------------------------------------- frames */

static struct link_frame random_frame(uint64_t *random) {
  struct link_frame frame = {(uint8_t)scratch_random(random),
                             (uint8_t)scratch_random(random),
                             (uint8_t)nets_between(random, 0, LINK_PAYLOAD_MAX),
                             {0}};
  for (int i = 0; i < frame.length; i++) /* flags and escapes are frequent */
    frame.payload[i] =
        (uint8_t)(scratch_random(random) >> 40 & 1 ? 0x7C + i % 3
                                                   : (int)(scratch_random(random) & 255));
  return frame;
}

/* Frames that come out of bytes. */
static int receive_all(struct link_receiver *receiver, const uint8_t *wire, size_t count,
                       struct link_frame *frame) {
  int frames = 0;
  for (size_t i = 0; i < count; i++)
    frames += link_receive(receiver, wire[i], frame);
  return frames;
}

static void test_known_frame(void **state) {
  (void)state;
  /* A greeting with sequence 1; its CRC-32 is that of the bytes 01 00 00 (as of any zip program).
   */
  const uint8_t expected[] = {0x7E, 0x01, 0x00, 0x00, 0x25, 0xB3, 0x83, 0xFE, 0x7E};
  const struct link_frame frame = {1, 0, 0, {0}};
  uint8_t wire[LINK_WIRE_MAX];
  assert_int_equal(link_frame_encode(&frame, wire), sizeof expected);
  assert_memory_equal(wire, expected, sizeof expected);
}

static void test_frames(void **state) {
  (void)state;
  uint64_t random = scratch_seed();
  struct link_receiver receiver = {{0}, 0, false, 0};
  for (int n = 0; n < 2000; n++) {
    struct link_frame frame = random_frame(&random), found;
    uint8_t wire[LINK_WIRE_MAX];
    size_t count = link_frame_encode(&frame, wire);
    assert_int_equal(receive_all(&receiver, wire, count, &found), 1);
    assert_memory_equal(&frame, &found, sizeof frame);
  }
  assert_int_equal(receiver.damaged, 0);
}

/* A frame with a byte dropped, doubled or changed never passes, and the one behind it does. */
static void test_damaged_frames(void **state) {
  (void)state;
  uint64_t random = scratch_seed();
  for (int n = 0; n < 5000; n++) {
    struct link_receiver receiver = {{0}, 0, false, 0};
    struct link_frame frame = random_frame(&random), next = random_frame(&random), found;
    uint8_t wire[LINK_WIRE_MAX + 1];
    size_t count = link_frame_encode(&frame, wire);
    size_t at = (size_t)nets_between(&random, 1, (int)count - 2);
    switch (n % 3) {
    case 0:
      memmove(wire + at, wire + at + 1, --count - at);
      break;
    case 1:
      memmove(wire + at + 1, wire + at, count++ - at);
      break;
    default:
      wire[at] ^= (uint8_t)(1 << n / 3 % 8);
    }
    assert_int_equal(receive_all(&receiver, wire, count, &found), 0);
    assert_true(receiver.damaged > 0);
    count = link_frame_encode(&next, wire);
    assert_int_equal(receive_all(&receiver, wire, count, &found), 1);
    assert_memory_equal(&next, &found, sizeof next);
  }
}

static void test_too_long(void **state) {
  (void)state;
  struct link_receiver receiver = {{0}, 0, false, 0};
  struct link_frame frame = {7, 1, 0, {0}}, found;
  uint8_t wire[LINK_WIRE_MAX];
  for (int i = 0; i < 100000; i++)
    assert_false(link_receive(&receiver, (uint8_t)(i % 0x70), &found));
  assert_int_equal(receive_all(&receiver, wire, link_frame_encode(&frame, wire), &found), 1);
  assert_int_equal(receiver.damaged, 1);
}

/* ---------------------------------------------------------------- the device */

static struct net test_net(void) {
  static const struct nets_shape shape = {8, 8, 2, 3, 3, 1, {{12, true, true}}, 3};
  struct net net;
  nets_make(&net, &shape, &nets_wide);
  return net;
}

static struct device *open_board(struct board_model *board, const struct net *net,
                                 struct error *err) {
  return device_serial_new(&board->port, 0, net, err);
}

/* Trains and infers on both; every reply, the weights and the state are the same. 0, or -1 when the
 * board failed. */
static int run_both(struct device *device, struct device *golden, const struct net *net, int steps,
                    uint64_t *random, struct error *err) {
  uint8_t picture[4096];
  for (int i = 0; i < steps; i++) {
    struct job job = {picture, (size_t)(net->height * net->width), i % (net->classes + 1),
                      i % 4 != 0};
    struct reply found, expected;
    if (i % 9 == 8)
      job.bytes += 1000;
    for (size_t p = 0; p < sizeof picture; p++)
      picture[p] = (uint8_t)(scratch_random(random) >> 50);
    assert_int_equal(device_run(golden, &job, 1, &expected, err), 0);
    if (device_run(device, &job, 1, &found, err))
      return -1;
    assert_memory_equal(&found, &expected, sizeof found);
  }
  return 0;
}

static int compare_both(struct device *device, struct device *golden, const struct net *net,
                        struct error *err) {
  struct weights found, expected;
  struct device_state found_state, expected_state;
  struct counters found_counters, expected_counters;
  uint32_t checksum;
  weights_new(&found, net);
  weights_new(&expected, net);
  assert_int_equal(device_get(golden, &expected, &expected_state, err), 0);
  int result = device_get(device, &found, &found_state, err);
  if (result == 0)
    result = device_checksum(device, &checksum, err);
  if (result == 0)
    result = device_counters(device, &found_counters, err);
  if (result == 0) {
    for (int l = 0; l < net->layer_count; l++)
      assert_memory_equal(found.layer[l], expected.layer[l],
                          found.count[l] * sizeof *found.layer[l]);
    assert_memory_equal(&found_state.random, &expected_state.random, sizeof found_state.random);
    assert_int_equal(found_state.steps, expected_state.steps);
    assert_int_equal(found_state.rate, expected_state.rate);
    assert_int_equal(found_state.freeze, expected_state.freeze);
    assert_int_equal(checksum, random_checksum(&expected));
    assert_int_equal(device_counters(golden, &expected_counters, err), 0);
    assert_int_equal(found_counters.correct, expected_counters.correct);
    assert_memory_equal(found_counters.count[COUNT_LOST], expected_counters.count[COUNT_LOST],
                        sizeof found_counters.count[COUNT_LOST]);
  }
  weights_free(&found);
  weights_free(&expected);
  return result;
}

static void test_device(void **state) {
  (void)state;
  uint64_t random = scratch_seed();
  struct error err = {0};
  struct net net = test_net();
  struct board_model *board = board_new(&net);
  struct device *golden = device_open("golden", &net, &err),
                *device = open_board(board, &net, &err);
  assert_non_null(device);
  struct device_state begin = device_state_fresh(&net, 5);
  assert_int_equal(device_initialise(golden, 5, &begin, &err), 0);
  assert_int_equal(device_initialise(device, 5, &begin, &err), 0);
  assert_int_equal(run_both(device, golden, &net, 300, &random, &err), 0);
  assert_int_equal(compare_both(device, golden, &net, &err), 0);
  assert_true(device_line_seconds(device) > 0);
  /* What was read is written to another board, which goes on. */
  struct weights weights;
  weights_new(&weights, &net);
  assert_int_equal(device_get(device, &weights, &begin, &err), 0);
  device_close(device);
  board_free(board);
  board = board_new(&net);
  device = open_board(board, &net, &err);
  assert_int_equal(device_set(device, &weights, &begin, &err), 0);
  assert_int_equal(run_both(device, golden, &net, 20, &random, &err), 0);
  device_close(device);
  device_close(golden);
  weights_free(&weights);
  board_free(board);
}

/* ---------------------------------------------------------------- what goes wrong */

static void expect_failure(struct device *device, const struct net *net, const char *message) {
  struct error err = {0};
  struct weights weights;
  struct device_state state;
  weights_new(&weights, net);
  assert_int_equal(device_get(device, &weights, &state, &err), -1);
  assert_non_null(strstr(err.message, message));
  assert_true(device_failed(device));
  weights_free(&weights);
}

static void test_reset(void **state) {
  (void)state;
  struct error err = {0};
  struct net net = test_net();
  struct board_model *board = board_new(&net);
  /* At any frame of the reading, the last but one included. */
  for (int frames = 0; frames < 40; frames++) {
    struct device *device = open_board(board, &net, &err);
    assert_non_null(device);
    board->resets_in = frames;
    struct weights weights;
    struct device_state begin;
    weights_new(&weights, &net);
    err.message[0] = 0;
    int result = device_get(device, &weights, &begin, &err);
    assert_true(result == 0 ? board->resets_in >= 0 : strstr(err.message, "was reset") != NULL);
    board->resets_in = 0;
    expect_failure(device, &net, "was reset");
    err.message[0] = 0;
    weights_free(&weights);
    device_close(device);
  }
  board_free(board);
}

static void test_silence(void **state) {
  (void)state;
  struct error err = {0};
  struct net net = test_net();
  struct board_model *board = board_new(&net);
  struct device *device = open_board(board, &net, &err);
  board->mute = true;
  expect_failure(device, &net, "does not answer any more");
  device_close(device);
  assert_null(open_board(board, &net, &err));
  assert_non_null(strstr(err.message, "no board answers"));
  board_free(board);
}

/* Where a part of a picture is lost, the picture goes out anew when all its parts are over. */
static void test_lost_part(void **state) {
  (void)state;
  enum { PIXELS = 1000 }; /* too many, in several parts */
  struct net net = test_net();
  struct board_model *board = board_new(&net);
  struct error err = {""};
  struct device *device = open_board(board, &net, &err);
  assert_non_null(device);
  const uint8_t picture[PIXELS] = {0};
  const struct job job = {picture, PIXELS, 0, true};
  struct reply reply;
  double seconds[5];
  for (int lost = -1; lost < 4; lost++) { /* none, then each but the last */
    double start = board->now;
    board->loses_in = lost;
    assert_int_equal(device_run(device, &job, 1, &reply, &err), 0);
    assert_int_equal(reply.status, REPLY_LONG);
    seconds[lost + 1] = board->now - start;
    assert_true(lost < 0 || seconds[lost + 1] > 1.9 * seconds[0]);
    assert_true(seconds[lost + 1] < 2 * seconds[0] + 2 * board->port.latency_seconds);
  }
  assert_int_equal(board->executed, 5);
  device_close(device);
  board_free(board);
}

static void test_identity(void **state) {
  (void)state;
  struct error err = {0};
  struct net net = test_net();
  struct board_model *board = board_new(&net);
  board->net.core_hash ^= 1;
  assert_null(open_board(board, &net, &err));
  assert_non_null(strstr(err.message, "--fold options"));
  err.message[0] = 0;
  board->net.net_hash ^= UINT64_C(1) << 40;
  assert_null(open_board(board, &net, &err));
  assert_non_null(strstr(err.message, "name the description"));
  board_free(board);
}

/* A weight that changes behind the link's back. */
static void test_wrong_weight(void **state) {
  (void)state;
  struct error err = {0};
  struct net net = test_net();
  struct board_model *board = board_new(&net);
  struct device *device = open_board(board, &net, &err);
  struct device_state begin = device_state_fresh(&net, 5);
  struct weights weights;
  weights_new(&weights, &net);
  random_weights(&net, 5, &weights);
  weights.layer[1][7] = 1 << 25; /* of which 24 bits travel */
  assert_int_equal(device_set(device, &weights, &begin, &err), -1);
  assert_non_null(strstr(err.message, "checksum"));
  weights_free(&weights);
  device_close(device);
  board_free(board);
}

static void test_ports(void **state) {
  (void)state;
  struct error err = {0};
  struct net net = test_net();
  assert_null(device_open("/nowhere/ttyUSB0", &net, &err));
  assert_non_null(strstr(err.message, "/nowhere/ttyUSB0: No such file"));
  err.message[0] = 0;
  assert_null(device_open("/dev/null@115200", &net, &err));
  assert_non_null(strstr(err.message, "/dev/null: is not a serial port"));
}

/* Runs over a line where one byte of some hundred or thousand is dropped, doubled or changed, and
 * now and then the board is reset: each run ends with the model's weights or says why not. */
static void test_faults(void **state) {
  (void)state;
  uint64_t random = scratch_seed();
  struct net net = test_net();
  int recovered = 0, reported = 0;
  for (int run = 0; run < 300; run++) {
    struct error err = {0};
    struct board_model *board = board_new(&net);
    board->faults = (struct faults){.random = random + (uint64_t)run, .a_million = 200u << run % 6};
    struct device *golden = device_open("golden", &net, &err),
                  *device = open_board(board, &net, &err);
    struct device_state begin = device_state_fresh(&net, 5);
    assert_int_equal(device_initialise(golden, 5, &begin, &err), 0);
    board->resets_in = run % 10 == 0 ? 20 + run : -1;
    int result = device ? device_initialise(device, 5, &begin, &err) : -1;
    if (result == 0)
      result = run_both(device, golden, &net, 20, &random, &err);
    if (result == 0)
      result = compare_both(device, golden, &net, &err);
    recovered += result == 0;
    reported += result != 0 && err.message[0];
    if (result != 0 && run % 10 != 0 && run % 6 < 3)
      fail_msg("run %d: %s", run, err.message);
    device_close(device);
    device_close(golden);
    board_free(board);
  }
  printf("faults: %d recovered, %d reported\n", recovered, reported);
  assert_int_equal(recovered + reported, 300);
  assert_true(recovered > 200 && reported > 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_known_frame),    cmocka_unit_test(test_frames),
      cmocka_unit_test(test_damaged_frames), cmocka_unit_test(test_too_long),
      cmocka_unit_test(test_device),         cmocka_unit_test(test_reset),
      cmocka_unit_test(test_silence),        cmocka_unit_test(test_identity),
      cmocka_unit_test(test_wrong_weight),   cmocka_unit_test(test_ports),
      cmocka_unit_test(test_faults),         cmocka_unit_test(test_lost_part)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
