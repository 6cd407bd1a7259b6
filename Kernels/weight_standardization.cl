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
// ITEMS work-items share one output channel.
// Launch: (output blocks * block_n * ITEMS) in groups of ITEMS.
#ifndef ITEMS
#define ITEMS 1  // work-items an output channel (1 … 256)
#endif

static inline exact_sum group_total(__local float *shared, exact_sum part)
{
  const int item = get_local_id(0);
  barrier(CLK_LOCAL_MEM_FENCE);
  shared[item] = part.sum;
  shared[ITEMS + item] = part.error;
  barrier(CLK_LOCAL_MEM_FENCE);
  exact_sum total = {0.0f, 0.0f};
  for (int i = 0; i < ITEMS; i++) total = exact_add(total, shared[i]);
  for (int i = 0; i < ITEMS; i++) total.error += shared[ITEMS + i];
  return total;
}

__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void weight_standardization(
    __global const float *restrict w, __global float *restrict y, int outputs, int channels,
    int taps, int block_n, int block_c, int channel_blocks, float epsilon)
{
  __local float shared[2 * ITEMS];
  const int k = get_group_id(0), item = get_local_id(0);
  const int count = k < outputs ? channels * taps : 0;
  w += (size_t)(k < outputs ? k : 0) * channels * taps;

  exact_sum part = {0.0f, 0.0f};
  for (int i = item; i < count; i += ITEMS) part = exact_add(part, w[i]);
  const exact_sum total = group_total(shared, part);
  const float terms = max(count, 1);
  const float mean = (total.sum + total.error) / terms;
  const float mean_rest = (fma(-mean, terms, total.sum) + total.error) / terms;

  part = (exact_sum){0.0f, 0.0f};
  for (int i = item; i < count; i += ITEMS) {
    const float d = (w[i] - mean) - mean_rest;
    part = exact_add(part, d * d);
  }
  const exact_sum squares = group_total(shared, part);
  const float variance = (squares.sum + squares.error) / terms + epsilon;
  float inverse = 1.0f / sqrt(variance);
  inverse = inverse * fma(-0.5f * variance * inverse, inverse, 1.5f);

  for (int i = item; i < channel_blocks * block_c * taps; i += ITEMS) {
    const int c = i / taps, tap = i % taps;
    const bool real = k < outputs && c < channels;
    const size_t block = (size_t)(k / block_n) * channel_blocks + c / block_c;
    const size_t at = ((block * taps + tap) * block_c + c % block_c) * block_n + k % block_n;
    y[at] = real ? ((w[i] - mean) - mean_rest) * inverse : 0.0f;
  }
}
