#include "CResampling.h"

#if defined(__x86_64__)
void resample_rows_avx2(
    const uint8_t *old, const uint8_t *end, ptrdiff_t old_stride, uint8_t *new_rows,
    ptrdiff_t new_stride, size_t rows, const resampling_axis *axis);
void mix_rows_avx2(
    const uint8_t *old, ptrdiff_t old_stride, uint8_t *new_row, size_t samples,
    const int32_t *weights, size_t taps);
#define BEST(name) (__builtin_cpu_supports("avx2") ? name##_avx2 : name##_baseline)
#else
#define BEST(name) name##_baseline
#endif

void resample_rows(
    const uint8_t *old, const uint8_t *end, ptrdiff_t old_stride, uint8_t *new_rows,
    ptrdiff_t new_stride, size_t rows, const resampling_axis *axis) {
  BEST(resample_rows)(old, end, old_stride, new_rows, new_stride, rows, axis);
}

void mix_rows(
    const uint8_t *old, ptrdiff_t old_stride, uint8_t *new_row, size_t samples,
    const int32_t *weights, size_t taps) {
  BEST(mix_rows)(old, old_stride, new_row, samples, weights, taps);
}
