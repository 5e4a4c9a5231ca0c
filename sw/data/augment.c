/* augment.c : pictures to train on that are moved a little and mirrored.
 * SPDX-License-Identifier: MIT
 */
#include "data/augment.h"

#include "model/random.h"

#include <stdlib.h>
#include <string.h>

/* Keeps the draws apart from all else that the seed decides. */
static const uint64_t stream = UINT64_C(0x6D6F766573);

/* ---- the option ---- */

/* "shift=N" or "mirror", neither of them twice. Returns whether it was. */
static bool parse_word(struct augment *augment, const char *word, int most) {
  static const char shift[] = "shift=";
  if (!strcmp(word, "mirror")) {
    bool first = !augment->mirror;
    augment->mirror = true;
    return first;
  }
  if (strncmp(word, shift, strlen(shift)) != 0 || augment->shift != 0)
    return false;
  const char *digits = word + strlen(shift);
  if (strspn(digits, "0123456789") != strlen(digits) || strlen(digits) > 4)
    return false;
  augment->shift = atoi(digits);
  return augment->shift >= 1 && augment->shift <= most;
}

int augment_parse(struct augment *augment, const char *text, int height, int width,
                  struct error *err) {
  int most = (height < width ? height : width) / 2;
  char *list = strdup(text), *rest = list;
  bool good = true;
  *augment = (struct augment){0};
  for (char *word; good && (word = strsep(&rest, ","));)
    good = parse_word(augment, word, most);
  free(list);
  if (good)
    return 0;
  if (most == 0)
    return error_set(err, "--augment: found '%s', allowed mirror: %dx%d pixels are not moved", text,
                     height, width);
  return error_set(err,
                   "--augment: found '%s', allowed mirror, shift=1 to shift=%d (half of the "
                   "picture), or one of each as shift=1,mirror",
                   text, most);
}

bool augment_changes(const struct augment *augment) {
  return augment->shift > 0 || augment->mirror;
}

/* ---- pictures ---- */

/* -most..most */
static int draw_pixels(uint64_t *random, int most) {
  return (int)(random_splitmix(random) % (uint64_t)(2 * most + 1)) - most;
}

struct augment_move augment_draw(const struct augment *augment, uint64_t seed, uint32_t epoch,
                                 size_t picture) {
  uint64_t random = seed ^ stream;
  random = random_splitmix(&random) ^ epoch;
  random = random_splitmix(&random) ^ picture;
  struct augment_move move = {.down = draw_pixels(&random, augment->shift)};
  move.right = draw_pixels(&random, augment->shift);
  move.mirror = (random_splitmix(&random) >> 63) != 0 && augment->mirror;
  return move;
}

static void mirror_row(uint8_t *row, int width) {
  for (int i = 0, j = width - 1; i < j; i++, j--) {
    uint8_t kept = row[i];
    row[i] = row[j];
    row[j] = kept;
  }
}

void augment_picture(const uint8_t *from, int height, int width, struct augment_move move,
                     uint8_t fill, uint8_t *to) {
  int right = move.mirror ? -move.right : move.right; /* of the row before it is mirrored */
  int kept = width - abs(right);
  memset(to, fill, (size_t)(height * width));
  for (int row = 0; row < height; row++) {
    int source = row - move.down;
    if (source < 0 || source >= height)
      continue;
    memcpy(to + row * width + (right > 0 ? right : 0),
           from + source * width + (right < 0 ? -right : 0), (size_t)kept);
    if (move.mirror)
      mirror_row(to + row * width, width);
  }
}
