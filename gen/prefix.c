/* prefix.c : names of an emitted core that begin with another word than engram.
 * SPDX-License-Identifier: MIT
 */
#include "prefix.h"

#include "base/file.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

enum { FILE_MAX_BYTES = 1 << 28 };

/* Reserved in C11, C++ or Verilog-2005, as far as a prefix could be the word. */
// clang-format off
static const char reserved[] =
    " alignas alignof always and and_eq asm assign auto automatic begin bitand bitor bool break "
    "buf bufif0 bufif1 case casex casez catch cell char class cmos compl config const const_cast "
    "constexpr continue deassign decltype default defparam delete design disable do double "
    "dynamic_cast edge else end endcase endconfig endfunction endgenerate endmodule endprimitive "
    "endspecify endtable endtask enum event explicit export extern false float for force forever "
    "fork friend function generate genvar goto highz0 highz1 if ifnone incdir include initial "
    "inline inout input instance int integer join large liblist library localparam long "
    "macromodule medium module mutable namespace nand negedge new nmos noexcept nor "
    "noshowcancelled not not_eq notif0 notif1 nullptr operator or or_eq output parameter pmos "
    "posedge primitive private protected public pull0 pull1 pulldown pullup pulsestyle_ondetect "
    "pulsestyle_onevent rcmos real realtime reg register reinterpret_cast release repeat "
    "restrict return rnmos rpmos rtran rtranif0 rtranif1 scalared short showcancelled signed "
    "sizeof small specify specparam static static_assert static_cast strong0 strong1 struct "
    "supply0 supply1 switch table task template this thread_local throw time tran tranif0 "
    "tranif1 tri tri0 tri1 triand trior trireg true try typedef typeid typename union unsigned "
    "use using uwire vectored virtual void volatile wait wand wchar_t weak0 weak1 while wire wor "
    "xnor xor xor_eq ";
// clang-format on

static bool is_reserved(const char *word) {
  char spaced[PREFIX_MAX + 3];
  snprintf(spaced, sizeof spaced, " %s ", word);
  return strstr(reserved, spaced);
}

int prefix_check(const char *prefix, const struct net *net, struct error *err) {
  size_t length = strlen(prefix);
  if (length < 1 || length > PREFIX_MAX || !strchr(LOWER, *prefix) ||
      prefix[strspn(prefix, LOWER DIGITS "_")] || prefix[length - 1] == '_' ||
      strstr(prefix, "__") || !strncmp(prefix, "engram_", 7))
    return error_set(err,
                     "--prefix: found %.80s, allowed a lower-case letter, then at most %d "
                     "lower-case letters, digits and single '_' between them, not engram_...",
                     prefix, PREFIX_MAX - 1);
  if (is_reserved(prefix))
    return error_set(err, "--prefix: found %s, allowed no reserved word of C, C++ or Verilog",
                     prefix);
  if (!strncasecmp(net->name, "engram_", 7))
    return error_set(err,
                     "--prefix: found a net named %s, allowed no name that begins with engram_: "
                     "such names of the core's own are what is renamed",
                     net->name);
  return 0;
}

/* Macros of a whole design, not of one core. */
static bool is_kept(const char *word, size_t length) {
  static const char *const kept[] = {"ENGRAM_ECP5", "ENGRAM_ICE40"};
  for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
    if (strlen(kept[i]) == length && !memcmp(kept[i], word, length))
      return true;
  return false;
}

static void put_upper(FILE *out, const char *text) {
  for (; *text; text++)
    putc(toupper((unsigned char)*text), out);
}

/* Writes a word, and returns whether it is `struct`, which makes a type of the next one. */
static bool put_word(FILE *out, const char *prefix, const char *word, size_t length, bool is_type) {
  enum { ENGRAM = sizeof "engram" - 1 };
  bool whole = is_type && length == ENGRAM;
  size_t cut = 0;
  if (!strncmp(word, "engram", ENGRAM) && (whole || word[ENGRAM] == '_')) {
    fputs(prefix, out);
    cut = ENGRAM;
  } else if (!strncmp(word, "ENGRAM_", ENGRAM + 1) && !is_kept(word, length)) {
    put_upper(out, prefix);
    cut = ENGRAM;
  }
  fwrite(word + cut, 1, length - cut, out);
  return length == 6 && !memcmp(word, "struct", 6);
}

char *prefix_text(const char *prefix, const char *text) {
  static const char letters[] = LOWER UPPER DIGITS "_";
  char *result = NULL;
  size_t size;
  FILE *out = open_memstream(&result, &size);
  if (!out)
    abort();
  for (bool is_type = false; *text;) {
    size_t between = strcspn(text, letters);
    fwrite(text, 1, between, out);
    text += between;
    size_t length = strspn(text, letters);
    is_type = put_word(out, prefix, text, length, is_type && between == 1 && text[-1] == ' ');
    text += length;
  }
  fclose(out);
  return result;
}

static int rename_file(const char *prefix, const char *folder, const char *name,
                       struct error *err) {
  char *to_name = prefix_text(prefix, name);
  char *from = path_join(folder, name), *to = path_join(folder, to_name);
  size_t size;
  char *text = (char *)file_read(from, FILE_MAX_BYTES, &size, err);
  int result = -1;
  struct output out;
  if (text && !unlink(from) && output_open(&out, to, err)) {
    char *renamed = prefix_text(prefix, text);
    fputs(renamed, out.file);
    free(renamed);
    result = output_commit(&out, err);
  }
  if (result)
    error_set(err, "%s: %s", from, strerror(errno));
  free(text);
  free(from);
  free(to);
  free(to_name);
  return result;
}

static int is_file(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

int prefix_folder(const char *prefix, const char *folder, struct error *err) {
  struct dirent **entry;
  int count = scandir(folder, &entry, is_file, alphasort);
  int result = count < 0 ? error_set(err, "%s: %s", folder, strerror(errno)) : 0;
  for (int i = 0; i < count; i++) {
    if (result == 0)
      result = rename_file(prefix, folder, entry[i]->d_name, err);
    free(entry[i]);
  }
  if (count >= 0)
    free(entry);
  return result;
}
