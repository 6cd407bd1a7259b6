// Weight standardisation, obvious: one work-item an output channel, the layout kept.
//
//   y[k,i] = (w[k,i] - mean[k]) / sqrt(variance[k] + epsilon)
//
//   w, y  [outputs][count]
//
// Launch: at least (outputs) work-items.
__kernel void weight_standardization_ref(
    __global const float *restrict w, __global float *restrict y, int outputs, int count,
    float epsilon)
{
  const int k = get_global_id(0);
  if (k >= outputs) return;
  w += (size_t)k * count;
  y += (size_t)k * count;
  exact_sum sum = {0.0f, 0.0f}, squares = {0.0f, 0.0f};
  for (int i = 0; i < count; i++) sum = exact_add(sum, w[i]);
  const float mean = (sum.sum + sum.error) / count;
  for (int i = 0; i < count; i++) squares = exact_add(squares, (w[i] - mean) * (w[i] - mean));
  const float variance = (squares.sum + squares.error) / count;
  for (int i = 0; i < count; i++) y[i] = (w[i] - mean) / sqrt(variance + epsilon);
}
