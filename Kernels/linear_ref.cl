// The classifier, obvious: one work-item an output.
//
// Layouts as linear.cl. Launch: at least (stride of y, N) work-items.
__kernel void linear_ref(
    __global const float *restrict x, __global const float *restrict w,
    __global const float *restrict bias, __global float *restrict y, int inputs, int outputs,
    int in_stride, int out_stride)
{
  const int o = get_global_id(0), image = get_global_id(1);
  if (o >= out_stride) return;
  exact_sum sum = {0.0f, 0.0f};
  for (int i = 0; i < inputs && o < outputs; i++)
    sum = exact_multiply_add(sum, x[(size_t)image * in_stride + i], w[(size_t)o * inputs + i]);
  if (o < outputs) sum = exact_add(sum, bias[o]);
  y[(size_t)image * out_stride + o] = sum.sum + sum.error;
}
