// Convolution for any device: an implicit matrix product through local memory.
//
//   y[n,oy,ox,k] = residual[n,oy,ox,k]
//                + sum over ky,kx,c of f(x[n, oy*S+ky*D-top, ox*S+kx*D-left, c]) * w[ky,kx,c,k]
//   f(v) = activate((v - centre[n,c]) * scale[n,c] + offset[n,c]), and 0 for a padded tap
//
// with the residual, the normalisation f and the statistics of y each there or not (FLAG_…).
//
// A group computes TILE_M output pixels x TILE_N output channels of one image, TILE_K taps-and-
// channels at a time; a work-item MICRO_M x MICRO_N of them, strided so that neighbours in memory
// belong to neighbouring work-items. A tile never straddles images.
//
//   x, residual, y   [N][H][W][pixel stride]
//   w                [ky][kx][c][weight stride]
//   coefficients     [N][centre, scale, offset][pixel stride of x]
//   partials         [N][tiles][mean, M2][pixel stride of y], over the pixels of a tile
//
// Launch: (ceil(K / TILE_N) * GROUP, ceil(Ho*Wo / TILE_M), N) in groups of GROUP.
// Local memory: (TILE_M + TILE_N) * TILE_K floats, at least 2 * TILE_N * TILE_M / MICRO_M.
#ifndef TILE_M
#define TILE_M 64  // output pixels of a group (8 … 128); multiple of MICRO_M
#endif
#ifndef TILE_N
#define TILE_N 64  // output channels of a group (8 … 128); multiple of MICRO_N
#endif
#ifndef TILE_K
#define TILE_K 16  // taps and channels a step (4 … 32)
#endif
#ifndef MICRO_M
#define MICRO_M 4  // pixels of a work-item (1, 2, 4, 8)
#endif
#ifndef MICRO_N
#define MICRO_N 4  // channels of a work-item (1, 2, 4, 8)
#endif
#define ROWS (TILE_M / MICRO_M)     // work-items along the pixels
#define COLUMNS (TILE_N / MICRO_N)  // work-items along the channels
#define GROUP (ROWS * COLUMNS)
#define INPUT_TILE (TILE_M * TILE_K)
#define WEIGHT_TILE (TILE_N * TILE_K)
#define MOMENTS_TILE (ROWS * TILE_N)
#define SCRATCH \
  (INPUT_TILE + WEIGHT_TILE > MOMENTS_TILE ? INPUT_TILE + WEIGHT_TILE : MOMENTS_TILE)

// The value that tap-and-channel `k` of output pixel `m` reads; 0 beyond the image or the kernel.
static inline float input_value(
    __global const float *x, __global const float *coefficients, int m, int k,
    int depth, int4 in, int4 out, int4 window, int2 before, float4 activation)
{
  if (m >= out.x * out.y || k >= depth) return 0.0f;
  const int c = k % in.z, tap = k / in.z;
  const int iy = m / out.y * window.y + tap / window.x * window.z - before.x;
  const int ix = m % out.y * window.y + tap % window.x * window.z - before.y;
  if (iy < 0 || iy >= in.x || ix < 0 || ix >= in.y) return 0.0f;
  const float v = x[((size_t)iy * in.y + ix) * in.w + c];
  if (!(window.w & FLAG_NORMALIZE)) return v;
  return activate(
      NORMALIZE(v, coefficients[c], coefficients[in.w + c], coefficients[2 * in.w + c]),
      activation);
}

// Sums `value` over the work-items of a column, for each of the MICRO_N channels, in a fixed order.
static inline float column_sum(__local float *scratch, int row, int channel, float value)
{
  barrier(CLK_LOCAL_MEM_FENCE);
  scratch[row * TILE_N + channel] = value;
  barrier(CLK_LOCAL_MEM_FENCE);
  float sum = 0.0f;
  for (int r = 0; r < ROWS; r++) sum += scratch[r * TILE_N + channel];
  return sum;
}

