// Standardises convolution kernels and packs them for the convolution that will read them.
//
//   y[packed(k,c,ky,kx)] = (w[k,c,ky,kx] - mean[k]) / sqrt(variance[k] + epsilon)
//   packed = (((k/block_n * channel_blocks + c/block_c) * taps + tap) * block_c + c%block_c)
//            * block_n + k%block_n
//
// Every step carries its rounding error along, so that the result is the exact one rounded to Float
// but for rare ties, as the host's Double gives it. That is not for show: the elements of a kernel sum
// to zero, so where an input is nearly constant the roundings of the kernel are all that remains.
//
//   w  [outputs][channels][taps]                                  as checkpoints hold it
//   y  [output blocks][channel blocks][taps][block_c][block_n]    zero beyond channels and outputs
//
// ITEMS work-items share OUTPUTS output channels, which lie side by side in y.
// Launch: (output blocks * block_n / OUTPUTS * ITEMS) in groups of ITEMS.
#ifndef ITEMS
#define ITEMS 1  // work-items of a group (1 … 256)
#endif
#ifndef OUTPUTS
#define OUTPUTS 1  // output channels of a group; divides block_n (1, 16)
#endif

typedef struct {
  exact_sum mean, inverse;
} standardization;

// value - mean, in two parts. Beside a mean of many deviations its error is no longer a small part
// of the difference: the parts are split anew.
static inline exact_sum deviation(float value, exact_sum mean)
{
  const exact_sum d = exact_add((exact_sum){-mean.sum, -mean.error}, value);
  return exact_add((exact_sum){d.sum, 0.0f}, d.error);
}

static inline exact_sum add_square(exact_sum total, exact_sum d)
{
  total = exact_multiply_add(total, d.sum, d.sum);
  total.error += 2.0f * d.sum * d.error;
  return total;
}

static inline exact_sum4 add_square4(exact_sum4 total, float4 value, exact_sum mean)
{
  exact_sum4 d = exact_add4((exact_sum4){(float4)(-mean.sum), (float4)(-mean.error)}, value);
  d = exact_add4((exact_sum4){d.sum, (float4)(0.0f)}, d.error);
  const float4 square = d.sum * d.sum;
  total = exact_add4(total, square);
  total.error += fma(d.sum, d.sum, -square) + 2.0f * d.sum * d.error;
  return total;
}

static inline void standardize(
    standardization *result, __local float *shared, __global const float *w, int count,
    float epsilon)
{
  const int item = get_local_id(0);
  // Vectors of four, then the rest one by one.
  const int vectors = count / 4;
  const float terms = max(count, 1);
  exact_sum4 sums = {(float4)(0.0f), (float4)(0.0f)};
  for (int i = item; i < vectors; i += ITEMS) sums = exact_add4(sums, vload4(i, w));
  exact_sum part = exact_join(sums);
  for (int i = vectors * 4 + item; i < count; i += ITEMS) part = exact_add(part, w[i]);
  result->mean = exact_quotient(exact_group_total(shared, ITEMS, part), terms);

  sums = (exact_sum4){(float4)(0.0f), (float4)(0.0f)};
  for (int i = item; i < vectors; i += ITEMS)
    sums = add_square4(sums, vload4(i, w), result->mean);
  part = exact_join(sums);
  for (int i = vectors * 4 + item; i < count; i += ITEMS)
    part = add_square(part, deviation(w[i], result->mean));
  const exact_sum variance = exact_quotient(exact_group_total(shared, ITEMS, part), terms);
  result->inverse = exact_inverse_root(exact_add(variance, epsilon));
}

static inline float standardized(float value, standardization by)
{
  const exact_sum d = deviation(value, by.mean);
  return fma(d.sum, by.inverse.sum, fma(d.sum, by.inverse.error, d.error * by.inverse.sum));
}

__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void weight_standardization(
    __global const float *restrict w, __global float *restrict y, int outputs, int channels,
    int taps, int block_n, int block_c, int channel_blocks, float epsilon)
{
  __local float shared[2 * ITEMS];
  const int first = get_group_id(0) * OUTPUTS, item = get_local_id(0);
  const int count = channels * taps;
  standardization of[OUTPUTS];
  for (int j = 0; j < OUTPUTS; j++) {
    const int k = min(first + j, outputs - 1);
    standardize(&of[j], shared, w + (size_t)k * count, count, epsilon);
  }
  for (int c = item; c < channel_blocks * block_c; c += ITEMS) {
    const size_t block = (size_t)(first / block_n) * channel_blocks + c / block_c;
    __global float *to =
        y + (block * taps * block_c + c % block_c) * block_n + first % block_n;
    for (int tap = 0; tap < taps; tap++, to += block_c * block_n) {
      for (int j = 0; j < OUTPUTS; j++) {
        const bool real = first + j < outputs && c < channels;
        const float v = real ? w[(size_t)(first + j) * count + c * taps + tap] : 0.0f;
        to[j] = real ? standardized(v, of[j]) : 0.0f;
      }
    }
  }
}
