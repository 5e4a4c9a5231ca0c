/* file.c : files that are either whole or not there.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail_memory(void) {
  fputs("engram: memory exhausted\n", stderr);
  exit(2);
}

void *memory_new(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size ? size : 1);
  if (!memory)
    fail_memory();
  return memory;
}

void *memory_new_lines(size_t count, size_t size) {
  size_t lines = count * size / MEMORY_LINE + 1;
  void *memory = aligned_alloc(MEMORY_LINE, lines * MEMORY_LINE);
  if (!memory)
    fail_memory();
  return memset(memory, 0, lines * MEMORY_LINE);
}

/* The two texts one after the other. */
static char *text_join(const char *first, const char *second) {
  char *text = memory_new(strlen(first) + strlen(second) + 1, 1);
  stpcpy(stpcpy(text, first), second);
  return text;
}

char *text_copy(const char *text) {
  return text_join(text, "");
}

void *memory_grow(void *list, size_t count, size_t size) {
  if (count & (count - 1))
    return list;
  char *larger = memory_new(2 * count + 1, size);
  if (count)
    memcpy(larger, list, count * size);
  free(list);
  return larger;
}

char *path_join(const char *folder, const char *name) {
  size_t length = strlen(folder);
  bool closed = length == 0 || folder[length - 1] == '/';
  char *base = text_join(folder, closed ? "" : "/");
  char *path = text_join(base, name);
  free(base);
  return path;
}

/* What a path that is not a regular file is, for messages. */
static const char *kind_name(mode_t mode) {
  if (S_ISDIR(mode))
    return "a folder";
  if (S_ISFIFO(mode))
    return "a pipe";
  if (S_ISSOCK(mode))
    return "a socket";
  if (S_ISCHR(mode) || S_ISBLK(mode))
    return "a device";
  return "not a regular file";
}

static void output_release(struct output *out) {
  free(out->path);
  free(out->temporary);
  *out = (struct output){0};
}

/* A new file of a unique name beside the target, with the permissions that open() would give.
 * Returns its descriptor or -1 with errno set. */
static int temporary_create(char *name_template) {
  int fd = mkostemp(name_template, O_CLOEXEC);
  if (fd < 0)
    return -1;
  mode_t mask = umask(0);
  umask(mask);
  if (fchmod(fd, 0666 & ~mask) == 0)
    return fd;
  int cause = errno;
  close(fd);
  unlink(name_template);
  errno = cause;
  return -1;
}

/* Refuses a target that is there and cannot be replaced. */
static int target_check(const char *path, struct error *err) {
  struct stat status;
  size_t length = strlen(path);
  if (length == 0)
    return error_set(err, "output file: an empty name, expected a path");
  if (stat(path, &status) == 0) {
    if (!S_ISREG(status.st_mode))
      return error_set(err, "%s: is %s, expected a regular file or a new name", path,
                       kind_name(status.st_mode));
    if (access(path, W_OK) != 0)
      return error_set(err, "%s: cannot write: %s", path, strerror(errno));
  } else if (path[length - 1] == '/') {
    return error_set(err, "%s: is a folder's name, expected a file's", path);
  }
  return 0;
}

FILE *output_open(struct output *out, const char *path, struct error *err) {
  *out = (struct output){0};
  if (target_check(path, err) != 0)
    return NULL;
  /* A symbolic link stays: the file that it points to is the one to replace. */
  char *target = realpath(path, NULL);
  out->path = text_join(target ? target : path, "");
  free(target);
  out->temporary = text_join(out->path, ".XXXXXX");
  int fd = temporary_create(out->temporary);
  if (fd >= 0) {
    out->file = fdopen(fd, "wb");
    if (out->file)
      return out->file;
    close(fd);
    unlink(out->temporary);
  }
  error_set(err, "%s: cannot write: %s", path, strerror(errno));
  output_release(out);
  return NULL;
}

/* Why the stream could not write, or 0. Of an earlier failure it keeps no reason: one more byte, of
 * a file that will be dropped, meets the same. */
static int write_cause(FILE *file) {
  errno = 0;
  if (fflush(file) == 0 && !ferror(file))
    return 0;
  if (errno == 0 && lseek(fileno(file), 0, SEEK_END) >= 0 && write(fileno(file), "", 1) == 1)
    errno = EIO;
  return errno ? errno : EIO;
}

int output_check(struct output *out, struct error *err) {
  int cause = write_cause(out->file);
  return cause ? error_set(err, "%s: cannot write: %s", out->path, strerror(cause)) : 0;
}

