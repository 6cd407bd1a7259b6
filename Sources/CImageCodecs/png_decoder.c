// PNG through libpng, which is asked for samples as stored; the conversion to RGB is done here,
// because Pillow's differs from libpng's: 16-bit grey is clipped, other 16-bit samples lose their
// low byte, and alpha is dropped.

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "support.h"

typedef struct {
  const uint8_t *data;
  size_t count;
  size_t position;
  png_structp png;
  png_infop info;
  uint8_t *samples;  // one row as stored, or all rows when they are interlaced
  cimage_band band;
  cimage_status status;
  cimage_message *message;
} png_session;

typedef struct {
  png_uint_32 width;
  png_uint_32 height;
  int depth;
  int color;
  bool interlaced;
  size_t row_bytes;
} png_layout;

static void on_error(png_structp png, png_const_charp text) {
  png_session *session = png_get_error_ptr(png);
  if (session->status == CIMAGE_OK) session->status = CIMAGE_CORRUPT;
  cimage_say(session->message, text);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  png_session *session = png_get_error_ptr(png);
  if (session->message->text[0] == '\0') cimage_say(session->message, text);
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  png_session *session = png_get_io_ptr(png);
  if (count > session->count - session->position) {
    session->status = CIMAGE_TRUNCATED;
    png_error(png, "the file ends before the picture does");
  }
  memcpy(target, session->data + session->position, count);
  session->position += count;
}

static bool open_session(
    png_session *session, const uint8_t *data, size_t count, cimage_message *message) {
  *session = (png_session){.data = data, .count = count, .message = message};
  cimage_clear(message);
  session->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, session, on_error, on_warning);
  if (session->png != NULL) session->info = png_create_info_struct(session->png);
  if (session->info != NULL) return true;
  png_destroy_read_struct(&session->png, NULL, NULL);
  session->status = CIMAGE_OUT_OF_MEMORY;
  cimage_say(message, "no memory for the PNG decoder");
  return false;
}

static void close_session(png_session *session) {
  free(session->samples);
  free(session->band.rows);
  png_destroy_read_struct(&session->png, &session->info, NULL);
}

// Reads up to the first IDAT. Only IHDR, PLTE and IDAT matter here; everything else is skipped
// unread, so that no compressed profile or text can expand.
static png_layout read_info(png_session *session) {
  png_structp png = session->png;
  png_set_read_fn(png, session, read_bytes);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, (png_const_bytep) "tRNS", 1);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // the caller limits the size
  png_read_info(png, session->info);
  return (png_layout){
      .width = png_get_image_width(png, session->info),
      .height = png_get_image_height(png, session->info),
      .depth = png_get_bit_depth(png, session->info),
      .color = png_get_color_type(png, session->info),
      .interlaced = png_get_interlace_type(png, session->info) != PNG_INTERLACE_NONE,
      .row_bytes = png_get_rowbytes(png, session->info),
  };
}

// setjmp stands in functions that take the session by pointer: what changes after it is then no
// local variable of theirs, and keeps its value across longjmp.
static void probe(png_session *session, cimage_header *header) {
  if (setjmp(png_jmpbuf(session->png)) != 0) return;
  const png_layout layout = read_info(session);
  header->width = layout.width;
  header->height = layout.height;
  header->working_bytes = layout.interlaced ? (uint64_t)layout.row_bytes * layout.height : 0;
}

cimage_status cimage_png_read_header(
    const uint8_t *data, size_t count, cimage_header *header, cimage_message *message) {
  png_session session;
  if (!open_session(&session, data, count, message)) return session.status;
  probe(&session, header);
  close_session(&session);
  return session.status;
}

// Grey levels of 1, 2 and 4 bits, spread over 0..255.
static const uint8_t grey_scale[5] = {[1] = 255, [2] = 85, [4] = 17};

// The sample at column x of a row of 1, 2, 4 or 8-bit samples.
static inline unsigned packed_sample(const uint8_t *row, size_t x, int depth) {
  const size_t bit = x * (size_t)depth;
  return (row[bit / 8] >> (8 - depth - (int)(bit % 8))) & ((1u << depth) - 1);
}

static inline void put_grey(uint8_t *pixel, uint8_t level) {
  pixel[0] = pixel[1] = pixel[2] = level;
}

