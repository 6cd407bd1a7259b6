// 1x1 convolution without padding for devices of CPU type: a matrix product of pixels and channels.
//
//   y[n,p,k] = residual[n,p,k] + sum over c of f(x[n, q(p), c]) * w[k,c]
//
// q(p) is output pixel p's pixel of the input: every S-th of every S-th row. What f, the operands and their layouts
// are is told in conv2d_vector.cl. As pixels have no neighbours here, a tile is a run of them, of any length, and
// the register tile's pixels lie one behind the other in the patch and in the output: one address each, where
// conv2d_vector.cl has MICRO_PIXELS of them. R50x1 at 224, batch 8, on AVX-512: 1x1 layers take 0.96 to 0.99 of the
// time, those of 56x56 pixels 0.88 to 0.96.
//
//   patch   [C/BLOCK_C][pixels of the tile][BLOCK_C], and (MICRO_PIXELS - 1) * BLOCK_C floats more, which a last
//           register tile reads for nothing
//
// The register tile is that of vector_tile.clh, which goes before this file.
//
// Launch: (runs of channel blocks, tiles, N) groups of 1.
#define MULTIPLY_POINT(j) MULTIPLY_ACCUMULATE(j, from[i + j * BLOCK_C])
#define SWEEP_POINTS(EACH)                                                     \
  for (int b = 0; b < blocks; b++, from += plane) {                            \
    PREFETCH_AHEAD                                                             \
    _Pragma("unroll 4")                                                        \
    for (int i = 0; i < BLOCK_C; i++, wp += BLOCK_N) {                         \
      const vfloat wa = LOAD(wp), wb = LOAD(wp + VECTOR);                      \
      EACH(MULTIPLY_POINT)                                                     \
    }                                                                          \
  }
#define ADD_RESIDUAL_POINT(j) ADD_RESIDUAL_AT(j, output + j * out.w)
#define STORE_POINT(j) STORE_AT(j, output + j * out.w)

// Some channel blocks of a tile of pixels. Where the stride is 1 an image may count as one row.
static inline void pointwise_tile(
    int4 group,     // tile, image, tiles of an image, whether `patch` holds the tile's input already
    int2 channels,  // blocks of output channels: first, end
    later_tile later, __global const float *x, __global const float *w,
    __global const float *coefficients, __global const float *residual,
    __global float *y, __global float *partials, __local float *patch,
    int4 in, int4 out, int4 window, int4 tile, float4 activation)
{
  const int t = group.x, image = group.y, tiles = group.z, stride = window.y, flags = window.w;
  const int all = out.x * out.y, first = t * tile.y, pixels = min(tile.y, all - first);
  const int plane = pixels * BLOCK_C, blocks = in.w / BLOCK_C;
  if (!group.w) {
    const int width = (in.y + stride - 1) / stride;
    x += (size_t)image * in.x * in.y * in.w;
    coefficients += (size_t)image * 3 * in.w;
    for (int p = 0; p < pixels; p++) {
      const int row = (first + p) / width * stride, column = (first + p) % width * stride;
      fill_pixel(patch + p * BLOCK_C, plane, x + ((size_t)row * in.y + column) * in.w, coefficients,
                 in.w, true, flags & FLAG_NORMALIZE, activation);
    }
    for (int i = 0; i < (MICRO_PIXELS - 1) * BLOCK_C; i++) patch[blocks * plane + i] = 0.0f;
  }

  const int ahead_rate = (MICRO_PIXELS + blocks - 1) / blocks;
  // Each channel block fetches its share of a later tile's input, some lines at each block of its channels. Those
  // which read every other pixel do without.
  const int all_blocks = channel_blocks(0, out.w, out.w).y;
  if (stride > 1) later.x = 0;
  const int2 later_first = (int2)(0, later.tile * tile.y);
  const int later_rate = plane / 16 / (all_blocks * (pixels / MICRO_PIXELS + 1)) + 1;
  for (int n = channels.x; n < channels.y; n++) {
    const int second = n * BLOCK_N + VECTOR < out.w;
    const size_t begin = ((size_t)image * all + first) * out.w + (size_t)n * BLOCK_N;
    input_run later_run = run_of(later.x, (int4)(1, all, in.zw), later_first, (int2)(1, tile.y), n, all_blocks);
    moments total_a = {(vfloat)(0.0f), (vfloat)(0.0f)}, total_b = total_a;
    size_t output = begin;
    int valid;
    for (int m = 0; m < pixels; m += valid, output += valid * out.w) {
      valid = register_pixels(pixels - m);
      // The next pixels, or the first ones again for the next block of channels.
      const size_t ahead = m + valid < pixels ? output + valid * out.w : begin + BLOCK_N;
      int q = 0;
      EACH_PIXEL(DECLARE_ACCUMULATORS)
      __global const float *wp = w + n * (size_t)in.w * BLOCK_N;
      __local const float *from = patch + m * BLOCK_C;
      if (valid <= REST_PIXELS) SWEEP_POINTS(EACH_REST_PIXEL) else SWEEP_POINTS(EACH_PIXEL)
      if (flags & FLAG_RESIDUAL) { EACH_PIXEL(ADD_RESIDUAL_POINT) }
      EACH_PIXEL(STORE_POINT)
      if (flags & FLAG_STATISTICS) MERGE_REGISTER_TILE(m)
    }
    if (flags & FLAG_STATISTICS) {
      __global float *to = partials + ((size_t)image * tiles + t) * 2 * out.w + n * BLOCK_N;
      store_moments(to, out.w, total_a, total_b, second);
    }
  }
}

#ifndef FUNCTIONS_ONLY
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void conv2d_pointwise(
    __global const float *restrict x, __global const float *restrict w,
    __global const float *restrict coefficients, __global const float *restrict residual,
    __global float *restrict y, __global float *restrict partials, __local float *restrict patch,
    int4 in,      // height, width, channels, pixel stride
    int4 out,     // height, width, channels, pixel stride
    int4 window,  // 1, stride, 1, FLAG_… bits
    int4 tile,    // 1, pixels, tiles, channel blocks a group
    float4 activation)
{
  const int4 group = (int4)(get_group_id(1), get_group_id(2), get_num_groups(1), 0);
  pointwise_tile(group, channel_blocks(get_group_id(0), tile.w, out.w), (later_tile){0, 0}, x, w,
                 coefficients, residual, y, partials, patch, in, out, window, tile, activation);
}
#endif
