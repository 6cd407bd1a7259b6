// The mean over an image's pixels, with the input's normalisation if FLAG_NORMALIZE.
//
//   y[n,c] = sum over pixels of f(x[n,pixel,c]) / pixels
//
//   x             [N][pixels][pixel stride of x]
//   y             [N][pixel stride of y], zeros beyond the channels
//   coefficients  [N][centre, scale, offset][pixel stride of x]
//
// Launch: at least (pixel stride of y, N) work-items.
__kernel void global_avg_pool(
    __global const float *restrict x, __global const float *restrict coefficients,
    __global float *restrict y, int pixels, int channels, int in_stride, int out_stride, int flags,
    float4 activation)
{
  const int c = get_global_id(0), image = get_global_id(1);
  if (c >= out_stride) return;
  exact_sum sum = {0.0f, 0.0f};
  if (c < channels) {
    coefficients += (size_t)image * 3 * in_stride + c;
    x += (size_t)image * pixels * in_stride + c;
    for (int p = 0; p < pixels; p++) {
      float v = x[(size_t)p * in_stride];
      if (flags & FLAG_NORMALIZE) {
        v = NORMALIZE(
            v, coefficients[0], coefficients[in_stride], coefficients[2 * in_stride]);
        v = activate(v, activation);
      }
      sum = exact_add(sum, v);
    }
  }
  y[(size_t)image * out_stride + c] = (sum.sum + sum.error) / pixels;
}
