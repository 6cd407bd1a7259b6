// Group normalisation, obvious and slow: each work-item finds its group's mean and variance anew.
//
//   y = activate((x - mean) / sqrt(variance + epsilon) * weight[c] + bias[c])
//
// Layouts as group_norm.cl. Launch: at least (pixel stride of y, W, N*H) work-items.
__kernel void group_norm_ref(
    __global const float *restrict x, __global const float *restrict weight,
    __global const float *restrict bias, __global float *restrict y,
    int4 in,   // height, width, channels, pixel stride
    int4 out,  // height, width, channels, pixel stride
    int groups, float epsilon, float4 activation)
{
  const int c = get_global_id(0), column = get_global_id(1), row = get_global_id(2);
  if (c >= out.w || column >= in.y) return;
  const size_t at = ((size_t)row * in.y + column) * in.w + c;
  float v = 0.0f;
  if (c < in.z) {
    const int size = in.z / groups, first = c / size * size, pixels = in.x * in.y;
    __global const float *from = x + (size_t)(row / in.x) * pixels * in.w + first;
    const float about = from[0];
    exact_sum sum = {0.0f, 0.0f}, squares = {0.0f, 0.0f};
    for (int p = 0; p < pixels; p++)
      for (int k = 0; k < size; k++) sum = exact_add(sum, from[(size_t)p * in.w + k] - about);
    const float shift = (sum.sum + sum.error) / ((float)pixels * size);
    for (int p = 0; p < pixels; p++)
      for (int k = 0; k < size; k++) {
        const float d = from[(size_t)p * in.w + k] - about - shift;
        squares = exact_add(squares, d * d);
      }
    const float variance = (squares.sum + squares.error) / ((float)pixels * size);
    v = (x[at] - about - shift) / sqrt(variance + epsilon) * weight[c] + bias[c];
    v = activate(v, activation);
  }
  y[((size_t)row * in.y + column) * out.w + c] = v;
}
