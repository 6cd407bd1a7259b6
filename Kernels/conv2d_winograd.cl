// 3x3 convolution of stride and dilation 1 by Winograd's F(2x2, 3x3), for devices of CPU type.
//
//   y = A^T (sum over c of (G g[k,c] G^T) * (B^T d[c] B)) A      * is element by element
//
//         1  0 -1  0          1    0    0
//   B^T = 0  1  1  0     G = 1/2  1/2  1/2     A^T = 1  1  1  0
//         0 -1  1  0         1/2 -1/2  1/2           0  1 -1 -1
//         0  1  0 -1          0    0    1
//
// (Winograd 1980; Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015.) A 4x4 patch
// d of the normalised input gives a square of 2x2 outputs with 16 products a channel instead of 36. The
// sums are C terms long instead of 9 C: the result is nearer to the exact one than the direct form's.
// Error / largest output, direct and here, for R50x1's layers: 56x56x64 7.1e-7, 3.5e-7; 28x28x128 8.5e-7,
// 4.8e-7; 14x14x256 1.15e-6, 5.5e-7; 7x7x512 1.9e-6, 8.7e-7.
//
// What is not finite spreads: a patch is summed before it meets the kernel, so that an infinity or a NaN
// makes NaN of the whole squares whose patches hold it, never of a finite number. That is at most one row
// and column of outputs beyond those that depend on it, in the same image. Values from 2^126 on may
// overflow in a patch's sum of four.
//
// What y and the operands are is told in conv2d_vector.cl; the rest as well but for
//
//   w        [K/BLOCK_N][16 positions][C][BLOCK_N], the kernels as G g G^T (winograd_weights.cl)
//   scratch  [16 positions][C/BLOCK_C][squares][BLOCK_C], the patches as B^T d B, and
//            (MICRO_PIXELS - 1) * BLOCK_C floats more, which a last register tile reads for nothing;
//            [16 positions][squares][BLOCK_N], the sums over c
//
// A group computes a rectangle of squares for a run of output-channel blocks: it transforms the patches,
// then for each block multiplies position by position (a matrix product, by the register tile of
// MICRO_PIXELS squares x BLOCK_N channels of vector_tile.clh) and transforms the sums. Between register
// tiles of a position its weights, 64 C bytes or 128 C, stay in the first-level cache.
//
// Launch: (runs of channel blocks, tiles, N) groups of 1.
#define POSITIONS 16
#define LOAD_LOCAL(p) (*(__local const vfloat *)(p))
#define STORE_LOCAL(p, v) (*(__local vfloat *)(p) = (v))

// B^T applied to four values, in place.
#define TRANSFORM_INPUT(d0, d1, d2, d3)                                     \
  {                                                                         \
    const vfloat t0 = d0 - d2, t1 = d1 + d2, t2 = d2 - d1, t3 = d1 - d3;    \
    d0 = t0, d1 = t1, d2 = t2, d3 = t3;                                     \
  }

// B^T d B of VECTOR channels of one square, positions `step` floats apart. `origin` is where the 4x4
// patch begins in the image.
static inline void transform_patch(
    __local float *to, int step, __global const float *x, __global const float *coefficients,
    int4 in, int2 origin, int normalize, float4 activation)
{
  // One by one and not unrolled: an activation may be long.
#pragma unroll 1
  for (int p = 0; p < POSITIONS; p++) {
    const int iy = origin.x + p / 4, ix = origin.y + p % 4;
    const bool inside = iy >= 0 && iy < in.x && ix >= 0 && ix < in.y;
    const vfloat v = inside ? load_pixel(x + ((ptrdiff_t)iy * in.y + ix) * in.w, coefficients,
                                         in.w, normalize, activation)
                            : (vfloat)(0.0f);
    STORE_LOCAL(to + p * step, v);
  }
  vfloat d[4][4];
#pragma unroll
  for (int i = 0; i < 4; i++) {
#pragma unroll
    for (int j = 0; j < 4; j++) d[i][j] = LOAD_LOCAL(to + (i * 4 + j) * step);
  }
#pragma unroll
  for (int j = 0; j < 4; j++) TRANSFORM_INPUT(d[0][j], d[1][j], d[2][j], d[3][j])
#pragma unroll
  for (int i = 0; i < 4; i++) {
    TRANSFORM_INPUT(d[i][0], d[i][1], d[i][2], d[i][3])
#pragma unroll
    for (int j = 0; j < 4; j++) STORE_LOCAL(to + (i * 4 + j) * step, d[i][j]);
  }
}

