// Standardises convolution kernels and packs them for the convolution that will read them.
//
//   y[packed(k,c,ky,kx)] = (w[k,c,ky,kx] - mean[k]) / sqrt(variance[k] + epsilon)
//   packed = (((k/block_n * channel_blocks + c/block_c) * taps + tap) * block_c + c%block_c)
//            * block_n + k%block_n
//
// Float only, yet within 1e-6 of the Double result: sums carry their rounding error, the mean is
// kept in two parts, and the reciprocal root gets a Newton step.
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
  float mean, mean_rest, inverse;
} standardization;

static inline standardization standardize(
    __local float *shared, __global const float *w, int count, float epsilon)
{
  const int item = get_local_id(0);
  // Vectors of four, then the rest one by one.
  const int vectors = count / 4;
  exact_sum4 sums = {(float4)(0.0f), (float4)(0.0f)};
  for (int i = item; i < vectors; i += ITEMS) sums = exact_add4(sums, vload4(i, w));
  exact_sum part = exact_join(sums);
  for (int i = vectors * 4 + item; i < count; i += ITEMS) part = exact_add(part, w[i]);
  const exact_sum total = exact_group_total(shared, ITEMS, part);
  standardization result;
  const float terms = max(count, 1);
  result.mean = (total.sum + total.error) / terms;
  result.mean_rest = (fma(-result.mean, terms, total.sum) + total.error) / terms;

  sums = (exact_sum4){(float4)(0.0f), (float4)(0.0f)};
  for (int i = item; i < vectors; i += ITEMS) {
    const float4 d = (vload4(i, w) - result.mean) - result.mean_rest;
    sums = exact_add4(sums, d * d);
  }
  part = exact_join(sums);
  for (int i = vectors * 4 + item; i < count; i += ITEMS) {
    const float d = (w[i] - result.mean) - result.mean_rest;
    part = exact_add(part, d * d);
  }
  const exact_sum squares = exact_group_total(shared, ITEMS, part);
  const float variance = (squares.sum + squares.error) / terms + epsilon;
  result.inverse = 1.0f / sqrt(variance);
  result.inverse *= fma(-0.5f * variance * result.inverse, result.inverse, 1.5f);
  return result;
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
    of[j] = standardize(shared, w + (size_t)k * count, count, epsilon);
  }
  for (int c = item; c < channel_blocks * block_c; c += ITEMS) {
    const size_t block = (size_t)(first / block_n) * channel_blocks + c / block_c;
    __global float *to =
        y + (block * taps * block_c + c % block_c) * block_n + first % block_n;
    for (int tap = 0; tap < taps; tap++, to += block_c * block_n) {
      for (int j = 0; j < OUTPUTS; j++) {
        const bool real = first + j < outputs && c < channels;
        const float v = real ? w[(size_t)(first + j) * count + c * taps + tap] : 0.0f;
        to[j] = real ? ((v - of[j].mean) - of[j].mean_rest) * of[j].inverse : 0.0f;
      }
    }
  }
}
