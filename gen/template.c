/* template.c : text with marks -> text.
 * SPDX-License-Identifier: MIT
 */
#include "template.h"

#include "embedded.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void marks_set(struct marks *marks, const char *name, const char *format, ...) {
  char *value = NULL;
  va_list args;
  va_start(args, format);
  int length = vasprintf(&value, format, args);
  va_end(args);
  int i = 0;
  while (i < marks->count && strcmp(marks->mark[i].name, name) != 0)
    i++;
  if (length < 0 || i == TEMPLATE_MARKS_MAX) {
    fprintf(stderr, "engram: template mark @%s@: no memory, or too many marks\n", name);
    abort();
  }
  if (i == marks->count)
    marks->mark[marks->count++].value = NULL;
  free(marks->mark[i].value);
  marks->mark[i].name = name;
  marks->mark[i].value = value;
}

void marks_free(struct marks *marks) {
  for (int i = 0; i < marks->count; i++)
    free(marks->mark[i].value);
  marks->count = 0;
}

static const char *mark_value(const struct marks *marks, const char *file, const char *name,
                              size_t length) {
  for (int i = 0; i < marks->count; i++)
    if (strlen(marks->mark[i].name) == length && !memcmp(marks->mark[i].name, name, length))
      return marks->mark[i].value;
  fprintf(stderr, "engram: template %s: mark @%.*s@ has no value\n", file, (int)length, name);
  abort();
}

void template_write(FILE *out, const char *name, const struct marks *marks) {
  const struct embedded *file = embedded_files;
  while (file->name && strcmp(file->name, name) != 0)
    file++;
  if (!file->name) {
    fprintf(stderr, "engram: no template %s\n", name);
    abort();
  }
  template_expand(out, name, file->text, marks);
}

void template_expand(FILE *out, const char *name, const char *text, const struct marks *marks) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  for (const char *at = text; *at;) {
    size_t plain = strcspn(at, "@");
    fwrite(at, 1, plain, out);
    at += plain;
    /* A mark is @ and a name; Verilog's own "@(" and "@*" are not. */
    size_t length = *at == '@' ? strspn(at + 1, letters) : 0;
    if (length > 0 && at[1 + length] == '@') {
      fputs(mark_value(marks, name, at + 1, length), out);
      at += length + 2;
    } else if (*at)
      putc(*at++, out);
  }
}
