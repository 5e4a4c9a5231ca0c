/* sim_vpi.c : the module that lets sim_icarus.c drive an emitted core in vvp (Icarus Verilog).
 * SPDX-License-Identifier: MIT
 *
 * The simulation waits for a request while time stands still. A clock cycle is two units of time:
 * the edge, and the inputs that follow it. vvp ends when the socket does.
 */
#include "sim_icarus.h"

#include <iverilog/vpi_user.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

struct input {
  const char *port;
  size_t at, bytes; /* of its field in struct sim_inputs */
};
#define INPUT(port, field)                                                                         \
  { "engram_core." port, offsetof(struct sim_inputs, field), sizeof((struct sim_inputs *)0)->field }
static const struct input inputs[] = {
    INPUT("rst_i", rst),
    INPUT("s_axil_awvalid_i", awvalid),
    INPUT("s_axil_awaddr_i", awaddr),
    INPUT("s_axil_wvalid_i", wvalid),
    INPUT("s_axil_wdata_i", wdata),
    INPUT("s_axil_wstrb_i", wstrb),
    INPUT("s_axil_bready_i", bready),
    INPUT("s_axil_arvalid_i", arvalid),
    INPUT("s_axil_araddr_i", araddr),
    INPUT("s_axil_rready_i", rready),
    INPUT("s_axis_tvalid_i", s_tvalid),
    INPUT("s_axis_tdata_i", s_tdata),
    INPUT("s_axis_tlast_i", s_tlast),
    INPUT("s_axis_tuser_i", s_tuser),
    INPUT("m_axis_tready_i", m_tready),
};
enum { INPUTS = sizeof inputs / sizeof inputs[0] };

/* All there is on this side; made at start and handed to each callback. */
struct side {
  int socket;
  struct sim_icarus *shared;
  size_t used; /* bytes of the shared memory */
  vpiHandle clock, port[INPUTS];
};

/* A found signal or memory, for its callback. */
struct tap {
  unsigned char *data, *unknown;
  size_t element_bytes;
};

static void fail(const char *what, const char *name) {
  fprintf(stderr, "%s %s\n", what, name);
  exit(1);
}

/* ---------------------------------------------------------------- values out */

static void store(const struct tap *tap, size_t element, const s_vpi_vecval *words) {
  size_t bytes = tap->element_bytes, at = element * bytes;
  for (size_t i = 0; i < bytes; i += 4) {
    uint32_t unknown = (uint32_t)words[i / 4].bval, data = (uint32_t)words[i / 4].aval & ~unknown;
    size_t size = bytes - i < 4 ? bytes - i : 4;
    memcpy(tap->data + at + i, &data, size);
    memcpy(tap->unknown + at + i, &unknown, size);
  }
}

static PLI_INT32 changed(p_cb_data data) {
  store((const struct tap *)(void *)data->user_data, (size_t)data->index,
        data->value->value.vector);
  return 0;
}

static void store_now(const struct tap *tap, size_t element, vpiHandle handle) {
  s_vpi_value value = {.format = vpiVectorVal};
  vpi_get_value(handle, &value);
  store(tap, element, value.value.vector);
}

static size_t room(struct side *side, size_t bytes) {
  size_t at = (side->used + 63) / 64 * 64;
  if (bytes > ICARUS_SHARED_BYTES - at)
    fail("no room for", side->shared->path);
  side->used = at + bytes;
  return at;
}

