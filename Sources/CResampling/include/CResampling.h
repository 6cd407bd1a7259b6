// The inner loops of resampling 8-bit RGB, compiled once for each instruction set.
// Integer sums are exact: every build gives the same bytes.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Fractional bits of a weight. An 8-bit sample times a weight must leave room in 32 bits for
// overshoot: 32 - 8 - 2.
#define RESAMPLING_FRACTION_BITS 22

// For each of `count` new pixels along an axis: the first old pixel that counts, and `taps`
// weights. `starts` ascends, and `starts[i] + taps` never exceeds the number of old pixels.
typedef struct {
  const int32_t *starts;
  const int32_t *weights;  // [count][taps]
  size_t count;
  size_t taps;
} resampling_axis;

// Along rows: `rows` rows of packed RGB, `old_stride` and `new_stride` bytes apart.
// `end` is where the readable memory of `old` ends.
void resample_rows(
    const uint8_t *old, const uint8_t *end, ptrdiff_t old_stride, uint8_t *new_rows,
    ptrdiff_t new_stride, size_t rows, const resampling_axis *axis);

// Along columns: one new row of `samples` samples, the weighted sum of `taps` old rows.
void mix_rows(
    const uint8_t *old, ptrdiff_t old_stride, uint8_t *new_row, size_t samples,
    const int32_t *weights, size_t taps);

// The same without any instruction set beyond the architecture's first, for tests.
void resample_rows_baseline(
    const uint8_t *old, const uint8_t *end, ptrdiff_t old_stride, uint8_t *new_rows,
    ptrdiff_t new_stride, size_t rows, const resampling_axis *axis);
void mix_rows_baseline(
    const uint8_t *old, ptrdiff_t old_stride, uint8_t *new_row, size_t samples,
    const int32_t *weights, size_t taps);
