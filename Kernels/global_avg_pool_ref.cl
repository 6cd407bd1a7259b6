// The mean over an image's pixels, obvious: nothing fused.
//
// Layouts as global_avg_pool.cl. Launch: at least (pixel stride of y, N) work-items.
__kernel void global_avg_pool_ref(
    __global const float *restrict x, __global float *restrict y, int pixels, int channels,
    int in_stride, int out_stride)
{
  const int c = get_global_id(0), image = get_global_id(1);
  if (c >= out_stride) return;
  exact_sum sum = {0.0f, 0.0f};
  for (int p = 0; p < pixels && c < channels; p++)
    sum = exact_add(sum, x[((size_t)image * pixels + p) * in_stride + c]);
  y[(size_t)image * out_stride + c] = (sum.sum + sum.error) / pixels;
}