// A^T m A of VECTOR channels of one square: adds the residual, stores the `extent` (rows, columns; 1 or 2
// each) that lies in the image, and merges its moments into those of `count` pixels before.
static inline moments finish_square(
    moments total, int count, __local const float *sums, int step,
    __global const float *residual, __global float *y, int row_stride, int pixel_stride,
    int2 extent, int flags)
{
  vfloat s[2][4], v[2][2];
#pragma unroll
  for (int j = 0; j < 4; j++) {
    const vfloat m0 = LOAD_LOCAL(sums + j * step), m1 = LOAD_LOCAL(sums + (4 + j) * step);
    const vfloat m2 = LOAD_LOCAL(sums + (8 + j) * step), m3 = LOAD_LOCAL(sums + (12 + j) * step);
    s[0][j] = m0 + (m1 + m2);
    s[1][j] = (m1 - m2) - m3;
  }
  vfloat mean = (vfloat)(0.0f);
#pragma unroll
  for (int i = 0; i < 2; i++) {
    v[i][0] = s[i][0] + (s[i][1] + s[i][2]);
    v[i][1] = (s[i][1] - s[i][2]) - s[i][3];
#pragma unroll
    for (int j = 0; j < 2; j++) {
      if (i >= extent.x || j >= extent.y) continue;
      const size_t at = (size_t)i * row_stride + j * pixel_stride;
      if (flags & FLAG_RESIDUAL) v[i][j] += LOAD(residual + at);
      *(__global vfloat *)(y + at) = v[i][j];
      mean += v[i][j] - v[0][0];
    }
  }
  if (!(flags & FLAG_STATISTICS)) return total;

  const int pixels = extent.x * extent.y;
  moments part = {v[0][0] + mean * (vfloat)(1.0f / pixels), (vfloat)(0.0f)};
#pragma unroll
  for (int i = 0; i < 2; i++) {
#pragma unroll
    for (int j = 0; j < 2; j++) {
      if (i >= extent.x || j >= extent.y) continue;
      const vfloat d = v[i][j] - part.mean;
      part.m2 = fma(d, d, part.m2);
    }
  }
  return merge(total, count, part, pixels);
}

