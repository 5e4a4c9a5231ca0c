/* board_model.h : a board in C, as docs/link.md describes it, with the golden model as its core, at
 * the other end of a port.
 * SPDX-License-Identifier: MIT
 *
 * Time is the port's: it passes while the host waits. Include after cmocka.h.
 */
#ifndef ENGRAM_UNIT_BOARD_MODEL_H
#define ENGRAM_UNIT_BOARD_MODEL_H

#include "../faults.h"
#include "device/link_frame.h"
#include "device/port.h"
#include "model/model.h"
#include "net/map.h"

#include <stdlib.h>
#include <string.h>

struct board_model {
  struct port port;
  struct net net; /* what the core was made from; changed by tests of identity */
  struct model model;
  uint32_t control, bauds[2]; /* the host's, the board's */
  double now;
  bool greeted, mute;
  struct link_receiver receiver;
  struct faults faults;
  uint8_t out[1 << 16]; /* to the host */
  size_t out_count, out_next;
  /* The picture under way, or the last one. */
  int number; /* -1: none */
  size_t next, parts;
  bool done;
  uint8_t pixels[1 << 16], result[LINK_PAYLOAD_MAX], result_length;
  unsigned executed; /* pictures */
  int resets_in;     /* frames until a reset, -1: never */
  int loses_in;      /* frames until one is lost, -1: never */
};

/* ---------------------------------------------------------------- the core's registers */

static inline int32_t *board_weight(struct board_model *board, uint32_t address) {
  const struct net *net = &board->net;
  for (int i = 0; i < net->tensor_count; i++) {
    const struct tensor *t = &net->tensor[i];
    uint32_t first = map_weight(net, i, 0, 0),
             row = map_weight(net, 0, 1, 0) - map_weight(net, 0, 0, 0);
    uint32_t r = (address - first) / row, c = (address - first) % row / MAP_WORD;
    if (address >= first && r < (uint32_t)t->rows && c < (uint32_t)t->columns)
      return &weights_of(model_edit(&board->model), t)[r * (uint32_t)t->columns + c];
  }
  return NULL;
}

static inline bool board_get(struct board_model *board, uint32_t address, uint32_t *word) {
  const struct net *net = &board->net;
  const struct counters *counters = &board->model.counters;
  const struct device_state *state = &board->model.state;
  const int32_t *weight = board_weight(board, address);
  const struct {
    uint32_t address;
    uint64_t value;
  } registers[] = {
      {MAP_ID, MAP_ID_VALUE},
      {MAP_VERSION, 0x00010203},
      {MAP_NET_HASH_LOW, net->net_hash},
      {MAP_NET_HASH_HIGH, net->net_hash >> 32},
      {MAP_CORE_HASH_LOW, net->core_hash},
      {MAP_CORE_HASH_HIGH, net->core_hash >> 32},
      {MAP_SHAPE, 0x00020808},
      {MAP_STATUS, board->control & MAP_PAUSE ? MAP_PAUSED : 0},
      {MAP_RATE, (uint64_t)state->rate},
      {MAP_FREEZE, state->freeze},
      {MAP_RANDOM0, state->random.low},
      {MAP_RANDOM1, state->random.low >> 32},
      {MAP_RANDOM2, state->random.high},
      {MAP_RANDOM3, state->random.high >> 32},
      {MAP_STEPS, state->steps},
      {MAP_PICTURES, counters->pictures},
      {MAP_CORRECT, counters->correct},
  };
  if (weight)
    *word = (uint32_t)*weight;
  if (weight)
    return board->control & MAP_PAUSE;
  for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
    if (registers[i].address == address) {
      *word = (uint32_t)registers[i].value;
      return true;
    }
  uint32_t size = map_layer_size(net), l = (address - MAP_LAYERS) / size;
  if (address < MAP_LAYERS || l >= (uint32_t)net->layer_count)
    return false;
  *word = counters->count[(address - MAP_LAYERS) % size / MAP_WORD][l];
  return true;
}