__kernel __attribute__((reqd_work_group_size(GROUP, 1, 1)))
void conv2d_tiled(
    __global const float *restrict x, __global const float *restrict w,
    __global const float *restrict coefficients, __global const float *restrict residual,
    __global float *restrict y, __global float *restrict partials,
    int4 in,      // height, width, channels, pixel stride
    int4 out,     // height, width, channels, pixel stride
    int4 window,  // kernel, stride, dilation, FLAG_… bits
    int2 before,  // padding: top, left
    int weight_stride, float4 activation)
{
  __local float scratch[SCRATCH];
  __local float *a = scratch, *b = scratch + INPUT_TILE;
  const int image = get_group_id(2), item = get_local_id(0);
  const int column = item % COLUMNS, row = item / COLUMNS;
  const int m0 = get_group_id(1) * TILE_M, n0 = get_group_id(0) * TILE_N;
  const int pixels = out.x * out.y, depth = window.x * window.x * in.z;
  x += (size_t)image * in.x * in.y * in.w;
  coefficients += (size_t)image * 3 * in.w;

  float sum[MICRO_M][MICRO_N];
  for (int i = 0; i < MICRO_M; i++)
    for (int j = 0; j < MICRO_N; j++) sum[i][j] = 0.0f;

  for (int k0 = 0; k0 < depth; k0 += TILE_K) {
    for (int i = item; i < INPUT_TILE; i += GROUP) {
      const int m = i / TILE_K, k = i % TILE_K;
      a[k * TILE_M + m] = input_value(
          x, coefficients, m0 + m, k0 + k, depth, in, out, window, before, activation);
    }
    for (int i = item; i < WEIGHT_TILE; i += GROUP) {
      const int n = i % TILE_N, k = i / TILE_N;
      b[i] = k0 + k < depth && n0 + n < out.z ? w[(size_t)(k0 + k) * weight_stride + n0 + n] : 0.0f;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int k = 0; k < TILE_K; k++) {
      float weight[MICRO_N];
      for (int j = 0; j < MICRO_N; j++) weight[j] = b[k * TILE_N + column + j * COLUMNS];
      for (int i = 0; i < MICRO_M; i++) {
        const float v = a[k * TILE_M + row + i * ROWS];
        for (int j = 0; j < MICRO_N; j++) sum[i][j] = fma(v, weight[j], sum[i][j]);
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }

  for (int i = 0; i < MICRO_M; i++) {
    const int m = m0 + row + i * ROWS;
    for (int j = 0; j < MICRO_N; j++) {
      const int n = n0 + column + j * COLUMNS;
      if (m < pixels && n < out.w) {
        const size_t at = ((size_t)image * pixels + m) * out.w + n;
        if (window.w & FLAG_RESIDUAL) sum[i][j] += residual[at];
        y[at] = sum[i][j];
      }
    }
  }
  if (!(window.w & FLAG_STATISTICS)) return;

  const int count = min(TILE_M, pixels - m0);
  for (int j = 0; j < MICRO_N; j++) {
    const int channel = column + j * COLUMNS;
    // Sums are taken about the tile's first pixel, so that a mean far from zero costs no digits.
    barrier(CLK_LOCAL_MEM_FENCE);
    if (row == 0) scratch[channel] = sum[0][j];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float about = scratch[channel];
    float part = 0.0f;
    for (int i = 0; i < MICRO_M; i++)
      if (row + i * ROWS < count) part += sum[i][j] - about;
    const float mean = about + column_sum(scratch, row, channel, part) / count;
    part = 0.0f;
    for (int i = 0; i < MICRO_M; i++) {
      const float d = sum[i][j] - mean;
      if (row + i * ROWS < count) part = fma(d, d, part);
    }
    const float m2 = column_sum(scratch, row, channel, part);
    if (row == 0 && n0 + channel < out.w) {
      const size_t tile = (size_t)image * get_num_groups(1) + get_group_id(1);
      partials[tile * 2 * out.w + n0 + channel] = mean;
      partials[(tile * 2 + 1) * out.w + n0 + channel] = m2;
    }
  }
}
