// Decoding of JPEG, PNG and WebP from memory to 8-bit RGB, without longjmp crossing into Swift.
//
// Every decoder comes as a pair: `..._read_header` says how large the picture is before anything
// large is allocated, `..._decode` fills memory that the caller owns. Both read only the bytes
// that they are given, keep no state between calls, and may run on any thread.
//
// Metadata (orientation, colour key) is not their business: they give the samples as stored.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum {
  CIMAGE_OK = 0,
  CIMAGE_TRUNCATED,      // the data ends before the picture does
  CIMAGE_CORRUPT,        // the data contradicts its format, or part of the picture is lost
  CIMAGE_UNSUPPORTED,    // a valid file of a kind that the decoder does not read
  CIMAGE_OUT_OF_MEMORY,  // more memory than the caller allows, or than there is
} cimage_status;

// Room for a message, its terminating zero included.
#define CIMAGE_MESSAGE_CAPACITY 200

// What a status means in this file; empty when there is nothing to say. On success it may hold
// the first warning.
typedef struct {
  char text[CIMAGE_MESSAGE_CAPACITY];
} cimage_message;

typedef struct {
  uint32_t width;
  uint32_t height;
  // Bytes that the decoder holds for the whole picture besides the RGB result: coefficients of a
  // progressive JPEG, samples of an interlaced PNG, canvases of a WebP.
  uint64_t working_bytes;
} cimage_header;

// Where the RGB pixels go: the pixel stored at column x and row y to
// `origin + x * column_step + y * row_step`. Negative and exchanged steps turn the picture while
// it is decoded, so that an upright copy needs no second buffer.
typedef struct {
  uint8_t *origin;
  ptrdiff_t column_step;
  ptrdiff_t row_step;
} cimage_target;

// For all decoders, `header` must be what `..._read_header` said about the same bytes, and the
// target must have room for its width * height pixels.

cimage_status cimage_jpeg_read_header(
    const uint8_t *data, size_t count, cimage_header *header, cimage_message *message);
cimage_status cimage_jpeg_decode(
    const uint8_t *data, size_t count, const cimage_header *header, cimage_target target,
    cimage_message *message);

cimage_status cimage_png_read_header(
    const uint8_t *data, size_t count, cimage_header *header, cimage_message *message);
cimage_status cimage_png_decode(
    const uint8_t *data, size_t count, const cimage_header *header, cimage_target target,
    cimage_message *message);

// 1 if this build reads WebP (package trait WebP); otherwise the two functions below answer
// CIMAGE_UNSUPPORTED.
int cimage_has_webp(void);
cimage_status cimage_webp_read_header(
    const uint8_t *data, size_t count, cimage_header *header, cimage_message *message);
cimage_status cimage_webp_decode(
    const uint8_t *data, size_t count, const cimage_header *header, cimage_target target,
    cimage_message *message);

// Expands a zlib stream into at most `capacity` bytes. The number of bytes goes to `*written`.
// CIMAGE_OUT_OF_MEMORY if the stream holds more than that.
cimage_status cimage_inflate(
    const uint8_t *data, size_t count, uint8_t *output, size_t capacity, size_t *written);