static void convert_grey(const uint8_t *row, uint8_t *rgb, png_layout layout) {
  for (size_t x = 0; x < layout.width; x++, rgb += 3) {
    if (layout.depth == 16) {
      put_grey(rgb, row[2 * x] != 0 ? 255 : row[2 * x + 1]);
    } else if (layout.depth == 8) {
      put_grey(rgb, row[x]);
    } else {
      put_grey(rgb, (uint8_t)(packed_sample(row, x, layout.depth) * grey_scale[layout.depth]));
    }
  }
}

static void convert_palette(
    const uint8_t *row, uint8_t *rgb, png_layout layout, const uint8_t palette[256][3]) {
  for (size_t x = 0; x < layout.width; x++, rgb += 3) {
    memcpy(rgb, palette[packed_sample(row, x, layout.depth)], 3);
  }
}

// The first `colors` of the `channels` of 8 or 16-bit pixels; of 16 bits the high byte.
static void convert_channels(
    const uint8_t *row, uint8_t *rgb, png_layout layout, int channels, int colors) {
  const size_t sample_bytes = (size_t)layout.depth / 8;
  for (size_t x = 0; x < layout.width; x++, rgb += 3) {
    const uint8_t *pixel = row + x * (size_t)channels * sample_bytes;
    if (colors == 1) {
      put_grey(rgb, pixel[0]);
    } else {
      for (size_t c = 0; c < 3; c++) rgb[c] = pixel[c * sample_bytes];
    }
  }
}

static void convert_row(
    const uint8_t *row, uint8_t *rgb, png_layout layout, const uint8_t palette[256][3]) {
  if (layout.color == PNG_COLOR_TYPE_RGB && layout.depth == 8) {
    memcpy(rgb, row, (size_t)layout.width * 3);
    return;
  }
  switch (layout.color) {
    case PNG_COLOR_TYPE_GRAY: convert_grey(row, rgb, layout); break;
    case PNG_COLOR_TYPE_PALETTE: convert_palette(row, rgb, layout, palette); break;
    case PNG_COLOR_TYPE_GRAY_ALPHA: convert_channels(row, rgb, layout, 2, 1); break;
    case PNG_COLOR_TYPE_RGB_ALPHA: convert_channels(row, rgb, layout, 4, 3); break;
    default: convert_channels(row, rgb, layout, 3, 3);
  }
}

// Entries that the file does not give are black.
static void read_palette(png_session *session, uint8_t palette[256][3]) {
  png_colorp colors = NULL;
  int count = 0;
  memset(palette, 0, 256 * 3);
  if (png_get_PLTE(session->png, session->info, &colors, &count) == 0) return;
  for (int i = 0; i < count && i < 256; i++) {
    palette[i][0] = colors[i].red;
    palette[i][1] = colors[i].green;
    palette[i][2] = colors[i].blue;
  }
}

static uint8_t *allocate(png_session *session, size_t count) {
  uint8_t *memory = malloc(count);
  if (memory == NULL) {
    session->status = CIMAGE_OUT_OF_MEMORY;
    png_error(session->png, "no memory for the picture");
  }
  return memory;
}

static void read_rows(png_session *session, png_layout layout, cimage_target target) {
  png_structp png = session->png;
  uint8_t palette[256][3];
  read_palette(session, palette);
  session->samples = allocate(session, layout.row_bytes * (layout.interlaced ? layout.height : 1));
  cimage_band *band = &session->band;
  *band = (cimage_band){.target = target, .width = layout.width};
  if (cimage_needs_band(target)) band->rows = allocate(session, cimage_band_bytes(layout.width));

  // Of an interlaced picture every pass visits all rows and adds its pixels.
  const int passes = png_set_interlace_handling(png);
  for (int pass = 0; pass < passes; pass++) {
    for (size_t y = 0; y < layout.height; y++) {
      uint8_t *samples = session->samples + (layout.interlaced ? y * layout.row_bytes : 0);
      png_read_row(png, samples, NULL);
      if (pass < passes - 1) continue;
      convert_row(samples, cimage_next_row(band), layout, palette);
      cimage_finish_row(band);
    }
  }
  cimage_flush(band);
}

static void decode(png_session *session, const cimage_header *header, cimage_target target) {
  if (setjmp(png_jmpbuf(session->png)) != 0) return;
  const png_layout layout = read_info(session);
  if (layout.width != header->width || layout.height != header->height) {
    png_error(session->png, "the header changed");
  }
  read_rows(session, layout, target);
}

cimage_status cimage_png_decode(
    const uint8_t *data, size_t count, const cimage_header *header, cimage_target target,
    cimage_message *message) {
  png_session session;
  if (!open_session(&session, data, count, message)) return session.status;
  decode(&session, header, target);
  close_session(&session);
  return session.status;
}
