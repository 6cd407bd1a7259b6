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

__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void linear(
    __global const float *restrict x, __global const float *restrict w,
    __global const float *restrict bias, __global float *restrict y, int inputs, int outputs,
    int in_stride, int out_stride)
{
  __local float shared[ITEMS];
  const int o = get_group_id(0), image = get_group_id(1), item = get_local_id(0);
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
  shared[item] = (s0.x + s0.y) + (s0.z + s0.w);
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item == 0) {
    float sum = 0.0f;
    for (int k = 0; k < ITEMS; k++) sum += shared[k];
    y[(size_t)image * out_stride + o] = o < outputs ? sum + bias[o] : 0.0f;
  }
}
