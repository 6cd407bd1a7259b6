// The mean over an image's pixels, with the input's normalisation if FLAG_NORMALIZE.
//
//   y[n,c] = sum over pixels of f(x[n,pixel,c]) / pixels
//
//   x             [N][pixels][pixel stride of x]
//   y             [N][pixel stride of y], zeros beyond the channels
//   coefficients  [N][centre, scale, offset][pixel stride of x]
//
typedef struct {
  values sum, error;
} exact_values;
DEFINE_EXACT_ADD(values, exact_values, exact_add_values)

// CHANNELS channels from `c` on of one image.
static inline void global_avg_pool_channels(
    int c, int image, __global const float *x, __global const float *coefficients,
    __global float *y, int pixels, int channels, int in_stride, int out_stride, int flags,
    float4 activation)
{
  y += (size_t)image * out_stride + c;
  if (c < channels) {
    exact_values sum = {(values)(0.0f), (values)(0.0f)};
    coefficients += (size_t)image * 3 * in_stride + c;
    x += (size_t)image * pixels * in_stride + c;
    for (int p = 0; p < pixels; p++) {
      values v = LOAD_VALUES(x + (size_t)p * in_stride);
      if (flags & FLAG_NORMALIZE) {
        v = NORMALIZE(
            v, LOAD_VALUES(coefficients), LOAD_VALUES(coefficients + in_stride),
            LOAD_VALUES(coefficients + 2 * in_stride));
        v = activate_values(v, activation);
      }
      sum = exact_add_values(sum, v);
    }
    STORE_VALUES(y, (sum.sum + sum.error) / (values)(pixels));
  }
  zero_beyond(y, c, channels);
}

#ifndef FUNCTIONS_ONLY
// Launch: at least (pixel stride of y / CHANNELS, N) work-items.
__kernel void global_avg_pool(
    __global const float *restrict x, __global const float *restrict coefficients,
    __global float *restrict y, int pixels, int channels, int in_stride, int out_stride, int flags,
    float4 activation)
{
  const int c = get_global_id(0) * CHANNELS, image = get_global_id(1);
  if (c >= out_stride) return;
  global_avg_pool_channels(
      c, image, x, coefficients, y, pixels, channels, in_stride, out_stride, flags, activation);
}
#endif
