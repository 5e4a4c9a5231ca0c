/* ffmpeg.c : the program ffmpeg as a decoder: a child that writes an AU file into a pipe.
 * SPDX-License-Identifier: MIT
 */
#include "sound/ffmpeg.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct ffmpeg {
  pid_t child; /* 0: none, or waited for */
  int output;  /* of the child, to be read; -1: none */
  int messages;
};

/* Everything is closed on exec but what is given to the child, so that no other thread's child
 * keeps a pipe open. */
static int spawn(struct ffmpeg *ffmpeg, int input_end, char *url) {
  char *const arguments[] = {
      "ffmpeg", "-nostdin", "-v", "error", "-protocol_whitelist", "file", "-i", url, "-map",
      "0:a:0",  "-f",       "au", "-c:a",  "pcm_f32be",           "-",    NULL};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, input_end, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ffmpeg->messages, STDERR_FILENO);
  int code = posix_spawnp(&ffmpeg->child, "ffmpeg", &actions, NULL, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (code != 0)
    ffmpeg->child = 0;
  return code;
}

struct ffmpeg *ffmpeg_start(const char *path, int *fd) {
  static const char scheme[] = "file:"; /* a path may hold a colon or begin with a dash */
  struct ffmpeg *ffmpeg = memory_new(1, sizeof *ffmpeg);
  *ffmpeg = (struct ffmpeg){.output = -1, .messages = memfd_create("messages", MFD_CLOEXEC)};
  int pipe_ends[2];
  int code = -1;
  if (ffmpeg->messages >= 0 && pipe2(pipe_ends, O_CLOEXEC) == 0) {
    char *url = memory_new(sizeof scheme + strlen(path), 1);
    code = spawn(ffmpeg, pipe_ends[1], strcat(strcpy(url, scheme), path));
    free(url);
    close(pipe_ends[1]);
    *fd = ffmpeg->output = pipe_ends[0];
  }
  if (code == 0)
    return ffmpeg;
  ffmpeg_free(ffmpeg);
  return NULL;
}

/* The child's first line, without the name and address of the part that wrote it. Empty: it said
 * nothing. */
static void first_message(int messages, char reason[FFMPEG_REASON_BYTES]) {
  char text[4 * FFMPEG_REASON_BYTES];
  ssize_t count = pread(messages, text, sizeof text - 1, 0);
  text[count > 0 ? count : 0] = '\0';
  const char *line = text + strspn(text, " \n");
  const char *part = *line == '[' ? strstr(line, "] ") : NULL;
  line = part ? part + 2 : line;
  size_t length = strcspn(line, "\n");
  const char *last = memrchr(line, ':', length);
  if (strncmp(line, "file:", 5) == 0 && last > line + 4) { /* "file:PATH: what is wrong" */
    length -= (size_t)(last + 2 - line);
    line = last + 2;
  }
  if (strstr(text, "matches no streams"))
    length = strlen(line = "it holds no sound");
  if (length >= FFMPEG_REASON_BYTES)
    length = FFMPEG_REASON_BYTES - 1;
  memcpy(reason, line, length);
  reason[length] = '\0';
}

static pid_t wait_for(pid_t child, int *status) {
  pid_t ended;
  do {
    ended = waitpid(child, status, 0);
  } while (ended < 0 && errno == EINTR);
  return ended;
}

int ffmpeg_end(struct ffmpeg *ffmpeg, char reason[FFMPEG_REASON_BYTES]) {
  int status = 0;
  pid_t ended = wait_for(ffmpeg->child, &status);
  ffmpeg->child = 0;
  first_message(ffmpeg->messages, reason);
  if (ended > 0 && status == 0 && reason[0] == '\0')
    return 0;
  if (reason[0] == '\0')
    strcpy(reason, "it ended without a word");
  return -1;
}

void ffmpeg_free(struct ffmpeg *ffmpeg) {
  if (ffmpeg->output >= 0)
    close(ffmpeg->output);
  if (ffmpeg->child > 0 && kill(ffmpeg->child, SIGKILL) == 0)
    wait_for(ffmpeg->child, &(int){0});
  if (ffmpeg->messages >= 0)
    close(ffmpeg->messages);
  free(ffmpeg);
}
