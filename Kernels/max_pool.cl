// Max pooling, with the input's normalisation if FLAG_NORMALIZE. A padded tap is 0, not -infinity:
// BiT pads with zeros before pooling. A NaN stays one.
//
//   y[n,oy,ox,c] = max over ky,kx of f(x[n, oy*S+ky-top, ox*S+kx-left, c])
//
//   x, y          [N][H][W][pixel stride], each its own stride; y is zero beyond the channels
//   coefficients  [N][centre, scale, offset][pixel stride of x]
//
// CHANNELS channels from `c` on of one output pixel.
static inline void max_pool_pixel(
    int c, int ox, int oy, int image, __global const float *x,
    __global const float *coefficients, __global float *y, int4 in, int4 out,
    int4 window, int2 before, float4 activation)
{
  y += (((size_t)image * out.x + oy) * out.y + ox) * out.w + c;
  if (c < in.z) {
    coefficients += (size_t)image * 3 * in.w + c;
    values largest = (values)(-INFINITY);
    for (int ky = 0; ky < window.x; ky++) {
      for (int kx = 0; kx < window.x; kx++) {
        const int iy = oy * window.y + ky - before.x, ix = ox * window.y + kx - before.y;
        values v = (values)(0.0f);
        if (iy >= 0 && iy < in.x && ix >= 0 && ix < in.y) {
          v = LOAD_VALUES(x + (((size_t)image * in.x + iy) * in.y + ix) * in.w + c);
          if (window.w & FLAG_NORMALIZE) {
            v = NORMALIZE(
                v, LOAD_VALUES(coefficients), LOAD_VALUES(coefficients + in.w),
                LOAD_VALUES(coefficients + 2 * in.w));
            v = activate_values(v, activation);
          }
        }
        largest = ((v > largest) | (v != v)) ? v : largest;
      }
    }
    STORE_VALUES(y, largest);
  }
  zero_beyond(y, c, in.z);
}

#ifndef FUNCTIONS_ONLY
// Launch: at least (pixel stride of y / CHANNELS, Wo, N*Ho) work-items.
__kernel void max_pool(
    __global const float *restrict x, __global const float *restrict coefficients,
    __global float *restrict y,
    int4 in,      // height, width, channels, pixel stride
    int4 out,     // height, width, channels, pixel stride
    int4 window,  // window, stride, unused, FLAG_… bits
    int2 before,  // padding: top, left
    float4 activation)
{
  const int c = get_global_id(0) * CHANNELS, ox = get_global_id(1);
  const int image = get_global_id(2) / out.x, oy = get_global_id(2) % out.x;
  if (c >= out.w || ox >= out.y) return;
  max_pool_pixel(c, ox, oy, image, x, coefficients, y, in, out, window, before, activation);
}
#endif
