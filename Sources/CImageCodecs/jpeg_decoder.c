// JPEG through libjpeg-turbo, with the settings that Pillow leaves at their defaults: the accurate
// integer DCT, fancy upsampling, block smoothing. Nothing here may be tuned for speed without
// changing the pixels.

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>

#include <jpeglib.h>
#include <jerror.h>

#include "support.h"

// Encoders write about ten scans; a file of a few kilobytes can hold thousands, each of which
// walks over the whole picture.
enum { maximum_scans = 100 };

typedef struct {
  struct jpeg_decompress_struct codec;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf on_error;
  cimage_status status;
  cimage_message *message;
} jpeg_session;

static jpeg_session *session_of(j_common_ptr codec) { return codec->client_data; }

[[noreturn]] static void fail(jpeg_session *session, cimage_status status, const char *text) {
  session->status = status;
  cimage_say(session->message, text);
  longjmp(session->on_error, 1);
}

// libjpeg's words for its current message, without the prefix that repeats the status.
static const char *format_message(j_common_ptr codec, char text[JMSG_LENGTH_MAX]) {
  static const char prefix[] = "Corrupt JPEG data: ";
  codec->err->format_message(codec, text);
  const size_t length = sizeof prefix - 1;
  return strncmp(text, prefix, length) == 0 ? text + length : text;
}

static void on_error_exit(j_common_ptr codec) {
  jpeg_session *session = session_of(codec);
  char buffer[JMSG_LENGTH_MAX];
  const char *text = format_message(codec, buffer);
  switch (codec->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
      fail(session, CIMAGE_OUT_OF_MEMORY, text);
      break;
    case JERR_BAD_PRECISION:
    case JERR_IMAGE_TOO_BIG:
    case JERR_SOF_UNSUPPORTED:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOT_COMPILED:
      fail(session, CIMAGE_UNSUPPORTED, text);
      break;
    default:
      fail(session, CIMAGE_CORRUPT, text);
  }
}

// Level -1 is a warning, higher levels are traces. libjpeg goes on after lost data and paints the
// rest grey; a label for such a picture would be a guess, so these warnings end the decoding.
static void on_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  jpeg_session *session = session_of(codec);
  char buffer[JMSG_LENGTH_MAX];
  const char *text = format_message(codec, buffer);
  codec->err->num_warnings++;
  switch (codec->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      fail(session, CIMAGE_CORRUPT, text);
      break;
    default:
      if (session->message->text[0] == '\0') cimage_say(session->message, text);
  }
}

static void on_output(j_common_ptr codec) { (void)codec; }

static void on_progress(j_common_ptr codec) {
  if (((j_decompress_ptr)codec)->input_scan_number > maximum_scans) {
    fail(session_of(codec), CIMAGE_UNSUPPORTED, "more than 100 scans");
  }
}

// The whole file is in the buffer from the start, so that a request for more means its end.
// Answering FALSE suspends the decoder, which its callers here report as truncation.
static boolean fill_buffer(j_decompress_ptr codec) {
  (void)codec;
  return FALSE;
}

static void skip_bytes(j_decompress_ptr codec, long count) {
  if (count <= 0) return;
  struct jpeg_source_mgr *source = codec->src;
  size_t skipped = (size_t)count;
  if (skipped > source->bytes_in_buffer) skipped = source->bytes_in_buffer;
  source->next_input_byte += skipped;
  source->bytes_in_buffer -= skipped;
}

static void no_operation(j_decompress_ptr codec) { (void)codec; }

static void open_session(jpeg_session *session, const uint8_t *data, size_t count) {
  session->codec.err = jpeg_std_error(&session->errors);
  session->codec.client_data = session;
  session->errors.error_exit = on_error_exit;
  session->errors.emit_message = on_message;
  session->errors.output_message = on_output;
  jpeg_create_decompress(&session->codec);
  session->progress.progress_monitor = on_progress;
  session->codec.progress = &session->progress;
  session->source = (struct jpeg_source_mgr){
      .next_input_byte = data,
      .bytes_in_buffer = count,
      .init_source = no_operation,
      .fill_input_buffer = fill_buffer,
      .skip_input_data = skip_bytes,
      .resync_to_restart = jpeg_resync_to_restart,
      .term_source = no_operation,
  };
  session->codec.src = &session->source;
}

static const char truncated_text[] = "the file ends before the picture does";

// Reads up to the first scan and chooses the output colour space.
static void read_header(jpeg_session *session) {
  j_decompress_ptr codec = &session->codec;
  if (jpeg_read_header(codec, TRUE) != JPEG_HEADER_OK) {
    fail(session, CIMAGE_TRUNCATED, truncated_text);
  }
  switch (codec->num_components) {
    case 1:
    case 3:
      codec->out_color_space = JCS_RGB;
      break;
    case 4:
      codec->out_color_space = JCS_CMYK;
      break;
    default:
      fail(session, CIMAGE_UNSUPPORTED, "neither 1, 3 nor 4 colour components");
  }
}