static inline bool board_put(struct board_model *board, uint32_t address, uint32_t word) {
  struct device_state *state = &board->model.state;
  int32_t *weight = board_weight(board, address);
  uint64_t low = UINT32_MAX, high = low << 32;
  if (weight && (board->control & MAP_PAUSE))
    *weight = (int32_t)word;
  else
    switch (address) {
    case MAP_CONTROL:
      board->control = word;
      if (word & MAP_CLEAR)
        board->model.counters = (struct counters){0};
      break;
    case MAP_RATE:
      state->rate = (int)word;
      break;
    case MAP_FREEZE:
      state->freeze = word;
      break;
    case MAP_RANDOM0:
      state->random.low = (state->random.low & high) | word;
      break;
    case MAP_RANDOM1:
      state->random.low = (state->random.low & low) | (uint64_t)word << 32;
      break;
    case MAP_RANDOM2:
      state->random.high = (state->random.high & high) | word;
      break;
    case MAP_RANDOM3:
      state->random.high = (state->random.high & low) | (uint64_t)word << 32;
      break;
    case MAP_STEPS:
      state->steps = word;
      break;
    default:
      return false;
    }
  return true;
}

/* ---------------------------------------------------------------- answers */

static inline void board_answer(struct board_model *board, uint8_t sequence, uint8_t status,
                                const uint8_t *payload, size_t length) {
  struct link_frame frame = {sequence, status, (uint8_t)length, {0}};
  uint8_t wire[LINK_WIRE_MAX], passed[2];
  if (length > 0)
    memcpy(frame.payload, payload, length);
  size_t count = link_frame_encode(&frame, wire);
  for (size_t i = 0; i < count; i++)
    for (int n = faults_pass(&board->faults, wire[i], passed), k = 0; k < n; k++)
      board->out[board->out_count++ % sizeof board->out] = passed[k];
}

static inline void board_run(struct board_model *board, uint8_t user) {
  struct model *model = &board->model;
  int whole = board->net.height * board->net.width, label = user & 127;
  uint32_t status = board->next < (size_t)whole   ? 1
                    : board->next > (size_t)whole ? 2
                    : label >= board->net.classes ? 3
                                                  : 0;
  bool train = user >> 7;
  board->done = true;
  board->executed++;
  board->result_length = 4;
  link_put(board->result, status << 8, 4);
  if (status)
    return;
  model_forward(model, board->pixels, label, train);
  link_put(board->result, (uint32_t)model->best | (uint32_t)train << 16, 4);
  link_put(board->result + 4, model->state.steps, 4);
  for (int c = 0; c < board->net.classes; c++)
    link_put(board->result + 8 + 4 * c, (uint32_t)model->probability[c], 4);
  board->result_length = (uint8_t)(8 + 4 * board->net.classes);
  if (train)
    model_backward(model, label);
}

static inline void board_pixels(struct board_model *board, const struct link_frame *frame) {
  size_t part = frame->payload[0], count = frame->length - 3u;
  bool last = frame->payload[1] & 1;
  if (frame->sequence != board->number) {
    board->number = frame->sequence;
    board->next = board->parts = 0;
    board->done = false;
  }
  if (!board->done && part == board->parts) {
    memcpy(board->pixels + board->next, frame->payload + 3, count);
    board->next += count;
    board->parts++;
    if (last)
      board_run(board, frame->payload[2]);
  } else if (part >= board->parts)
    board_answer(board, frame->sequence, 4, NULL, 0);
  if (board->done && last)
    board_answer(board, frame->sequence, 0, board->result, board->result_length);
}

/* READ, WRITE, FILL and CHECKSUM of a block. */
static inline void board_block(struct board_model *board, const struct link_frame *frame) {
  const uint8_t *at = frame->payload;
  uint32_t address = link_get(at, 4), columns = link_get(at + 4, 2), rows = link_get(at + 6, 2),
           pitch = link_get(at + 8, 4) + 4 * columns, word = 0;
  int width = at[frame->code == 3 ? 16 : 12];
  uint32_t x = link_get(at + 12, 4);
  uint8_t answer[LINK_PAYLOAD_MAX];
  for (uint32_t i = 0; i < columns * rows; i++) {
    uint32_t a = address + 4 * (i % columns) + pitch * (i / columns);
    bool good = true;
    switch (frame->code) {
    case 1:
      good = board_get(board, a, &word);
      link_put(answer + i * (uint32_t)width, word, width);
      break;
    case 2:
      good = board_put(board, a, (uint32_t)link_get_signed(at + 13 + i * (uint32_t)width, width));
      break;
    case 3:
      x = random_xorshift(x);
      good = board_put(board, a, (uint32_t)((int32_t)x >> (32 - width)));
      break;
    default:
      good = board_get(board, a, &word);
      x = random_xorshift(x ^ word);
    }
    if (!good) {
      board_answer(board, frame->sequence, 1, NULL, 0);
      return;
    }
  }
  if (frame->code > 2)
    link_put(answer, x, 4);
  board_answer(board, frame->sequence, 0, answer,
               frame->code == 1   ? columns * rows * (uint32_t)width
               : frame->code == 2 ? 0
                                  : 4);
}

