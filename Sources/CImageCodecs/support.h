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

// Rows on their way to the target. Where the target takes whole rows they are decoded in place;
// otherwise a few are collected and then turned together, because a single row would touch a page
// of memory for each of its pixels.
enum { cimage_band_rows = 16 };

typedef struct {
  cimage_target target;
  size_t width;
  uint8_t *rows;  // cimage_band_rows * width * 3 bytes; NULL if the target takes rows
  size_t first;   // the row of the picture that rows[0] is
  size_t count;   // rows that are complete
} cimage_band;

static inline int cimage_needs_band(cimage_target target) { return target.column_step != 3; }

static inline size_t cimage_band_bytes(size_t width) { return cimage_band_rows * width * 3; }

// Where to put the next row.
static inline uint8_t *cimage_next_row(const cimage_band *band) {
  return band->rows != NULL ? band->rows + band->count * band->width * 3
                            : cimage_row(band->target, band->first + band->count);
}

// Moves the collected rows to the target.
static inline void cimage_flush(cimage_band *band) {
  for (size_t x = 0; band->rows != NULL && x < band->width; x++) {
    const uint8_t *rgb = band->rows + x * 3;
    uint8_t *pixel =
        cimage_row(band->target, band->first) + (ptrdiff_t)x * band->target.column_step;
    for (size_t y = 0; y < band->count; y++, rgb += band->width * 3) {
      pixel[0] = rgb[0];
      pixel[1] = rgb[1];
      pixel[2] = rgb[2];
      pixel += band->target.row_step;
    }
  }
  band->first += band->count;
  band->count = 0;
}

// Says that the row at `cimage_next_row` is complete.
static inline void cimage_finish_row(cimage_band *band) {
  if (++band->count == cimage_band_rows) cimage_flush(band);
}
