/* template.h : text with marks -> text: every substitution of the generator.
 * SPDX-License-Identifier: MIT
 *
 * A mark is a name between two '@'. A template is real code of its language otherwise.
 */
#ifndef ENGRAM_GEN_TEMPLATE_H
#define ENGRAM_GEN_TEMPLATE_H

#include <stdio.h>

enum { TEMPLATE_MARKS_MAX = 256 };

/* Marks and what they stand for. */
struct marks {
  int count;
  struct {
    const char *name;
    char *value;
  } mark[TEMPLATE_MARKS_MAX];
};

/* Sets a mark (an earlier value of the name is replaced); `name` must outlive the marks. */
void marks_set(struct marks *marks, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void marks_free(struct marks *marks);

/* Writes the embedded file `name` with every mark replaced. A mark without a value or a file that
 * is not there is a mistake in the program: it ends with a message. */
void template_write(FILE *out, const char *name, const struct marks *marks);

/* The same with a text that is not embedded; `name` is what messages call it. */
void template_expand(FILE *out, const char *name, const char *text, const struct marks *marks);

#endif
