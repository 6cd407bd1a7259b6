// The end of a residual block: y = activate(f(a) + g(b)), where f and g are the normalisations of
// their inputs (without activation) or nothing. An axis of extent 1 is repeated.
//
//   a, b, y        [N][H][W][pixel stride], each its own stride; y is zero beyond the channels
//   a_, b_coefficients  [N][centre, scale, offset][pixel stride of a, b]
//
// Launch: at least (pixel stride of y, W, N*H) work-items.
static inline float operand(
    __global const float *x, __global const float *coefficients, int image, int row,
    int column, int channel, int4 shape, int normalize)
{
  const int c = shape.z == 1 ? 0 : channel;
  const int iy = shape.x == 1 ? 0 : row, ix = shape.y == 1 ? 0 : column;
  const float v = x[(((size_t)image * shape.x + iy) * shape.y + ix) * shape.w + c];
  if (!normalize) return v;
  coefficients += (size_t)image * 3 * shape.w + c;
  return NORMALIZE(v, coefficients[0], coefficients[shape.w], coefficients[2 * shape.w]);
}

__kernel void add(
    __global const float *restrict a, __global const float *restrict a_coefficients,
    __global const float *restrict b, __global const float *restrict b_coefficients,
    __global float *restrict y,
    int4 a_shape,  // height, width, channels, pixel stride
    int4 b_shape,  // height, width, channels, pixel stride
    int4 out,      // height, width, channels, pixel stride
    int flags, float4 activation)
{
  const int c = get_global_id(0), column = get_global_id(1);
  const int image = get_global_id(2) / out.x, row = get_global_id(2) % out.x;
  if (c >= out.w || column >= out.y) return;
  float v = 0.0f;
  if (c < out.z) {
    v = operand(a, a_coefficients, image, row, column, c, a_shape, flags & FLAG_NORMALIZE) +
        operand(b, b_coefficients, image, row, column, c, b_shape, flags & FLAG_NORMALIZE_SECOND);
    v = activate(v, activation);
  }
  y[(((size_t)image * out.x + row) * out.y + column) * out.w + c] = v;
}
