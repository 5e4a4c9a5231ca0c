/* utf8.h : texts from files and folders' names, as a terminal can show them.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_BASE_UTF8_H
#define ENGRAM_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the character that begins at text (not its end); 0 when it is not one. Overlong forms,
 * surrogates and what lies behind U+10FFFF are none. */
size_t utf8_decode(const char *text, uint32_t *character);

/* The text with every byte as \xNN that is not UTF-8, or of a control character (a terminal would
 * obey it) or of one that changes the direction of writing. Longer than `most` characters it is cut
 * and ends in an ellipsis; 0: any length. The caller frees it. */
char *utf8_printable(const char *text, size_t most);

/* Characters of a text that is UTF-8. */
size_t utf8_length(const char *text);

#endif