/* Stores the signal's value in the shared memory, now and whenever it changes. */
static void find(struct side *side) {
  struct sim_icarus *shared = side->shared;
  shared->count = 0;
  vpiHandle handle = vpi_handle_by_name(shared->path, NULL);
  if (!handle)
    return;
  bool memory = vpi_get(vpiType, handle) == vpiMemory;
  size_t count = memory ? (size_t)vpi_get(vpiSize, handle) : 1;
  int bits = vpi_get(vpiSize, memory ? vpi_handle_by_index(handle, 0) : handle);
  size_t bytes = bits <= 8    ? 1
                 : bits <= 16 ? 2
                 : bits <= 32 ? 4
                 : bits <= 64 ? 8
                              : ((size_t)bits + 31) / 32 * 4;
  shared->data_at = room(side, count * bytes);
  shared->unknown_at = room(side, count * bytes);
  shared->element_bytes = bytes;
  shared->count = count;

  struct tap *tap = malloc(sizeof *tap);
  if (!tap)
    fail("no memory for", shared->path);
  unsigned char *base = (unsigned char *)shared;
  *tap = (struct tap){base + shared->data_at, base + shared->unknown_at, bytes};
  for (size_t i = 0; i < count; i++)
    store_now(tap, i, memory ? vpi_handle_by_index(handle, (PLI_INT32)i) : handle);
  s_vpi_time time = {.type = vpiSuppressTime};
  s_vpi_value value = {.format = vpiVectorVal};
  s_cb_data callback = {.reason = cbValueChange,
                        .cb_rtn = changed,
                        .obj = handle,
                        .time = &time,
                        .value = &value,
                        .user_data = (PLI_BYTE8 *)tap};
  vpi_register_cb(&callback);
}

/* ---------------------------------------------------------------- values in, and time */

static void put(vpiHandle handle, uint32_t bits) {
  s_vpi_vecval word = {(PLI_INT32)bits, 0};
  s_vpi_value value = {.format = vpiVectorVal, .value = {.vector = &word}};
  vpi_put_value(handle, &value, NULL, vpiNoDelay);
}

static void after(struct side *side, PLI_INT32 reason, unsigned delay,
                  PLI_INT32 (*then)(p_cb_data)) {
  s_vpi_time time = {.type = vpiSimTime, .low = delay};
  s_cb_data callback = {
      .reason = reason, .cb_rtn = then, .time = &time, .user_data = (PLI_BYTE8 *)side};
  vpi_register_cb(&callback);
}

static PLI_INT32 serve(p_cb_data data);

static PLI_INT32 drive(p_cb_data data) {
  struct side *side = (void *)data->user_data;
  put(side->clock, 0);
  for (size_t i = 0; i < INPUTS; i++) {
    uint32_t bits = 0;
    memcpy(&bits, (const char *)&side->shared->in + inputs[i].at, inputs[i].bytes);
    put(side->port[i], bits);
  }
  after(side, cbReadOnlySynch, 0, serve);
  return 0;
}

static PLI_INT32 rise(p_cb_data data) {
  struct side *side = (void *)data->user_data;
  put(side->clock, 1);
  after(side, cbAfterDelay, 1, drive);
  return 0;
}

/* All has settled: answers, and takes requests until one needs time to pass. */
static PLI_INT32 serve(p_cb_data data) {
  struct side *side = (void *)data->user_data;
  for (char request = ICARUS_DONE;;) {
    if (write(side->socket, &(char){ICARUS_DONE}, 1) != 1 || read(side->socket, &request, 1) != 1)
      exit(0);
    if (request == ICARUS_FIND)
      find(side);
    else {
      after(side, cbAfterDelay, 1, request == ICARUS_SETTLE ? drive : rise);
      return 0;
    }
  }
}

/* ---------------------------------------------------------------- start */

static vpiHandle must_find(const char *name) {
  vpiHandle handle = vpi_handle_by_name(name, NULL);
  if (!handle)
    fail("there is no", name);
  return handle;
}

static PLI_INT32 start(p_cb_data data) {
  struct side *side = (void *)data->user_data;
  side->clock = must_find("engram_core.clk_i");
  for (size_t i = 0; i < INPUTS; i++)
    side->port[i] = must_find(inputs[i].port);
  return serve(data);
}

/* Even a simulation that never comes back for a request ends with the process that started it. */
static void attach(void) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  struct side *side = calloc(1, sizeof *side);
  s_vpi_vlog_info arguments;
  int memory = -1;
  if (!side || !vpi_get_vlog_info(&arguments))
    fail("cannot", "start");
  for (int i = 0; i < arguments.argc; i++)
    if (sscanf(arguments.argv[i], ICARUS_ARGUMENT, &side->socket, &memory) == 2)
      break;
  side->shared = mmap(NULL, ICARUS_SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE,
                      memory, 0);
  if (side->shared == MAP_FAILED)
    fail("cannot map", "the shared memory");
  side->used = sizeof *side->shared;
  after(side, cbStartOfSimulation, 0, start);
}

void (*vlog_startup_routines[])(void) = {attach, NULL};
