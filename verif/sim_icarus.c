/* sim_icarus.c : the emitted core in Icarus Verilog behind the functions of sim.h.
 * SPDX-License-Identifier: MIT
 *
 * The library that build_icarus.sh makes holds the compiled core (core.vvp) and the module that
 * drives it (core.vpi, from sim_vpi.c). A child process, vvp, gets both through memory files.
 */
#include "sim_icarus.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
/* The two files, from the linker. */
extern const char _binary_core_vvp_start[], _binary_core_vvp_end[];
extern const char _binary_core_vpi_start[], _binary_core_vpi_end[];

/* A cycle takes milliseconds: a core that is still at it after so long never settles. */
enum { PATIENCE_SECONDS = 120 };

struct output {
  const char *port;
  size_t at, bytes; /* of its field in struct sim_outputs */
  size_t valid_at;  /* of the field that says when it counts; its own: always, but in reset */
};
#define OUTPUT(port, field, valid)                                                                 \
  {                                                                                                \
    port, offsetof(struct sim_outputs, field), sizeof((struct sim_outputs *)0)->field,             \
        offsetof(struct sim_outputs, valid)                                                        \
  }
/* A valid stands before what it speaks for. */
static const struct output outputs[] = {
    OUTPUT("s_axil_awready_o", awready, awready),  OUTPUT("s_axil_wready_o", wready, wready),
    OUTPUT("s_axil_bvalid_o", bvalid, bvalid),     OUTPUT("s_axil_bresp_o", bresp, bvalid),
    OUTPUT("s_axil_arready_o", arready, arready),  OUTPUT("s_axil_rvalid_o", rvalid, rvalid),
    OUTPUT("s_axil_rresp_o", rresp, rvalid),       OUTPUT("s_axil_rdata_o", rdata, rvalid),
    OUTPUT("s_axis_tready_o", s_tready, s_tready), OUTPUT("m_axis_tvalid_o", m_tvalid, m_tvalid),
    OUTPUT("m_axis_tlast_o", m_tlast, m_tvalid),   OUTPUT("m_axis_tdata_o", m_tdata, m_tvalid),
};
enum { OUTPUTS = sizeof outputs / sizeof outputs[0] };

struct sim {
  pid_t child;
  int socket, log; /* log: all that vvp prints */
  struct sim_icarus *shared;
  struct sim_signal output[OUTPUTS];
  char request; /* the next settle's: whether an edge comes before it */
  char failure[256];
};

/* ---------------------------------------------------------------- the child */

__attribute__((format(printf, 2, 3))) static void fail(struct sim *sim, const char *format, ...) {
  va_list args;
  va_start(args, format);
  if (!sim->failure[0])
    vsnprintf(sim->failure, sizeof sim->failure, format, args);
  va_end(args);
}

static int reap(struct sim *sim) {
  int status = 0;
  waitpid(sim->child, &status, 0);
  sim->child = 0;
  return status;
}

static void stop(struct sim *sim) {
  kill(sim->child, SIGKILL);
  reap(sim);
}

/* vvp does not answer: says why. */
static void lost(struct sim *sim, int error) {
  if (error == EAGAIN) {
    fail(sim, "vvp has not settled in %d s", PATIENCE_SECONDS);
    stop(sim);
    return;
  }
  int status = reap(sim);
  char line[160] = "";
  ssize_t bytes = pread(sim->log, line, sizeof line - 1, 0);
  line[bytes < 0 ? 0 : strcspn(line, "\n")] = 0;
  fail(sim, "vvp has ended: %s",
       line[0]               ? line
       : WIFSIGNALED(status) ? strsignal(WTERMSIG(status))
                             : "it does not say why");
}

/* One answer; false when there will be none. */
static bool answered(struct sim *sim) {
  char answer;
  ssize_t bytes;
  do
    bytes = recv(sim->socket, &answer, 1, 0);
  while (bytes < 0 && errno == EINTR);
  if (bytes != 1)
    lost(sim, bytes < 0 ? errno : 0);
  return bytes == 1;
}

static bool ask(struct sim *sim, char request) {
  if (!sim->child)
    return false;
  /* A request that vvp is no longer there to take shows in the answer. */
  (void)!send(sim->socket, &request, 1, MSG_NOSIGNAL);
  return answered(sim);
}

static int memory_file(const char *name, const char *start, const char *end) {
  int file = memfd_create(name, MFD_CLOEXEC);
  while (file >= 0 && start < end) {
    ssize_t bytes = write(file, start, (size_t)(end - start));
    if (bytes <= 0) {
      close(file);
      return -1;
    }
    start += bytes;
  }
  return file;
}

