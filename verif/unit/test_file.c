/* test_file.c : files are whole or not there, and bad paths are refused.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static int setup(void **state) {
  *state = scratch_make();
  return *state ? 0 : -1;
}

static int teardown(void **state) {
  return scratch_remove(*state);
}

/* Files in the folder. */
static int entry_count(const char *folder) {
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  int count = 0;
  for (struct dirent *entry; (entry = readdir(dir));)
    count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
  closedir(dir);
  return count;
}

static void write_text(const char *path, const char *text) {
  struct error err = {0};
  struct output out;
  FILE *file = output_open(&out, path, &err);
  assert_non_null(file);
  fputs(text, file);
  assert_int_equal(output_commit(&out, &err), 0);
  assert_string_equal(err.message, "");
}

static void assert_content(const char *path, const char *text) {
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  char bytes[256] = "";
  size_t size = fread(bytes, 1, sizeof bytes - 1, file);
  fclose(file);
  assert_int_equal(size, strlen(text));
  assert_string_equal(bytes, text);
}

static void assert_refused(const char *path, const char *reason) {
  struct error err = {0};
  struct output out;
  assert_null(output_open(&out, path, &err));
  assert_non_null(strstr(err.message, path));
  assert_non_null(strstr(err.message, reason));
  assert_null(out.file);
  assert_null(out.path);
  assert_null(out.temporary);
}

static void test_commit_writes_and_replaces(void **state) {
  char *path = path_join(*state, "file");
  write_text(path, "first");
  assert_content(path, "first");
  write_text(path, "second, longer");
  assert_content(path, "second, longer");
  assert_int_equal(entry_count(*state), 1);
  free(path);
}

static void test_mode_follows_umask(void **state) {
  char *path = path_join(*state, "file");
  mode_t before = umask(027);
  write_text(path, "x");
  umask(before);
  struct stat status;
  assert_int_equal(stat(path, &status), 0);
  assert_int_equal(status.st_mode & 0777, 0640);
  free(path);
}

static void test_nothing_until_commit(void **state) {
  struct error err = {0};
  struct output out;
  char *path = path_join(*state, "file");
  write_text(path, "earlier");
  FILE *file = output_open(&out, path, &err);
  assert_non_null(file);
  fputs("later", file);
  fflush(file);
  assert_content(path, "earlier");
  assert_int_equal(entry_count(*state), 2); /* the temporary one is in the same folder */
  output_abort(&out);
  assert_content(path, "earlier");
  assert_int_equal(entry_count(*state), 1);
  free(path);
}

static void test_two_writers(void **state) {
  struct error err = {0};
  struct output one, two;
  char *path = path_join(*state, "file");
  assert_non_null(output_open(&one, path, &err));
  assert_non_null(output_open(&two, path, &err));
  fputs("one", one.file);
  fputs("two", two.file);
  assert_int_equal(output_commit(&two, &err), 0);
  assert_int_equal(output_commit(&one, &err), 0);
  assert_content(path, "one");
  assert_int_equal(entry_count(*state), 1);
  free(path);
}

static void test_link_is_followed(void **state) {
  char *target = path_join(*state, "target"), *link = path_join(*state, "link");
  write_text(target, "old");
  assert_int_equal(symlink("target", link), 0);
  write_text(link, "new");
  struct stat status;
  assert_int_equal(lstat(link, &status), 0);
  assert_true(S_ISLNK(status.st_mode));
  assert_content(target, "new");
  free(target);
  free(link);
}

static void test_bad_targets(void **state) {
  char *fifo = path_join(*state, "fifo"), *missing = path_join(*state, "none/file");
  char *file = path_join(*state, "file"), *below = path_join(*state, "file/below");
  char *slash = path_join(*state, "new/");
  assert_int_equal(mkfifo(fifo, 0600), 0);
  write_text(file, "");
  assert_refused("/dev/full", "is a device");
  assert_refused(*state, "is a folder");
  assert_refused(fifo, "is a pipe");
  assert_refused(missing, "No such file or directory");
  assert_refused(below, "Not a directory");
  assert_refused(slash, "is a folder's name");
  assert_refused("", "an empty name");
  assert_int_equal(entry_count(*state), 2);
  free(fifo);
  free(missing);
  free(file);
  free(below);
  free(slash);
}

/* Beyond the limit of a file's size, writing fails as on a full disk: few bytes at the flush, more
 * than the stream's buffer holds at a write before it. `lifted`: there is room again before the
 * file is committed. */
static void write_beyond_limit(const char *folder, size_t bytes, bool lifted) {
  struct error err = {0};
  struct output out;
  char *path = path_join(folder, "file");
  write_text(path, "earlier");
  struct rlimit before, limit;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  limit = before;
  limit.rlim_cur = 64;
  assert_non_null(output_open(&out, path, &err));
  void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
  for (size_t i = 0; i < bytes; i++)
    fputc('x', out.file);
  if (lifted)
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  int status = output_commit(&out, &err);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, handler);
  assert_int_equal(status, -1);
  assert_non_null(strstr(err.message, lifted ? "file: cannot write: Input/output error"
                                             : "file: cannot write: File too large"));
  assert_content(path, "earlier");
  assert_int_equal(entry_count(folder), 1);
  free(path);
}

