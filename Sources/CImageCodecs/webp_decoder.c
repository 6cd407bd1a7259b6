// WebP through libwebp. Of an animation the first frame counts, as in Pillow.

#include "support.h"

#ifdef BITCL_WEBP

#include <stdlib.h>

#include <webp/decode.h>
#include <webp/demux.h>

int cimage_has_webp(void) { return 1; }

static cimage_status status_of(VP8StatusCode code, cimage_message *message) {
  switch (code) {
    case VP8_STATUS_OK:
      return CIMAGE_OK;
    case VP8_STATUS_OUT_OF_MEMORY:
      cimage_say(message, "no memory for the picture");
      return CIMAGE_OUT_OF_MEMORY;
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      cimage_say(message, "the file ends before the picture does");
      return CIMAGE_TRUNCATED;
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      cimage_say(message, "an unsupported feature of WebP");
      return CIMAGE_UNSUPPORTED;
    default:
      cimage_say(message, "not a valid WebP bitstream");
      return CIMAGE_CORRUPT;
  }
}

cimage_status cimage_webp_read_header(
    const uint8_t *data, size_t count, cimage_header *header, cimage_message *message) {
  WebPBitstreamFeatures features;
  cimage_clear(message);
  const VP8StatusCode code = WebPGetFeatures(data, count, &features);
  if (code != VP8_STATUS_OK) return status_of(code, message);
  header->width = (uint32_t)features.width;
  header->height = (uint32_t)features.height;
  // A still is decoded into a buffer of its own when the target turns it; libwebp's animation
  // decoder keeps two RGBA canvases.
  const uint64_t pixels = (uint64_t)header->width * header->height;
  header->working_bytes = pixels * (features.has_animation ? 8 : 3);
  return CIMAGE_OK;
}

static VP8StatusCode decode_still_into(
    uint8_t *rgb, ptrdiff_t row_step, const uint8_t *data, size_t count,
    const cimage_header *header) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return VP8_STATUS_INVALID_PARAM;
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = rgb;
  config.output.u.RGBA.stride = (int)row_step;
  config.output.u.RGBA.size = (size_t)row_step * header->height;
  const VP8StatusCode code = WebPDecode(data, count, &config);
  WebPFreeDecBuffer(&config.output);
  return code;
}

static VP8StatusCode decode_still(
    const uint8_t *data, size_t count, const cimage_header *header, cimage_target target) {
  if (!cimage_needs_band(target) && target.row_step > 0) {
    return decode_still_into(target.origin, target.row_step, data, count, header);
  }
  const size_t row_bytes = (size_t)header->width * 3;
  uint8_t *rgb = malloc(row_bytes * header->height);
  if (rgb == NULL) return VP8_STATUS_OUT_OF_MEMORY;
  const VP8StatusCode code =
      decode_still_into(rgb, (ptrdiff_t)row_bytes, data, count, header);
  if (code == VP8_STATUS_OK) {
    cimage_band whole = {
        .target = target, .width = header->width, .rows = rgb, .count = header->height};
    cimage_flush(&whole);
  }
  free(rgb);
  return code;
}

static VP8StatusCode decode_first_frame(
    const uint8_t *data, size_t count, const cimage_header *header, cimage_target target) {
  const WebPData file = {.bytes = data, .size = count};
  WebPAnimDecoder *decoder = WebPAnimDecoderNew(&file, NULL);
  uint8_t *rgba = NULL;
  int timestamp = 0;
  if (decoder == NULL || !WebPAnimDecoderGetNext(decoder, &rgba, &timestamp)) {
    WebPAnimDecoderDelete(decoder);
    return VP8_STATUS_BITSTREAM_ERROR;
  }
  for (size_t y = 0; y < header->height; y++) {
    uint8_t *pixel = cimage_row(target, y);
    for (size_t x = 0; x < header->width; x++, rgba += 4, pixel += target.column_step) {
      memcpy(pixel, rgba, 3);
    }
  }
  WebPAnimDecoderDelete(decoder);
  return VP8_STATUS_OK;
}

cimage_status cimage_webp_decode(
    const uint8_t *data, size_t count, const cimage_header *header, cimage_target target,
    cimage_message *message) {
  WebPBitstreamFeatures features;
  cimage_clear(message);
  const VP8StatusCode code = WebPGetFeatures(data, count, &features);
  if (code != VP8_STATUS_OK) return status_of(code, message);
  if ((uint32_t)features.width != header->width || (uint32_t)features.height != header->height) {
    cimage_say(message, "the header changed");
    return CIMAGE_CORRUPT;
  }
  return status_of(
      features.has_animation ? decode_first_frame(data, count, header, target)
                             : decode_still(data, count, header, target),
      message);
}

#else

int cimage_has_webp(void) { return 0; }

static cimage_status unsupported(cimage_message *message) {
  cimage_say(message, "this build does not read WebP");
  return CIMAGE_UNSUPPORTED;
}

cimage_status cimage_webp_read_header(
    const uint8_t *data, size_t count, cimage_header *header, cimage_message *message) {
  (void)data, (void)count, (void)header;
  return unsupported(message);
}

cimage_status cimage_webp_decode(
    const uint8_t *data, size_t count, const cimage_header *header, cimage_target target,
    cimage_message *message) {
  (void)data, (void)count, (void)header, (void)target;
  return unsupported(message);
}

#endif
