// Convolution, obvious and slow: one work-item an output element, nothing fused.
//
//   y[n,oy,ox,k] = sum over ky,kx,c of x[n, oy*S+ky*D-top, ox*S+kx*D-left, c] * w[ky,kx,c,k]
//
// Layouts as conv2d_tiled.cl. Launch: at least (pixel stride of y, Wo, N*Ho) work-items.
__kernel void conv2d_ref(
    __global const float *restrict x, __global const float *restrict w,
    __global float *restrict y,
    int4 in,      // height, width, channels, pixel stride
    int4 out,     // height, width, channels, pixel stride
    int4 window,  // kernel, stride, dilation
    int2 before,  // padding: top, left
    int weight_stride)
{
  const int k = get_global_id(0), ox = get_global_id(1);
  const int image = get_global_id(2) / out.x, oy = get_global_id(2) % out.x;
  if (k >= out.w || ox >= out.y) return;
  exact_sum sum = {0.0f, 0.0f};
  for (int ky = 0; ky < window.x; ky++) {
    for (int kx = 0; kx < window.x; kx++) {
      const int iy = oy * window.y + ky * window.z - before.x;
      const int ix = ox * window.y + kx * window.z - before.y;
      if (iy < 0 || iy >= in.x || ix < 0 || ix >= in.y || k >= out.z) continue;
      for (int c = 0; c < in.z; c++) {
        const float v = x[(((size_t)image * in.x + iy) * in.y + ix) * in.w + c];
        const size_t tap = (size_t)(ky * window.x + kx) * in.z + c;
        sum = exact_multiply_add(sum, v, w[tap * weight_stride + k]);
      }
    }
  }
  y[(((size_t)image * out.x + oy) * out.y + ox) * out.w + k] = sum.sum + sum.error;
}
