/* text.h : texts and bytes as a page holds them.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_REPORT_TEXT_H
#define ENGRAM_REPORT_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A text between tags or inside a quoted attribute: &, <, >, " and ' as references. What is not
 * UTF-8, and characters that neither HTML nor XML may hold, become U+FFFD. */
void text_escape(FILE *to, const char *text);

/* The same text in UTF-8, without references, in memory that the caller frees. */
char *text_valid(const char *text);

/* "data:KIND;base64,..." of bytes [size]. */
void text_data(FILE *to, const char *kind, const uint8_t *bytes, size_t size);

/* A whole number with thin spaces between groups of three digits. */
void text_number(FILE *to, uint64_t number);

#endif
