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

enum { EMITTED_BYTES_MAX = 1 << 24 };

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

/* Emits the core into `work`, and beside it what makes a library of it. */
static int emit(const struct net *net, const struct maker *maker, const char *work, const char *rtl,
                struct error *err) {
  if (emit_core(net, work, NULL, NULL, err) || (rtl && overlay(rtl, work, err)))
    return -1;
  for (int i = 0; maker->files[i]; i++)
    if (write_embedded(work, maker->files[i], err))
      return -1;
  return 0;
}

/* FNV-1a over a file of `work`, which is returned, to be freed; NULL with the error set. */
static char *digest_file(uint64_t *hash, const char *work, const char *name, struct error *err) {
  size_t size = 0;
  char *path = path_join(work, name);
  uint8_t *text = file_read(path, EMITTED_BYTES_MAX, &size, err);
  free(path);
  for (size_t i = 0; text && i < size; i++)
    *hash = (*hash ^ text[i]) * UINT64_C(0x100000001B3);
  return (char *)text;
}

/* Over what the library is made of: the maker's files, the list of Verilog files, and these. */
static int digest(const struct maker *maker, const char *work, uint64_t *hash, struct error *err) {
  *hash = UINT64_C(0xCBF29CE484222325);
  int result = 0;
  for (int i = 0; maker->files[i] && result == 0; i++) {
    char *text = digest_file(hash, work, maker->files[i], err);
    result = text ? 0 : -1;
    free(text);
  }
  char *list = result == 0 ? digest_file(hash, work, "engram_core.f", err) : NULL, *rest = list;
  for (char *name; list && result == 0 && (name = strsep(&rest, "\n"));) {
    char *text = name[0] ? digest_file(hash, work, name, err) : NULL;
    result = text || !name[0] ? 0 : -1;
    free(text);
  }
  free(list);
  return list ? result : -1;
}

/* Builds `library` from what is in `work`. */
static int build(const struct net *net, const struct maker *maker, const char *work,
                 const char *library, const char *runtime, bool wave, struct error *err) {
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
  fprintf(stderr, "building the simulation of %s (once, %s)\n", net->name, maker->takes);
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

/* Opens the library of what is emitted into `work`, an empty folder of `folder`. */
static int open_emitted(struct sim_library *library, const struct net *net,
                        const struct maker *maker, bool wave, const char *rtl, const char *folder,
                        const char *work, struct error *err) {
  uint64_t hash = 0;
  if (emit(net, maker, work, rtl, err) || (!rtl && digest(maker, work, &hash, err))) {
    folder_remove(work);
    return -1;
  }
  char name[64];
  snprintf(name, sizeof name, "%016" PRIx64 "-%016" PRIx64 "%s", net->core_hash, hash,
           wave ? "-wave.so" : maker->suffix);
  char *path = rtl ? path_join(work, "broken.so") : path_join(folder, name),
       *runtime = path_join(folder, "runtime");
  int result = 0;
  if (access(path, R_OK) != 0)
    result = build(net, maker, work, path, runtime, wave, err);
  if (result == 0)
    result = load(library, path, err);
  free(path);
  free(runtime);
  return result;
}

int sim_library_open(struct sim_library *library, const struct net *net, enum simulator simulator,
                     bool wave, const char *rtl, struct error *err) {
  *library = (struct sim_library){.handle = NULL};
  if (wave && simulator != SIMULATOR_VERILATOR)
    return error_set(err, "waves are written with Verilator only");
  const char *folder = getenv("ENGRAM_SIM");
  if (!folder)
    folder = "build/sim";
  char *work = path_join(folder, "work-XXXXXX");
  int result = folder_make(folder, err);
  if (result == 0 && !mkdtemp(work))
    result = error_set(err, "%s: %s", folder, strerror(errno));
  if (result == 0)
    result = open_emitted(library, net, &makers[simulator], wave, rtl, folder, work, err);
  if (result == 0)
    folder_remove(work);
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
