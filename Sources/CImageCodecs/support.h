// What the decoders share: messages, and putting decoded rows where the caller wants them.
#pragma once

#include <stdio.h>
#include <string.h>

#include "CImageCodecs.h"

static inline void cimage_clear(cimage_message *message) { message->text[0] = '\0'; }

static inline void cimage_say(cimage_message *message, const char *text) {
  snprintf(message->text, sizeof message->text, "%s", text);
}

static inline uint8_t *cimage_row(cimage_target target, size_t y) {
  return target.origin + (ptrdiff_t)y * target.row_step;
}

// Whether rows can be decoded where they belong.
static inline int cimage_rows_are_contiguous(cimage_target target) {
  return target.column_step == 3;
}

static inline void cimage_scatter_row(
    const uint8_t *rgb, size_t width, cimage_target target, size_t y) {
  uint8_t *pixel = cimage_row(target, y);
  for (size_t x = 0; x < width; x++, rgb += 3, pixel += target.column_step) {
    pixel[0] = rgb[0];
    pixel[1] = rgb[1];
    pixel[2] = rgb[2];
  }
}
