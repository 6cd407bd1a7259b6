// Surrounds a tensor with a border of zeros; its own reference.
//
//   x, y  [N][H][W][pixel stride], each its own stride; y is zero beyond the channels
//
// Launch: at least (pixel stride of y, Wo, N*Ho) work-items.
__kernel void zero_pad(
    __global const float *restrict x, __global float *restrict y,
    int4 in,   // height, width, channels, pixel stride
    int4 out,  // height, width, channels, pixel stride
    int border)
{
  const int c = get_global_id(0), ox = get_global_id(1);
  const int image = get_global_id(2) / out.x, oy = get_global_id(2) % out.x;
  if (c >= out.w || ox >= out.y) return;
  const int iy = oy - border, ix = ox - border;
  const bool inside = c < in.z && iy >= 0 && iy < in.x && ix >= 0 && ix < in.y;
  y[(((size_t)image * out.x + oy) * out.y + ox) * out.w + c] =
      inside ? x[(((size_t)image * in.x + iy) * in.y + ix) * in.w + c] : 0.0f;
}