static void test_full_disk(void **state) {
  write_beyond_limit(*state, 100, false);
  write_beyond_limit(*state, 100000, false);
  write_beyond_limit(*state, 100000, true);
}

/* The stream of an output is exchanged for one on /dev/full, so that an earlier write has failed.
 */
static void test_earlier_write_failed(void **state) {
  struct error err = {0};
  struct output out;
  char *path = path_join(*state, "file");
  FILE *file = output_open(&out, path, &err);
  assert_non_null(file);
  out.file = freopen("/dev/full", "wb", file);
  assert_non_null(out.file);
  for (int i = 0; i < 100000; i++)
    fputc('x', out.file);
  assert_int_equal(output_commit(&out, &err), -1);
  assert_non_null(strstr(err.message, "cannot write: No space left on device"));
  assert_int_equal(entry_count(*state), 0);
  free(path);
}

/* Whole blocks that could not be written leave nothing to flush: the reason is still said. */
static void test_earlier_failure_has_its_reason(void **state) {
  static const char blocks[1 << 16];
  char *path = path_join(*state, "file");
  for (int check = 0; check < 2; check++) {
    struct error err = {0};
    struct output out;
    FILE *file = output_open(&out, path, &err);
    assert_non_null(file);
    out.file = freopen("/dev/full", "wb", file);
    assert_non_null(out.file);
    fwrite(blocks, 1, sizeof blocks, out.file);
    if (check) {
      assert_int_equal(output_check(&out, &err), -1);
      output_abort(&out);
    } else {
      assert_int_equal(output_commit(&out, &err), -1);
    }
    assert_non_null(strstr(err.message, "cannot write: No space left on device"));
    assert_int_equal(entry_count(*state), 0);
  }
  free(path);
}

static void test_read(void **state) {
  struct error err = {0};
  char *path = path_join(*state, "file");
  assert_int_equal(scratch_write(path, "ab\0cd", 5), 0);
  size_t size = 0;
  uint8_t *bytes = file_read(path, 5, &size, &err);
  assert_non_null(bytes);
  assert_int_equal(size, 5);
  assert_memory_equal(bytes, "ab\0cd", 6);
  free(bytes);
  assert_null(file_read(path, 4, &size, &err));
  assert_non_null(strstr(err.message, "has 5 bytes, at most 4"));
  assert_int_equal(scratch_write(path, "", 0), 0);
  bytes = file_read(path, 0, &size, &err);
  assert_non_null(bytes);
  assert_int_equal(size, 0);
  assert_int_equal(bytes[0], 0);
  free(bytes);
  free(path);
}

static void test_read_refuses(void **state) {
  char *fifo = path_join(*state, "fifo"), *missing = path_join(*state, "missing");
  assert_int_equal(mkfifo(fifo, 0600), 0);
  const struct {
    const char *path, *reason;
  } cases[] = {{fifo, "is a pipe"},
               {missing, "No such file"},
               {*state, "is a folder"},
               {"/dev/zero", "is a device"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct error err = {0};
    size_t size = 0;
    assert_null(file_read(cases[i].path, 1000, &size, &err));
    assert_non_null(strstr(err.message, cases[i].path));
    assert_non_null(strstr(err.message, cases[i].reason));
  }
  free(fifo);
  free(missing);
}

static void test_folders(void **state) {
  struct error err = {0};
  char *deep = path_join(*state, "a/b//c/"), *file = path_join(*state, "a/b/file");
  char *below = path_join(file, "d");
  struct stat status;
  assert_int_equal(folder_make(deep, &err), 0);
  assert_int_equal(stat(deep, &status), 0);
  assert_true(S_ISDIR(status.st_mode));
  assert_int_equal(folder_make(deep, &err), 0); /* there already */
  write_text(file, "");
  assert_int_equal(folder_make(below, &err), -1);
  assert_non_null(strstr(err.message, "file: cannot make the folder: Not a directory"));
  struct error second = {0};
  assert_int_equal(folder_make(file, &second), -1);
  free(deep);
  free(file);
  free(below);
}

static void test_join(void **state) {
  (void)state;
  const char *const cases[][3] = {
      {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"", "b", "b"}, {"/", "b", "/b"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char *path = path_join(cases[i][0], cases[i][1]);
    assert_string_equal(path, cases[i][2]);
    free(path);
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_commit_writes_and_replaces),
      TEST(test_mode_follows_umask),
      TEST(test_nothing_until_commit),
      TEST(test_two_writers),
      TEST(test_link_is_followed),
      TEST(test_bad_targets),
      TEST(test_full_disk),
      TEST(test_earlier_failure_has_its_reason),
      TEST(test_earlier_write_failed),
      TEST(test_read),
      TEST(test_read_refuses),
      TEST(test_folders),
      cmocka_unit_test(test_join),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
