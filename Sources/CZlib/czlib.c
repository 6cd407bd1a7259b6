#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "CZlib.h"

struct czlib_inflater {
  z_stream stream;
};

czlib_inflater *czlib_open(void) {
  czlib_inflater *inflater = calloc(1, sizeof *inflater);
  if (inflater == NULL) return NULL;
  // Negative: a raw stream, as zip keeps it, without zlib's own header and checksum.
  if (inflateInit2(&inflater->stream, -MAX_WBITS) == Z_OK) return inflater;
  free(inflater);
  return NULL;
}

void czlib_close(czlib_inflater *inflater) {
  if (inflater == NULL) return;
  inflateEnd(&inflater->stream);
  free(inflater);
}

czlib_status czlib_inflate(
    czlib_inflater *inflater, const uint8_t *input, size_t input_count, size_t *consumed,
    uint8_t *output, size_t capacity, size_t *written) {
  z_stream *stream = &inflater->stream;
  const uInt offered = input_count > UINT_MAX ? UINT_MAX : (uInt)input_count;
  const uInt room = capacity > UINT_MAX ? UINT_MAX : (uInt)capacity;
  stream->next_in = (Bytef *)input;
  stream->avail_in = offered;
  stream->next_out = output;
  stream->avail_out = room;
  const int result = inflate(stream, Z_NO_FLUSH);
  *consumed = offered - stream->avail_in;
  *written = room - stream->avail_out;
  switch (result) {
    case Z_OK:
    case Z_BUF_ERROR: return CZLIB_OK;
    case Z_STREAM_END: return CZLIB_END;
    case Z_MEM_ERROR: return CZLIB_OUT_OF_MEMORY;
    default: return CZLIB_CORRUPT;
  }
}

uint32_t czlib_crc32(uint32_t checksum, const uint8_t *bytes, size_t count) {
  if (count == 0) return checksum;
  return (uint32_t)crc32_z(checksum, bytes, count);
}
