// Bounded expansion of zlib streams, for compressed PNG text.

#include <limits.h>
#include <zlib.h>

#include "CImageCodecs.h"

cimage_status cimage_inflate(
    const uint8_t *data, size_t count, uint8_t *output, size_t capacity, size_t *written) {
  *written = 0;
  if (count > UINT_MAX || capacity > UINT_MAX) return CIMAGE_OUT_OF_MEMORY;
  z_stream stream = {
      .next_in = (Bytef *)data,
      .avail_in = (uInt)count,
      .next_out = output,
      .avail_out = (uInt)capacity,
  };
  if (inflateInit(&stream) != Z_OK) return CIMAGE_OUT_OF_MEMORY;
  const int result = inflate(&stream, Z_FINISH);
  *written = capacity - stream.avail_out;
  inflateEnd(&stream);
  if (result == Z_STREAM_END) return CIMAGE_OK;
  if (result == Z_BUF_ERROR) {
    return stream.avail_out == 0 ? CIMAGE_OUT_OF_MEMORY : CIMAGE_TRUNCATED;
  }
  return CIMAGE_CORRUPT;
}
