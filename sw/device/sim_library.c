/* sim_library.c : the emitted core as a library of a simulator.
 * SPDX-License-Identifier: MIT
 */
#include "device/sim_library.h"

#include "base/file.h"
#include "embedded.h"
#include "emit.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* How each simulator's library is made: from which embedded files, by the first of them. */
static const struct maker {
  const char *files[6], *suffix, *needs, *takes;
} makers[] = {
    [SIMULATOR_VERILATOR] = {{"build_sim.sh", "sim.cpp", "sim.h"},
                             ".so",
                             "verilator and g++",
                             "about half a minute"},
    [SIMULATOR_ICARUS] = {{"build_icarus.sh", "sim_icarus.c", "sim_icarus.h", "sim_vpi.c", "sim.h"},
                          "-icarus.so",
                          "iverilog and gcc",
                          "some seconds"},
};

/* FNV-1a over every embedded file: a changed leaf makes another library. */
static uint64_t digest(void) {
  uint64_t hash = UINT64_C(0xCBF29CE484222325);
  for (const struct embedded *file = embedded_files; file->name; file++)
    for (const char *c = file->text; *c; c++)
      hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001B3);
  return hash;
}

/* Runs a command with its output in a log file; returns its exit status, or -1. */
static int run(char *const *argv, const char *log) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_TRUNC,
                                   0666);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child;
  int failed = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = -1;
  if (failed || waitpid(child, &status, 0) < 0)
    return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int write_embedded(const char *folder, const char *name, struct error *err) {
  const struct embedded *file = embedded_files;
  while (strcmp(file->name, name) != 0)
    file++;
  char *path = path_join(folder, name);
  struct output out;
  FILE *f = output_open(&out, path, err);
  free(path);
  if (!f)
    return -1;
  fputs(file->text, f);
  return output_commit(&out, err);
}

/* Copies every regular file of a folder over those of the same names. */
static int overlay(const char *from, const char *to, struct error *err) {
  DIR *dir = opendir(from);
  if (!dir)
    return error_set(err, "%s: %s", from, strerror(errno));
  int result = 0;
  for (struct dirent *entry; result == 0 && (entry = readdir(dir));) {
    if (entry->d_name[0] == '.')
      continue;
    char *source = path_join(from, entry->d_name), *target = path_join(to, entry->d_name);
    size_t size;
    uint8_t *text = file_read(source, 1 << 20, &size, err);
    struct output out;
    FILE *f = text ? output_open(&out, target, err) : NULL;
    if (f)
      fwrite(text, 1, size, f);
    result = f ? output_commit(&out, err) : -1;
    free(text);
    free(source);
    free(target);
  }
  closedir(dir);
  return result;
}

/* Emits the core into `work` and builds `library` from it. */
static int build(const struct net *net, const struct maker *maker, const char *work,
                 const char *library, const char *runtime, bool wave, const char *rtl,
                 struct error *err) {
  if (emit_core(net, work, NULL, NULL, err) || (rtl && overlay(rtl, work, err)))
    return -1;
  for (int i = 0; maker->files[i]; i++)
    if (write_embedded(work, maker->files[i], err))
      return -1;
  char *script = path_join(work, maker->files[0]), *log = path_join(work, "log"),
       *made = path_join(work, "core.so");
  char *argv[] = {"sh",
                  script,
                  (char *)(uintptr_t)work,
                  made,
                  (char *)(uintptr_t)runtime,
                  wave ? "wave" : "plain",
                  NULL};
  int result = 0;
  if (run(argv, log) != 0)
    result = error_set(err, "the simulation of %s could not be built (are %s installed?): see %s",
                       net->name, maker->needs, log);
  else if (rename(made, library))
    result = error_set(err, "%s: %s", library, strerror(errno));
  free(script);
  free(log);
  free(made);
  return result;
}

static int load(struct sim_library *library, const char *path, struct error *err) {
  char *absolute = realpath(path, NULL);
  library->handle = absolute ? dlopen(absolute, RTLD_NOW | RTLD_LOCAL) : NULL;
  free(absolute);
  if (!library->handle)
    return error_set(err, "%s: %s", path, dlerror());
  const struct {
    const char *name;
    void **function;
  } symbols[] = {
      {"sim_open", (void **)&library->open},     {"sim_close", (void **)&library->close},
      {"sim_settle", (void **)&library->settle}, {"sim_edge", (void **)&library->edge},
      {"sim_find", (void **)&library->find},
  };
  for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++)
    if (!(*symbols[i].function = dlsym(library->handle, symbols[i].name)))
      return error_set(err, "%s: no %s in it", path, symbols[i].name);
  return 0;
}

int sim_library_open(struct sim_library *library, const struct net *net, enum simulator simulator,
                     bool wave, const char *rtl, struct error *err) {
  *library = (struct sim_library){.handle = NULL};
  if (wave && simulator != SIMULATOR_VERILATOR)
    return error_set(err, "waves are written with Verilator only");
  const struct maker *maker = &makers[simulator];
  const char *folder = getenv("ENGRAM_SIM");
  if (!folder)
    folder = "build/sim";
  char name[64];
  snprintf(name, sizeof name, "%016" PRIx64 "-%08" PRIx32 "%s", net->core_hash, (uint32_t)digest(),
           wave ? "-wave.so" : maker->suffix);
  char *path = path_join(folder, name), *runtime = path_join(folder, "runtime");
  char *work = path_join(folder, "work-XXXXXX");
  int result = 0;
  if (rtl || access(path, R_OK) != 0) {
    fprintf(stderr, "building the simulation of %s (once, %s)\n", net->name, maker->takes);
    if (folder_make(folder, err))
      result = -1;
    else if (!mkdtemp(work))
      result = error_set(err, "%s: %s", folder, strerror(errno));
    else {
      char *made = rtl ? path_join(work, "broken.so") : path_join(folder, name);
      result = build(net, maker, work, made, runtime, wave, rtl, err);
      if (result == 0)
        result = load(library, made, err);
      if (result == 0)
        folder_remove(work);
      free(made);
    }
  } else
    result = load(library, path, err);
  free(path);
  free(runtime);
  free(work);
  if (result)
    sim_library_close(library);
  return result;
}

void sim_library_close(struct sim_library *library) {
  if (library->handle)
    dlclose(library->handle);
  library->handle = NULL;
}
