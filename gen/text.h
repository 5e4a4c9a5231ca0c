/* text.h : text that grows.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_GEN_TEXT_H
#define ENGRAM_GEN_TEXT_H

#include "template.h"

#include <stdio.h>

/* Print into .file; text_close ends that, and .text is the caller's, to be freed. */
struct text {
  FILE *file;
  char *text;
  size_t size;
};

/* Ends the program where there is no memory. */
void text_open(struct text *text);
void text_close(struct text *text);

/* Closes the text and hands it over to a mark. */
void text_to_mark(struct text *text, struct marks *marks, const char *name);

#endif
