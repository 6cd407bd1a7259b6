// Max pooling, with the input's normalisation if FLAG_NORMALIZE. A padded tap is 0, not -infinity:
// BiT pads with zeros before pooling. A NaN stays one.
//
//   y[n,oy,ox,c] = max over ky,kx of f(x[n, oy*S+ky-top, ox*S+kx-left, c])
//
//   x, y          [N][H][W][pixel stride], each its own stride; y is zero beyond the channels
//   coefficients  [N][centre, scale, offset][pixel stride of x]
//
// Launch: at least (pixel stride of y, Wo, N*Ho) work-items.
__kernel void max_pool(
    __global const float *restrict x, __global const float *restrict coefficients,
    __global float *restrict y,
    int4 in,      // height, width, channels, pixel stride
    int4 out,     // height, width, channels, pixel stride
    int4 window,  // window, stride, unused, FLAG_… bits
    int2 before,  // padding: top, left
    float4 activation)
{
  const int c = get_global_id(0), ox = get_global_id(1);
  const int image = get_global_id(2) / out.x, oy = get_global_id(2) % out.x;
  if (c >= out.w || ox >= out.y) return;
  float largest = 0.0f;
  if (c < in.z) {
    coefficients += (size_t)image * 3 * in.w + c;
    largest = -INFINITY;
    for (int ky = 0; ky < window.x; ky++) {
      for (int kx = 0; kx < window.x; kx++) {
        const int iy = oy * window.y + ky - before.x, ix = ox * window.y + kx - before.y;
        float v = 0.0f;
        if (iy >= 0 && iy < in.x && ix >= 0 && ix < in.y) {
          v = x[(((size_t)image * in.x + iy) * in.y + ix) * in.w + c];
          if (window.w & FLAG_NORMALIZE) {
            v = NORMALIZE(v, coefficients[0], coefficients[in.w], coefficients[2 * in.w]);
            v = activate(v, activation);
          }
        }
        if (v > largest || v != v) largest = v;
      }
    }
  }
  y[(((size_t)image * out.x + oy) * out.y + ox) * out.w + c] = largest;
}
