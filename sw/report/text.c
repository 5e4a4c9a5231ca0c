/* text.c : texts and bytes as a page holds them.
 * SPDX-License-Identifier: MIT
 */
#include "report/text.h"

#include "base/file.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

/* Whether XML 1.0 and HTML have the character. */
static bool is_allowed(uint32_t character) {
  if (character < 0x20)
    return character == '\t' || character == '\n';
  return !(character >= 0x7F && character <= 0x9F) && (character & 0xFFFE) != 0xFFFE &&
         !(character >= 0xFDD0 && character <= 0xFDEF);
}

static const char *reference(uint32_t character) {
  switch (character) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\'':
    return "&#39;";
  default:
    return NULL;
  }
}

static void put(FILE *to, const char *text, bool references) {
  while (*text) {
    uint32_t character = 0;
    size_t bytes = utf8_decode(text, &character);
    const char *name = references ? reference(character) : NULL;
    if (bytes == 0 || !is_allowed(character))
      fputs(replacement, to);
    else if (name)
      fputs(name, to);
    else
      fwrite(text, 1, bytes, to);
    text += bytes ? bytes : 1;
  }
}

void text_escape(FILE *to, const char *text) {
  put(to, text, true);
}

char *text_valid(const char *text) {
  size_t size = 3 * strlen(text) + 1; /* a byte becomes at most the three of U+FFFD */
  char *valid = memory_new(size, 1);
  FILE *to = fmemopen(valid, size, "w");
  if (to) {
    put(to, text, false);
    fclose(to);
  }
  return valid;
}

void text_data(FILE *to, const char *kind, const uint8_t *bytes, size_t size) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  fprintf(to, "data:%s;base64,", kind);
  for (size_t i = 0; i < size; i += 3) {
    uint32_t three = (uint32_t)bytes[i] << 16;
    three |= i + 1 < size ? (uint32_t)bytes[i + 1] << 8 : 0;
    three |= i + 2 < size ? bytes[i + 2] : 0;
    putc(digits[three >> 18], to);
    putc(digits[three >> 12 & 63], to);
    putc(i + 1 < size ? digits[three >> 6 & 63] : '=', to);
    putc(i + 2 < size ? digits[three & 63] : '=', to);
  }
}

void text_number(FILE *to, uint64_t number) {
  char digits[24];
  int count = snprintf(digits, sizeof digits, "%" PRIu64, number);
  for (int i = 0; i < count; i++) {
    if (i > 0 && (count - i) % 3 == 0)
      fputs("\xE2\x80\xAF", to); /* U+202F, a narrow space that does not break */
    putc(digits[i], to);
  }
}
