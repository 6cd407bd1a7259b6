// Max pooling, obvious: one work-item an output element, nothing fused. A padded tap is 0.
//
// Layouts as max_pool.cl. Launch: at least (pixel stride of y, Wo, N*Ho) work-items.
__kernel void max_pool_ref(
    __global const float *restrict x, __global float *restrict y,
    int4 in,      // height, width, channels, pixel stride
    int4 out,     // height, width, channels, pixel stride
    int4 window,  // window, stride
    int2 before)  // padding: top, left
{
  const int c = get_global_id(0), ox = get_global_id(1);
  const int image = get_global_id(2) / out.x, oy = get_global_id(2) % out.x;
  if (c >= out.w || ox >= out.y) return;
  float largest = -INFINITY;
  for (int tap = 0; tap < window.x * window.x; tap++) {
    const int iy = oy * window.y + tap / window.x - before.x;
    const int ix = ox * window.y + tap % window.x - before.y;
    const bool inside = c < in.z && iy >= 0 && iy < in.x && ix >= 0 && ix < in.y;
    const float v = inside ? x[(((size_t)image * in.x + iy) * in.y + ix) * in.w + c] : 0.0f;
    if (v > largest || v != v) largest = v;
  }
  y[(((size_t)image * out.x + oy) * out.y + ox) * out.w + c] = largest;
}