static inline void board_reset(struct board_model *board) {
  board->greeted = false;
  board->control = MAP_PAUSE | MAP_LEARN;
  board->number = -1;
  board->model.state = (struct device_state){.random = {1, 0}};
}

static inline void board_take(struct board_model *board, const struct link_frame *frame) {
  uint8_t greeting[12] = {1, LINK_PAYLOAD_MAX};
  bool lost = board->loses_in == 0;
  board->loses_in -= board->loses_in >= 0;
  if (lost)
    return;
  if (board->resets_in == 0)
    board_reset(board);
  board->resets_in -= board->resets_in >= 0;
  if (frame->code == 0) {
    board->greeted = true;
    board->number = -1;
    link_put(greeting + 2, 60000000, 4);
    link_put(greeting + 6, board->bauds[1], 4);
    link_put(greeting + 10, board->receiver.damaged, 2);
    board_answer(board, frame->sequence, 0, greeting, sizeof greeting);
  } else if (frame->code != 1 && !board->greeted)
    board_answer(board, frame->sequence, 3, NULL, 0);
  else if (frame->code == 5)
    board_pixels(board, frame);
  else {
    board->number = -1;
    board_block(board, frame);
  }
}

/* ---------------------------------------------------------------- the port */

static inline int board_set_baud(struct port *port, uint32_t baud, struct error *err) {
  struct board_model *board = (struct board_model *)port;
  (void)err;
  board->bauds[0] = baud;
  board->out_next = board->out_count;
  return 0;
}

static inline int board_send(struct port *port, const uint8_t *bytes, size_t count,
                             struct error *err) {
  struct board_model *board = (struct board_model *)port;
  struct link_frame frame;
  uint8_t passed[2];
  (void)err;
  board->now += (double)count * 10 / board->bauds[0];
  for (size_t i = 0; i < count && !board->mute; i++)
    for (int n = faults_pass(&board->faults, bytes[i], passed), k = 0; k < n; k++) {
      uint8_t byte = board->bauds[0] == board->bauds[1] ? passed[k] : (uint8_t)(passed[k] ^ 0x55);
      if (link_receive(&board->receiver, byte, &frame))
        board_take(board, &frame);
    }
  return 0;
}

static inline int board_receive(struct port *port, uint8_t *bytes, size_t most, double seconds,
                                struct error *err) {
  struct board_model *board = (struct board_model *)port;
  size_t count = 0;
  (void)err;
  while (count < most && board->out_next < board->out_count)
    bytes[count++] = board->out[board->out_next++ % sizeof board->out];
  board->now += count ? 0 : seconds;
  return (int)count;
}

static inline double board_now(struct port *port) {
  return ((struct board_model *)port)->now;
}

static inline void board_close(struct port *port) {
  (void)port; /* the board stays */
}

/* A board that was just switched on; `net` outlives it. Release with board_free. */
static inline struct board_model *board_new(const struct net *net) {
  struct board_model *board = calloc(1, sizeof *board);
  board->port = (struct port){"board",    1e-3,          1,         board_set_baud,
                              board_send, board_receive, board_now, board_close};
  board->net = *net;
  board->bauds[1] = 1000000;
  board->resets_in = board->loses_in = -1;
  model_new(&board->model, &board->net, 99);
  board_reset(board);
  return board;
}

static inline void board_free(struct board_model *board) {
  model_free(&board->model);
  free(board);
}

#endif
