// Bounded expansion of raw deflate streams, piece by piece, and zip's checksum. Hides zlib, whose
// header is all macros.

#ifndef BITCL_ZLIB_H
#define BITCL_ZLIB_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

typedef struct czlib_inflater czlib_inflater;

typedef enum {
  CZLIB_OK,       // made progress, or needs more input or room
  CZLIB_END,      // the stream is complete
  CZLIB_CORRUPT,  // not a deflate stream
  CZLIB_OUT_OF_MEMORY,
} czlib_status;

// NULL where memory is short. Close it with czlib_close.
czlib_inflater *czlib_open(void);

void czlib_close(czlib_inflater *inflater);

// Expands what it can of `input` into `output`: never more than `capacity` bytes. Says how much of
// both was used.
czlib_status czlib_inflate(
    czlib_inflater *inflater, const uint8_t *input, size_t input_count, size_t *consumed,
    uint8_t *output, size_t capacity, size_t *written);

// The CRC-32 of what `checksum` is that of, and then `bytes`; zero is that of nothing.
uint32_t czlib_crc32(uint32_t checksum, const uint8_t *bytes, size_t count);

#pragma GCC visibility pop

#endif
