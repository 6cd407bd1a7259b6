// The classifier: y[n,o] = bias[o] + sum over i of x[n,i] * w[o,i].
//
//   x  [N][stride of x]
//   w  [outputs][inputs]
//   y  [N][stride of y], zeros beyond the outputs
//
// ITEMS work-items share one output: item i takes every ITEMS-th vector of four.
// Launch: (stride of y * ITEMS, N) in groups of ITEMS.
#ifndef ITEMS
#define ITEMS 1  // work-items an output (1 … 256)
#endif

// One output of one image, by ITEMS work-items.
static inline void linear_output(
    int o, int image, int item, __local float *shared, __global const float *x,
    __global const float *w, __global const float *bias,
    __global float *y, int inputs, int outputs, int in_stride, int out_stride)
{
  x += (size_t)image * in_stride;
  // Beyond the outputs the first row is read, and its sum dropped: barriers need all work-items.
  w += (size_t)(o < outputs ? o : 0) * inputs;
  float4 s0 = 0.0f, s1 = 0.0f, s2 = 0.0f, s3 = 0.0f;
  int i = item * 16;
  for (; i + 16 <= inputs; i += ITEMS * 16) {
    s0 = fma(vload4(0, x + i), vload4(0, w + i), s0);
    s1 = fma(vload4(1, x + i), vload4(1, w + i), s1);
    s2 = fma(vload4(2, x + i), vload4(2, w + i), s2);
    s3 = fma(vload4(3, x + i), vload4(3, w + i), s3);
  }
  for (; i < inputs; i += ITEMS * 16)
    for (int k = i; k < min(i + 16, inputs); k++) s0.x = fma(x[k], w[k], s0.x);
  s0 = (s0 + s1) + (s2 + s3);
  float sum = (s0.x + s0.y) + (s0.z + s0.w);
#if ITEMS > 1
  shared[item] = sum;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item > 0) return;
  sum = 0.0f;
  for (int k = 0; k < ITEMS; k++) sum += shared[k];
#endif
  y[(size_t)image * out_stride + o] = o < outputs ? sum + bias[o] : 0.0f;
}

#ifndef FUNCTIONS_ONLY
__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void linear(
    __global const float *restrict x, __global const float *restrict w,
    __global const float *restrict bias, __global float *restrict y, int inputs, int outputs,
    int in_stride, int out_stride)
{
  __local float shared[ITEMS];
  linear_output(
      get_group_id(0), get_group_id(1), get_local_id(0), shared, x, w, bias, y, inputs, outputs,
      in_stride, out_stride);
}
#endif