int output_commit(struct output *out, struct error *err) {
  int cause = write_cause(out->file);
  errno = 0;
  if (!cause && fsync(fileno(out->file)) != 0)
    cause = errno ? errno : EIO;
  if (fclose(out->file) != 0 && !cause)
    cause = errno ? errno : EIO;
  if (!cause && rename(out->temporary, out->path) != 0)
    cause = errno;
  int status = 0;
  if (cause) {
    unlink(out->temporary);
    status = error_set(err, "%s: cannot write: %s", out->path, strerror(cause));
  }
  output_release(out);
  return status;
}

void output_abort(struct output *out) {
  if (out->file) {
    fclose(out->file);
    unlink(out->temporary);
  }
  output_release(out);
}

/* Reads `status.st_size` bytes and refuses more or fewer. */
static uint8_t *read_exactly(FILE *file, const char *path, size_t size, struct error *err) {
  uint8_t *bytes = memory_new(size + 1, 1);
  errno = 0;
  if (fread(bytes, 1, size, file) == size && fgetc(file) == EOF && !ferror(file))
    return bytes;
  error_set(err, "%s: cannot read: %s", path,
            errno ? strerror(errno) : "its size changed meanwhile");
  free(bytes);
  return NULL;
}

uint8_t *file_read(const char *path, size_t limit_bytes, size_t *size, struct error *err) {
  struct stat status;
  /* Not blocking, so that opening a pipe nobody writes to returns and is refused below. */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  FILE *file = fd >= 0 ? fdopen(fd, "rb") : NULL;
  if (!file || fstat(fd, &status) != 0) {
    error_set(err, "%s: cannot read: %s", path, strerror(errno));
    if (file)
      fclose(file);
    else if (fd >= 0)
      close(fd);
    return NULL;
  }
  uint8_t *bytes = NULL;
  if (!S_ISREG(status.st_mode))
    error_set(err, "%s: is %s, expected a regular file", path, kind_name(status.st_mode));
  else if ((uint64_t)status.st_size > limit_bytes)
    error_set(err, "%s: has %lld bytes, at most %zu are allowed", path, (long long)status.st_size,
              limit_bytes);
  else
    bytes = read_exactly(file, path, (size_t)status.st_size, err);
  fclose(file);
  if (bytes)
    *size = (size_t)status.st_size;
  return bytes;
}

/* Makes one folder whose parent is there; one that is there already is fine. */
static int folder_make_one(const char *path, struct error *err) {
  if (mkdir(path, 0777) == 0)
    return 0;
  int cause = errno;
  struct stat status;
  if (stat(path, &status) == 0) {
    if (S_ISDIR(status.st_mode))
      return 0;
    cause = ENOTDIR;
  }
  return error_set(err, "%s: cannot make the folder: %s", path, strerror(cause));
}

int folder_make(const char *path, struct error *err) {
  if (path[0] == '\0')
    return error_set(err, "folder: an empty name, expected a path");
  char *partial = text_copy(path);
  int status = 0;
  for (char *slash = strchr(partial + 1, '/'); slash && status == 0;
       slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    status = folder_make_one(partial, err);
    *slash = '/';
  }
  if (status == 0)
    status = folder_make_one(partial, err);
  free(partial);
  return status;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)status;
  (void)kind;
  (void)place;
  remove(path);
  return 0;
}

void folder_remove(const char *path) {
  enum { OPEN_FOLDERS = 16 };
  nftw(path, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

static void staging_release(struct staging *staging) {
  free(staging->folder);
  free(staging->path);
  *staging = (struct staging){NULL, NULL, false};
}

int staging_open(struct staging *staging, const char *folder, struct error *err) {
  *staging = (struct staging){.made = access(folder, F_OK) != 0};
  if (folder_make(folder, err))
    return -1;
  staging->folder = text_copy(folder);
  staging->path = path_join(folder, ".engram-XXXXXX");
  if (mkdtemp(staging->path))
    return 0;
  error_set(err, "%s: cannot write there: %s", folder, strerror(errno));
  if (staging->made)
    rmdir(folder);
  staging_release(staging);
  return -1;
}

int staging_commit(struct staging *staging, struct error *err) {
  DIR *folder = opendir(staging->path);
  int result = folder ? 0 : error_set(err, "%s: %s", staging->path, strerror(errno));
  const struct dirent *entry;
  while (result == 0 && (entry = readdir(folder)) != NULL) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
      continue;
    char *from = path_join(staging->path, entry->d_name);
    char *to = path_join(staging->folder, entry->d_name);
    if (rename(from, to))
      result = error_set(err, "%s: %s", to, strerror(errno));
    free(from);
    free(to);
  }
  if (folder)
    closedir(folder);
  if (result) {
    staging_abort(staging);
    return -1;
  }
  rmdir(staging->path);
  staging_release(staging);
  return 0;
}

void staging_abort(struct staging *staging) {
  folder_remove(staging->path);
  if (staging->made)
    rmdir(staging->folder);
  staging_release(staging);
}