/* Starts vvp on the two files with its ends of socket and memory; returns 0 or an errno. */
static int start(struct sim *sim, int socket, int memory, int program, int module) {
  char path[2][32], argument[48];
  snprintf(path[0], sizeof path[0], "/proc/self/fd/%d", module);
  snprintf(path[1], sizeof path[1], "/proc/self/fd/%d", program);
  snprintf(argument, sizeof argument, ICARUS_ARGUMENT, socket, memory);
  char *argv[] = {"vvp", "-n", "-m", path[0], path[1], argument, NULL};
  const int kept[] = {socket, memory, program, module};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) /* to itself: kept over exec */
    posix_spawn_file_actions_adddup2(&actions, kept[i], kept[i]);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, sim->log, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, sim->log, STDERR_FILENO);
  int error = posix_spawnp(&sim->child, argv[0], &actions, NULL, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error)
    sim->child = 0;
  return error;
}

/* Makes what both sides share and starts vvp. */
static void launch(struct sim *sim) {
  int ends[2] = {-1, -1}, memory = memfd_create("engram-shared", MFD_CLOEXEC);
  int program = memory_file("core.vvp", _binary_core_vvp_start, _binary_core_vvp_end);
  int module = memory_file("core.vpi", _binary_core_vpi_start, _binary_core_vpi_end);
  sim->log = memfd_create("engram-log", MFD_CLOEXEC);
  bool made = memory >= 0 && program >= 0 && module >= 0 && sim->log >= 0 &&
              !ftruncate(memory, (off_t)ICARUS_SHARED_BYTES) &&
              !socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
  if (made)
    sim->shared = mmap(NULL, ICARUS_SHARED_BYTES, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_NORESERVE, memory, 0);
  int error =
      made && sim->shared != MAP_FAILED ? start(sim, ends[1], memory, program, module) : errno;
  if (error)
    fail(sim, "vvp: %s", strerror(error));
  sim->socket = ends[0];
  const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
  setsockopt(sim->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const int theirs[] = {ends[1], memory, program, module};
  for (size_t i = 0; i < sizeof theirs / sizeof theirs[0]; i++)
    if (theirs[i] >= 0)
      close(theirs[i]);
}

/* ---------------------------------------------------------------- sim.h */

struct sim *sim_open(const char *wave_path) {
  struct sim *sim = wave_path ? NULL : calloc(1, sizeof *sim);
  if (!sim)
    return NULL;
  *sim = (struct sim){.socket = -1, .log = -1, .shared = MAP_FAILED, .request = ICARUS_SETTLE};
  launch(sim);
  if (!sim->child || !answered(sim))
    return sim;
  for (size_t i = 0; i < OUTPUTS; i++)
    if (sim_find(sim, "", outputs[i].port, &sim->output[i])) {
      fail(sim, "there is no port %s", outputs[i].port);
      stop(sim);
      break;
    }
  return sim;
}

void sim_close(struct sim *sim) {
  if (sim->child)
    stop(sim);
  if (sim->shared != MAP_FAILED)
    munmap(sim->shared, ICARUS_SHARED_BYTES);
  if (sim->socket >= 0)
    close(sim->socket);
  if (sim->log >= 0)
    close(sim->log);
  free(sim);
}

/* One output, unless it is X or Z when it counts. */
static void take(struct sim *sim, size_t i, struct sim_outputs *out) {
  const struct output *output = &outputs[i];
  uint32_t unknown = 0;
  memcpy((char *)out + output->at, sim->output[i].data, output->bytes);
  memcpy(&unknown, sim->output[i].unknown, output->bytes);
  if (unknown && !sim->shared->in.rst &&
      (output->valid_at == output->at || *((char *)out + output->valid_at))) {
    fail(sim, "%s is X", output->port);
    stop(sim);
  }
}

void sim_settle(struct sim *sim, const struct sim_inputs *in, struct sim_outputs *out) {
  if (sim->child) {
    sim->shared->in = *in;
    if (ask(sim, sim->request))
      for (size_t i = 0; i < OUTPUTS && sim->child; i++)
        take(sim, i, out);
    sim->request = ICARUS_SETTLE;
  }
  if (!sim->child)
    *out = (struct sim_outputs){.failure = sim->failure};
}

/* The edge waits for the inputs that follow it: one request a cycle. */
void sim_edge(struct sim *sim) {
  sim->request = ICARUS_EDGE_AND_SETTLE;
}

int sim_find(struct sim *sim, const char *scope, const char *name, struct sim_signal *signal) {
  if (!sim->child)
    return -1;
  struct sim_icarus *shared = sim->shared;
  int bytes = snprintf(shared->path, sizeof shared->path, "engram_core%s%s.%s", *scope ? "." : "",
                       scope, name);
  if (bytes >= (int)sizeof shared->path)
    return -1;
  if (!ask(sim, ICARUS_FIND) || shared->count == 0)
    return -1;
  signal->data = (char *)shared + shared->data_at;
  signal->unknown = (char *)shared + shared->unknown_at;
  signal->element_bytes = shared->element_bytes > 8 ? 4 : shared->element_bytes;
  signal->element_words = shared->element_bytes > 8 ? shared->element_bytes / 4 : 0;
  signal->count = shared->count;
  return 0;
}
