/* text.c : text that grows.
 * SPDX-License-Identifier: MIT
 */
#include "text.h"

#include <stdlib.h>

void text_open(struct text *text) {
  text->file = open_memstream(&text->text, &text->size);
  if (!text->file)
    abort();
}

void text_close(struct text *text) {
  if (fclose(text->file))
    abort();
}

void text_to_mark(struct text *text, struct marks *marks, const char *name) {
  text_close(text);
  marks_set(marks, name, "%s", text->text);
  free(text->text);
}
