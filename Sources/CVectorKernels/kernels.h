// The kernels, for one instruction set. Included once by a source file that defines
//   LANES          floats in a vector
//   TILE_PIXELS    output pixels whose sums the registers hold: TILE_PIXELS x 2 vectors
//   TARGET         the function attribute that enables the instruction set
//   KERNEL_TABLE   the name of the table that it exports
//
// A product and the sum that takes it may become one fused operation where the instruction set has
// it; nothing else is reordered or relaxed.
#pragma STDC FP_CONTRACT ON

#include <string.h>

#include "CVectorKernels.h"
#include "vector_levels.h"

_Static_assert(TILE_PIXELS == 6 || TILE_PIXELS == 14, "convolve() lists the remainders of these");

#define PANEL_WIDTH (2 * LANES)
#define INLINE static inline __attribute__((always_inline)) TARGET

typedef float vector __attribute__((vector_size(4 * LANES)));
typedef int mask __attribute__((vector_size(4 * LANES)));
typedef double wide_vector __attribute__((vector_size(8 * LANES)));
// What memory holds: floats at any address.
typedef float unaligned_vector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

#define LOAD(address) ((vector)(*(const unaligned_vector *)(address)))
#define STORE(address, value) (*(unaligned_vector *)(address) = (value))

// `a` where the condition holds, which comparisons answer by all bits set, and `b` elsewhere.
INLINE vector select_bits(mask condition, vector a, vector b) {
  return (vector)(((mask)a & condition) | ((mask)b & ~condition));
}

// Stores the sums of a pixel of which not all of the panel's channels exist.
__attribute__((noinline)) TARGET static void finish_partial_pixel(
    const convolution_panel *panel, size_t start, const float *sums) {
  float *output = panel->output + start;
  for (size_t j = 0; j < panel->channels; j++) {
    float sum = sums[j];
    if (panel->accumulates) sum += output[j];
    if (panel->bias) sum += panel->bias[j];
    if (panel->residual) sum += panel->residual[start + j];
    output[j] = sum;
  }
}

INLINE void finish_pixel(const convolution_panel *panel, size_t pixel, vector low, vector high) {
  const size_t start = pixel * panel->output_stride;
  if (panel->channels < PANEL_WIDTH) {
    float sums[PANEL_WIDTH];
    STORE(sums, low);
    STORE(sums + LANES, high);
    finish_partial_pixel(panel, start, sums);
    return;
  }
  float *output = panel->output + start;
  if (panel->accumulates) {
    low += LOAD(output);
    high += LOAD(output + LANES);
  }
  if (panel->bias) {
    low += LOAD(panel->bias);
    high += LOAD(panel->bias + LANES);
  }
  if (panel->residual) {
    low += LOAD(panel->residual + start);
    high += LOAD(panel->residual + start + LANES);
  }
  STORE(output, low);
  STORE(output + LANES, high);
}

// `count` pixels from `first` on; a constant once inlined, so that the sums live in registers.
INLINE void convolve_tile(const convolution_panel *panel, size_t first, const size_t count) {
  vector sums[TILE_PIXELS][2];
#pragma clang loop unroll(full)
  for (size_t m = 0; m < count; m++) sums[m][0] = sums[m][1] = (vector){0};

  const float *weights = panel->weights;
  const size_t length = panel->segment_length;
  for (size_t s = 0; s < panel->segments; s++) {
    const float *x[TILE_PIXELS];
#pragma clang loop unroll(full)
    for (size_t m = 0; m < count; m++) {
      x[m] = panel->input + panel->pixel_offsets[first + m] + panel->segment_offsets[s];
    }
    for (size_t k = 0; k < length; k++) {
      const vector low = LOAD(weights), high = LOAD(weights + LANES);
      weights += PANEL_WIDTH;
#pragma clang loop unroll(full)
      for (size_t m = 0; m < count; m++) {
        const vector value = x[m][k] - (vector){0};
        sums[m][0] += value * low;
        sums[m][1] += value * high;
      }
    }
  }
#pragma clang loop unroll(full)
  for (size_t m = 0; m < count; m++) finish_pixel(panel, first + m, sums[m][0], sums[m][1]);
}

