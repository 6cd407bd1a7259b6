// The classifier: y[n,o] = bias[o] + sum over i of x[n,i] * w[o,i].
//
//   x  [N][stride of x]
//   w  [outputs][inputs]
//   y  [N][stride of y], zeros beyond the outputs
//
// ITEMS work-items share one output: item i takes every ITEMS-th vector of sixteen.
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
  // Four sums, or each multiply-add would wait for the one before.
  float16 a = 0.0f, b = 0.0f, c = 0.0f, d = 0.0f;
  const int step = ITEMS * 16;
  int i = item * 16;
  for (; i + 3 * step + 16 <= inputs; i += 4 * step) {
    a = fma(vload16(0, x + i), vload16(0, w + i), a);
    b = fma(vload16(0, x + i + step), vload16(0, w + i + step), b);
    c = fma(vload16(0, x + i + 2 * step), vload16(0, w + i + 2 * step), c);
    d = fma(vload16(0, x + i + 3 * step), vload16(0, w + i + 3 * step), d);
  }
  for (; i + 16 <= inputs; i += step) a = fma(vload16(0, x + i), vload16(0, w + i), a);
  for (; i < inputs; i += step)
    for (int k = i; k < min(i + 16, inputs); k++) a.s0 = fma(x[k], w[k], a.s0);
  a = (a + b) + (c + d);
  const float8 eight = a.even + a.odd;
  const float4 four = eight.even + eight.odd;
  float sum = (four.x + four.y) + (four.z + four.w);
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
