/* utf8.c : texts from files and folders' names, as a terminal can show them.
 * SPDX-License-Identifier: MIT
 */
#include "base/utf8.h"

#include "base/file.h"

#include <stdbool.h>
#include <string.h>

static const char ellipsis[] = "\xE2\x80\xA6";
enum { ESCAPE_BYTES = 4 }; /* \xNN */

size_t utf8_decode(const char *text, uint32_t *character) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  uint8_t first = (uint8_t)text[0];
  size_t bytes = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : 4;
  if (bytes == 4 && first >> 3 != 30)
    return 0;
  *character = bytes == 1 ? first : first & (0x7FU >> bytes);
  for (size_t i = 1; i < bytes; i++) {
    if (((uint8_t)text[i] & 0xC0) != 0x80)
      return 0;
    *character = *character << 6 | ((uint8_t)text[i] & 0x3F);
  }
  bool surrogate = *character >= 0xD800 && *character <= 0xDFFF;
  return *character < least[bytes] || *character > 0x10FFFF || surrogate ? 0 : bytes;
}

/* Whether a terminal only shows it. */
static bool is_shown(uint32_t character) {
  bool control = character < 0x20 || (character >= 0x7F && character <= 0x9F);
  bool direction =
      (character >= 0x2028 && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069);
  return !control && !direction;
}

size_t utf8_length(const char *text) {
  size_t length = 0;
  for (; *text; text++)
    length += ((uint8_t)*text & 0xC0) != 0x80;
  return length;
}

/* Cuts a text in UTF-8 to `most` characters, the last of them an ellipsis. */
static void cut(char *text, size_t most) {
  if (utf8_length(text) <= most)
    return;
  char *end = text;
  for (size_t i = 0; i + 1 < most; i++)
    do
      end++;
    while (((uint8_t)*end & 0xC0) == 0x80);
  strcpy(end, ellipsis);
}

char *utf8_printable(const char *text, size_t most) {
  static const char digits[] = "0123456789abcdef";
  char *shown = memory_new(ESCAPE_BYTES * strlen(text) + sizeof ellipsis, 1), *end = shown;
  while (*text) {
    uint32_t character = 0;
    size_t bytes = utf8_decode(text, &character);
    if (bytes > 0 && is_shown(character)) {
      end = mempcpy(end, text, bytes);
      text += bytes;
      continue;
    }
    for (size_t i = 0; i < (bytes ? bytes : 1); i++, text++) {
      *end++ = '\\';
      *end++ = 'x';
      *end++ = digits[(uint8_t)*text >> 4];
      *end++ = digits[(uint8_t)*text & 15];
    }
  }
  if (most > 0)
    cut(shown, most);
  return shown;
}
