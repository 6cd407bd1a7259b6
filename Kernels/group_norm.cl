// Normalises a tensor where no reader does it by itself.
//
//   y = activate((x - centre[n,c]) * scale[n,c] + offset[n,c])
//
//   x             [N][H][W][pixel stride of x]
//   y             [N][H][W][pixel stride of y], zeros beyond the channels
//   coefficients  [N][centre, scale, offset][pixel stride of x], from group_norm_statistics.cl
//
// Launch: at least (pixel stride of y, W, N*H) work-items.
__kernel void group_norm(
    __global const float *restrict x, __global const float *restrict coefficients,
    __global float *restrict y,
    int4 in,   // height, width, channels, pixel stride
    int4 out,  // height, width, channels, pixel stride
    float4 activation)
{
  const int c = get_global_id(0), column = get_global_id(1), row = get_global_id(2);
  if (c >= out.w || column >= in.y) return;
  const size_t pixel = (size_t)row * in.y + column;
  float v = 0.0f;
  if (c < in.z) {
    coefficients += (size_t)(row / in.x) * 3 * in.w + c;
    v = NORMALIZE(x[pixel * in.w + c], coefficients[0], coefficients[in.w], coefficients[2 * in.w]);
    v = activate(v, activation);
  }
  y[pixel * out.w + c] = v;
}