#define MULTIPLY_SQUARE(j) MULTIPLY_ACCUMULATE(j, from[i + j * BLOCK_C])
#define STORE_SUMS(j)                                        \
  if (j < valid) {                                           \
    STORE_LOCAL(to + j * BLOCK_N, a##j);                     \
    STORE_LOCAL(to + j * BLOCK_N + VECTOR, b##j);            \
  }

// The sums over all channels at one position, for all squares.
static inline void multiply_position(
    __local float *to, __local const float *patches, __global const float *w, int squares,
    int blocks)
{
  for (int m = 0; m < squares; m += MICRO_PIXELS, to += MICRO_PIXELS * BLOCK_N) {
    const int valid = min(MICRO_PIXELS, squares - m);
    __global const float *wp = w;
    __local const float *from = patches + m * BLOCK_C;
    EACH_PIXEL(DECLARE_ACCUMULATORS)
    for (int b = 0; b < blocks; b++, from += squares * BLOCK_C) {
#pragma unroll 8
      for (int i = 0; i < BLOCK_C; i++, wp += BLOCK_N) {
        const vfloat wa = LOAD(wp), wb = LOAD(wp + VECTOR);
        EACH_PIXEL(MULTIPLY_SQUARE)
      }
    }
    EACH_PIXEL(STORE_SUMS)
  }
}

// One group's share of a convolution. `tile` counts output pixels, as conv2d_vector.cl's; its rows and
// columns are even.
static inline void winograd_tile(
    int4 group,  // run of channel blocks, tile, image, tiles of an image
    __global const float *x, __global const float *w,
    __global const float *coefficients, __global const float *residual,
    __global float *y, __global float *partials, __local float *scratch,
    int4 in, int4 out, int flags, int2 before, int4 tile, float4 activation)
{
  const int t = group.y, image = group.z, tiles = group.w;
  const int top = (t / tile.z) * tile.x, left = (t % tile.z) * tile.y;
  const int rows = min(tile.x, out.x - top), columns = min(tile.y, out.y - left);
  const int across = (columns + 1) / 2, squares = (rows + 1) / 2 * across;
  const int blocks = in.w / BLOCK_C;
  const int position = blocks * squares * BLOCK_C;

  x += (size_t)image * in.x * in.y * in.w;
  coefficients += (size_t)image * 3 * in.w;
  for (int s = 0; s < squares; s++) {
    const int2 origin =
        (int2)(top + s / across * 2 - before.x, left + s % across * 2 - before.y);
    for (int k = 0; k < in.w; k += VECTOR)
      transform_patch(scratch + (k / BLOCK_C * squares + s) * BLOCK_C + k % BLOCK_C, position,
                      x + k, coefficients + k, in, origin, flags & FLAG_NORMALIZE, activation);
  }
  __local float *beyond = scratch + POSITIONS * position;
  for (int i = 0; i < (MICRO_PIXELS - 1) * BLOCK_C; i++) beyond[i] = 0.0f;
  __local float *sums = beyond + MICRO_PIXELS * BLOCK_C;

  const int row_stride = out.y * out.w;
  const int first = group.x * tile.w;
  const int last = min(first + tile.w, (out.w + BLOCK_N - 1) / BLOCK_N);
  for (int n = first; n < last; n++) {
    const size_t output =
        (((size_t)image * out.x + top) * out.y + left) * out.w + (size_t)n * BLOCK_N;
    for (int p = 0; p < POSITIONS; p++) {
      // What will be written, and added, arrives meanwhile: a share of it at each position.
      for (int s = p; s < squares; s += POSITIONS) {
        const size_t at =
            output + (size_t)(s / across * 2) * row_stride + s % across * 2 * out.w;
        for (int i = 0; i < 2 && s / across * 2 + i < rows; i++) {
          for (int j = 0; j < 2 && s % across * 2 + j < columns; j++) {
            PREFETCH_TO_WRITE(y + at + i * row_stride + j * out.w);
            if (flags & FLAG_RESIDUAL) PREFETCH(residual + at + i * row_stride + j * out.w);
          }
        }
      }
      multiply_position(sums + p * squares * BLOCK_N, scratch + p * position,
                        w + ((size_t)n * POSITIONS + p) * in.w * BLOCK_N, squares, blocks);
    }
    for (int h = 0; h < BLOCK_N && n * BLOCK_N + h < out.w; h += VECTOR) {
      moments total = {(vfloat)(0.0f), (vfloat)(0.0f)};
      int count = 0;
      for (int s = 0; s < squares; s++) {
        const int r = s / across * 2, c = s % across * 2;
        const int2 extent = (int2)(min(2, rows - r), min(2, columns - c));
        const size_t at = output + (size_t)r * row_stride + c * out.w + h;
        total = finish_square(total, count, sums + s * BLOCK_N + h, squares * BLOCK_N,
                              residual + at, y + at, row_stride, out.w, extent, flags);
        count += extent.x * extent.y;
      }
      if (flags & FLAG_STATISTICS) {
        __global float *to = partials + ((size_t)image * tiles + t) * 2 * out.w + n * BLOCK_N + h;
        *(__global vfloat *)to = total.mean;
        *(__global vfloat *)(to + out.w) = total.m2;
      }
    }
  }
}

#ifndef FUNCTIONS_ONLY
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void conv2d_winograd(
    __global const float *restrict x, __global const float *restrict w,
    __global const float *restrict coefficients, __global const float *restrict residual,
    __global float *restrict y, __global float *restrict partials, __local float *restrict scratch,
    int4 in,      // height, width, channels, pixel stride
    int4 out,     // height, width, channels, pixel stride
    int4 window,  // 3, 1, 1, FLAG_… bits
    int2 before,  // padding: top, left
    int4 tile,    // rows, columns, tiles across, channel blocks a group
    float4 activation)
{
  const int4 group =
      (int4)(get_group_id(0), get_group_id(1), get_group_id(2), get_num_groups(1));
  winograd_tile(group, x, w, coefficients, residual, y, partials, scratch, in, out, window.w,
                before, tile, activation);
}
#endif
