// The passes, for one instruction set. Included once by a source file that defines
//   LANES       32-bit sums in a vector: 4 or 8
//   TARGET      the function attribute that enables the instruction set
//   PASS(name)  the name of a function in this build

#include <string.h>

#include "CResampling.h"

#define INLINE static inline __attribute__((always_inline)) TARGET

typedef int32_t sum_vector __attribute__((vector_size(4 * LANES)));
typedef uint8_t sample_vector __attribute__((vector_size(LANES)));

// Half a unit in the last place of a sample, so that shifting rounds.
enum { half = 1 << (RESAMPLING_FRACTION_BITS - 1) };

INLINE uint8_t sample(int32_t sum) {
  const int32_t value = sum >> RESAMPLING_FRACTION_BITS;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

INLINE sample_vector sample_each(sum_vector sums) {
  sums >>= RESAMPLING_FRACTION_BITS;
  sums &= ~(sums < 0);
  const sum_vector over = sums > 255;
  return __builtin_convertvector((sums & ~over) | (over & 255), sample_vector);
}

// A row of which not even one byte behind its last pixel may be read.
TARGET static void resample_last_row(
    const uint8_t *old, uint8_t *new_row, const resampling_axis *axis) {
  const int32_t *weights = axis->weights;
  for (size_t i = 0; i < axis->count; i++, weights += axis->taps, new_row += 3) {
    const uint8_t *pixel = old + (size_t)axis->starts[i] * 3;
    for (int c = 0; c < 3; c++) {
      int32_t sum = half;
      for (size_t t = 0; t < axis->taps; t++) sum += pixel[3 * t + c] * weights[t];
      new_row[c] = sample(sum);
    }
  }
}

// A pixel takes four lanes, of which the last is not used; the lanes of a vector are a pixel each of
// rows below each other.
enum { vector_rows = LANES / 4, tile_rows = 2 * vector_rows };

INLINE sum_vector pixels_below(const uint8_t *pixel, ptrdiff_t stride) {
  sample_vector samples;
  for (int r = 0; r < vector_rows; r++) {
    memcpy((uint8_t *)&samples + 4 * r, pixel + r * stride, 4);
  }
  return __builtin_convertvector(samples, sum_vector);
}

INLINE void put_pixels_below(sum_vector sums, uint8_t *pixel, ptrdiff_t stride) {
  const sample_vector samples = sample_each(sums);
  for (int r = 0; r < vector_rows; r++, pixel += stride) {
    for (int c = 0; c < 3; c++) pixel[c] = samples[4 * r + c];
  }
}

// `tile_rows` rows together, each weight loaded once for all.
TARGET static void resample_tile(
    const uint8_t *old, ptrdiff_t old_stride, uint8_t *new_rows, ptrdiff_t new_stride,
    const resampling_axis *axis) {
  const int32_t *weights = axis->weights;
  for (size_t i = 0; i < axis->count; i++, weights += axis->taps, new_rows += 3) {
    const uint8_t *pixel = old + (size_t)axis->starts[i] * 3;
    sum_vector upper = (sum_vector){0} + half, lower = upper;
    for (size_t t = 0; t < axis->taps; t++, pixel += 3) {
      upper += pixels_below(pixel, old_stride) * weights[t];
      lower += pixels_below(pixel + vector_rows * old_stride, old_stride) * weights[t];
    }
    put_pixels_below(upper, new_rows, new_stride);
    put_pixels_below(lower, new_rows + vector_rows * new_stride, new_stride);
  }
}

TARGET void PASS(resample_rows)(
    const uint8_t *old, const uint8_t *end, ptrdiff_t old_stride, uint8_t *new_rows,
    ptrdiff_t new_stride, size_t rows, const resampling_axis *axis) {
  if (axis->count == 0) return;
  // Of a row, and the byte behind it.
  const ptrdiff_t needed = ((ptrdiff_t)axis->starts[axis->count - 1] + (ptrdiff_t)axis->taps) * 3 + 1;
  while (rows >= tile_rows && end - (old + (tile_rows - 1) * old_stride) >= needed) {
    resample_tile(old, old_stride, new_rows, new_stride, axis);
    old += tile_rows * old_stride;
    new_rows += tile_rows * new_stride;
    rows -= tile_rows;
  }
  for (; rows > 0; rows--, old += old_stride, new_rows += new_stride) {
    resample_last_row(old, new_rows, axis);
  }
}

INLINE sum_vector neighbours(const uint8_t *samples) {
  sample_vector vector;
  memcpy(&vector, samples, LANES);
  return __builtin_convertvector(vector, sum_vector);
}

TARGET void PASS(mix_rows)(
    const uint8_t *old, ptrdiff_t old_stride, uint8_t *new_row, size_t samples,
    const int32_t *weights, size_t taps) {
  size_t s = 0;
  for (; s + 2 * LANES <= samples; s += 2 * LANES) {
    sum_vector left = (sum_vector){0} + half, right = left;
    const uint8_t *row = old + s;
    for (size_t t = 0; t < taps; t++, row += old_stride) {
      left += neighbours(row) * weights[t];
      right += neighbours(row + LANES) * weights[t];
    }
    const sample_vector mixed[2] = {sample_each(left), sample_each(right)};
    memcpy(new_row + s, mixed, sizeof mixed);
  }
  for (; s < samples; s++) {
    int32_t sum = half;
    const uint8_t *row = old + s;
    for (size_t t = 0; t < taps; t++, row += old_stride) sum += *row * weights[t];
    new_row[s] = sample(sum);
  }
}