TARGET static void convolve(const convolution_panel *panel) {
  size_t first = 0;
  for (; first + TILE_PIXELS <= panel->pixels; first += TILE_PIXELS) {
    convolve_tile(panel, first, TILE_PIXELS);
  }
#define REMAINDER(count) \
  case count: convolve_tile(panel, first, count); break;
  switch (panel->pixels - first) {
    REMAINDER(1) REMAINDER(2) REMAINDER(3) REMAINDER(4) REMAINDER(5)
#if TILE_PIXELS > 6
    REMAINDER(6) REMAINDER(7) REMAINDER(8) REMAINDER(9) REMAINDER(10) REMAINDER(11)
    REMAINDER(12) REMAINDER(13)
#endif
    default: break;
  }
#undef REMAINDER
}

TARGET static void normalize(
    const float *x, float *y, size_t pixels, size_t channels, const float *center,
    const float *scale, const float *shift, bool rectifies) {
  for (size_t p = 0; p < pixels; p++, x += channels, y += channels) {
    size_t c = 0;
    for (; c + LANES <= channels; c += LANES) {
      vector value = (LOAD(x + c) - LOAD(center + c)) * LOAD(scale + c) + LOAD(shift + c);
      if (rectifies) value = select_bits(value < 0, (vector){0}, value);
      STORE(y + c, value);
    }
    for (; c < channels; c++) {
      const float value = (x[c] - center[c]) * scale[c] + shift[c];
      y[c] = rectifies && value < 0 ? 0 : value;
    }
  }
}

// One or two vectors of channels; a constant once inlined.
INLINE void vector_statistics(
    const float *x, size_t pixels, size_t stride, const size_t vectors, double *mean,
    double *squared_deviations) {
  wide_vector origin[2], sums[2], squares[2];
#pragma clang loop unroll(full)
  for (size_t v = 0; v < vectors; v++) {
    origin[v] = __builtin_convertvector(LOAD(x + v * LANES), wide_vector);
    sums[v] = squares[v] = (wide_vector){0};
  }
  for (size_t p = 1; p < pixels; p++) {
    const float *pixel = x + p * stride;
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) {
      const wide_vector difference =
          __builtin_convertvector(LOAD(pixel + v * LANES), wide_vector) - origin[v];
      sums[v] += difference;
      squares[v] += difference * difference;
    }
  }
  const double count = (double)pixels;
#pragma clang loop unroll(full)
  for (size_t v = 0; v < vectors; v++) {
    const wide_vector average = sums[v] / count;
    const wide_vector center = origin[v] + average;
    const wide_vector deviations = squares[v] - sums[v] * average;
    memcpy(mean + v * LANES, &center, sizeof center);
    memcpy(squared_deviations + v * LANES, &deviations, sizeof deviations);
  }
}

TARGET static void channel_statistics(
    const float *x, size_t pixels, size_t stride, size_t channels, double *mean,
    double *squared_deviations) {
  size_t c = 0;
  for (; c + 2 * LANES <= channels; c += 2 * LANES) {
    vector_statistics(x + c, pixels, stride, 2, mean + c, squared_deviations + c);
  }
  for (; c + LANES <= channels; c += LANES) {
    vector_statistics(x + c, pixels, stride, 1, mean + c, squared_deviations + c);
  }
  for (; c < channels; c++) {
    const double origin = x[c];
    double sum = 0, squares = 0;
    for (size_t p = 1; p < pixels; p++) {
      const double difference = x[p * stride + c] - origin;
      sum += difference;
      squares += difference * difference;
    }
    const double average = sum / (double)pixels;
    mean[c] = origin + average;
    squared_deviations[c] = squares - sum * average;
  }
}

TARGET static void maximum(const float *x, float *y, size_t count) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const vector a = LOAD(x + i), b = LOAD(y + i);
    STORE(y + i, select_bits((b >= a) | (b != b), b, a));
  }
  for (; i < count; i++) y[i] = y[i] >= x[i] || y[i] != y[i] ? y[i] : x[i];
}

TARGET static void add(const float *a, const float *b, float *y, size_t count) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) STORE(y + i, LOAD(a + i) + LOAD(b + i));
  for (; i < count; i++) y[i] = a[i] + b[i];
}

#include "multiply_add.h"

const vector_kernels KERNEL_TABLE = {
    .panel_width = PANEL_WIDTH,
    .tile_pixels = TILE_PIXELS,
    .convolve = convolve,
    .normalize = normalize,
    .channel_statistics = channel_statistics,
    .maximum = maximum,
    .add = add,
    .multiply_add = multiply_add,
    .products_per_round = CHAINS * LANES,
};