// libjpeg keeps the coefficients of the whole picture when it comes in several scans.
static uint64_t coefficient_bytes(j_decompress_ptr codec) {
  if (!jpeg_has_multiple_scans(codec)) return 0;
  uint64_t blocks = 0;
  for (int i = 0; i < codec->num_components; i++) {
    const jpeg_component_info *component = &codec->comp_info[i];
    // Rounded up to whole interleaved units, as libjpeg allocates them.
    blocks += ((uint64_t)component->width_in_blocks + (uint64_t)component->h_samp_factor) *
              ((uint64_t)component->height_in_blocks + (uint64_t)component->v_samp_factor);
  }
  return blocks * sizeof(JBLOCK);
}

// setjmp stands in functions that take the session by pointer: what changes after it is then no
// local variable of theirs, and keeps its value across longjmp.
static void probe(
    jpeg_session *session, const uint8_t *data, size_t count, cimage_header *header) {
  if (setjmp(session->on_error) != 0) return;
  open_session(session, data, count);
  read_header(session);
  header->width = session->codec.image_width;
  header->height = session->codec.image_height;
  header->working_bytes = coefficient_bytes(&session->codec);
}

cimage_status cimage_jpeg_read_header(
    const uint8_t *data, size_t count, cimage_header *header, cimage_message *message) {
  jpeg_session session = {.message = message};
  cimage_clear(message);
  probe(&session, data, count, header);
  jpeg_destroy_decompress(&session.codec);
  return session.status;
}

// round(a * b / 255) in integers.
static inline unsigned multiply_255(unsigned a, unsigned b) {
  const unsigned t = a * b + 128;
  return (t + (t >> 8)) >> 8;
}

// Adobe stores ink inverted, 255 for none, and Pillow takes every CMYK file as Adobe's. Each
// colour is then the light that black leaves less what the ink takes of it.
static void convert_inverted_cmyk(const uint8_t *cmyk, uint8_t *rgb, size_t width) {
  for (size_t x = 0; x < width; x++, cmyk += 4, rgb += 3) {
    const unsigned light = cmyk[3];
    for (int c = 0; c < 3; c++) {
      rgb[c] = (uint8_t)(light - multiply_255(255u - cmyk[c], light));
    }
  }
}

static uint8_t *allocate(j_decompress_ptr codec, size_t count) {
  return codec->mem->alloc_large((j_common_ptr)codec, JPOOL_IMAGE, count);
}

static void read_rows(jpeg_session *session, cimage_target target) {
  j_decompress_ptr codec = &session->codec;
  const size_t width = codec->output_width;
  const bool is_cmyk = codec->out_color_space == JCS_CMYK;
  uint8_t *cmyk = is_cmyk ? allocate(codec, width * 4) : NULL;
  cimage_band band = {.target = target, .width = width};
  if (cimage_needs_band(target)) band.rows = allocate(codec, cimage_band_bytes(width));
  while (codec->output_scanline < codec->output_height) {
    uint8_t *rgb = cimage_next_row(&band);
    JSAMPROW row = is_cmyk ? cmyk : rgb;
    if (jpeg_read_scanlines(codec, &row, 1) != 1) {
      fail(session, CIMAGE_TRUNCATED, truncated_text);
    }
    if (is_cmyk) convert_inverted_cmyk(cmyk, rgb, width);
    cimage_finish_row(&band);
  }
  cimage_flush(&band);
}

static void decode(
    jpeg_session *session, const uint8_t *data, size_t count, const cimage_header *header,
    cimage_target target) {
  if (setjmp(session->on_error) != 0) return;
  open_session(session, data, count);
  read_header(session);
  if (session->codec.image_width != header->width ||
      session->codec.image_height != header->height) {
    fail(session, CIMAGE_CORRUPT, "the header changed");
  }
  if (!jpeg_start_decompress(&session->codec)) {
    fail(session, CIMAGE_TRUNCATED, truncated_text);
  }
  read_rows(session, target);
  if (!jpeg_finish_decompress(&session->codec)) {
    fail(session, CIMAGE_TRUNCATED, "the file ends without an end-of-image marker");
  }
}

cimage_status cimage_jpeg_decode(
    const uint8_t *data, size_t count, const cimage_header *header, cimage_target target,
    cimage_message *message) {
  jpeg_session session = {.message = message};
  cimage_clear(message);
  decode(&session, data, count, header, target);
  jpeg_destroy_decompress(&session.codec);
  return session.status;
}
