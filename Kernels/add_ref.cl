// The sum of two tensors and an activation, obvious: nothing fused. An axis of extent 1 is repeated.
//
// Layouts as add.cl. Launch: at least (pixel stride of y, W, N*H) work-items.
__kernel void add_ref(
    __global const float *restrict a, __global const float *restrict b, __global float *restrict y,
    int4 a_shape,  // height, width, channels, pixel stride
    int4 b_shape,  // height, width, channels, pixel stride
    int4 out,      // height, width, channels, pixel stride
    float4 activation)
{
  const int c = get_global_id(0), x = get_global_id(1);
  const int n = get_global_id(2) / out.x, r = get_global_id(2) % out.x;
  if (c >= out.w || x >= out.y) return;
  float v = 0.0f;
  if (c < out.z) {
    const size_t a_pixel =
        ((size_t)n * a_shape.x + r % a_shape.x) * a_shape.y + x % a_shape.y;
    const size_t b_pixel =
        ((size_t)n * b_shape.x + r % b_shape.x) * b_shape.y + x % b_shape.y;
    v = a[a_pixel * a_shape.w + c % a_shape.z] + b[b_pixel * b_shape.w + c % b_shape.z];
    v = activate(v, activation);
  }
  y[(((size_t)n * out.x + r) * out.y + x) * out.w + c] = v;
}
