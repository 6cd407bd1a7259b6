// 3x3 convolution of stride and dilation 1 by Winograd's F(4x4, 3x3), for devices of CPU type.
//
//   y = A^T (sum over c of (G g[k,c] G^T) * (B^T d[c] B)) A      * is element by element
//
// (Winograd 1980; Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015.) A 6x6 patch d of
// the normalised input gives a square of 4x4 outputs with 36 products a channel instead of 144. Polynomials are
// evaluated at the points 0, a, -a, b, -b and infinity. A square is narrow where its tile's rows or columns are not a
// multiple of 4: F(3x3, 3x3) takes the same kernels without the point -b, and 14 outputs are 4 + 4 + 3 + 3 with 22
// products along each side instead of 24. The row of a point p is
//
//   B^T  the coefficients of the product of x - q over the other finite points q
//   G    1, p, p^2             (of infinity 0, 0, 1)
//   A    1, p, p^2, p^3, over the product of p - q       (of infinity 0, 0, 0, 1); without p^3 if narrow
//
// a = 3/4 and b = 3/2 make G and B^T exact in Float; no other points tried are better by more than a tenth
// (Barabasz et al., Error Analysis and Improving the Accuracy of Winograd Convolution for Deep Neural Networks,
// 2020, on why points near 1 matter). Error / largest output of random layers of 64 and 256 channels, summed
// one after the other, by Scripts/winograd-points.py: the largest 1.3e-6 and 2.3e-6, root mean square 2.0e-7 and
// 3.8e-7. The direct form has 6.4e-7 and 1.1e-6, 8.1e-8 and 1.6e-7; the points 1 and 2 have 4.0e-6 and 1.0e-5,
// 4.1e-7 and 8.3e-7. Narrow squares have 8.3e-7 and 2.0e-6, 1.7e-7 and 3.3e-7.
//
// What is not finite spreads: a patch is summed before it meets the kernel, so that an infinity or a NaN
// makes NaN of the whole squares whose patches hold it, never of a finite number. That is at most three rows
// and columns of outputs beyond those that depend on it, in the same image. Values from 2^124 on may
// overflow in a patch's sums.
//
// What y and the operands are is told in conv2d_vector.cl; the rest as well but for
//
//   w        [K/BLOCK_N][36 positions][C][BLOCK_N], the kernels as G g G^T (winograd_weights.cl)
//   scratch  [36 positions][C/BLOCK_C][squares][BLOCK_C], the patches as B^T d B; positions lie an odd number
//            of BLOCK_C apart, or all would fall into the same places of a first-level cache; and
//            (MICRO_PIXELS - 1) * BLOCK_C floats more, which a last register tile reads for nothing;
//            [36 positions][squares][BLOCK_N], the sums over c
//
// A group computes a rectangle of squares, of one image or several, for a run of output-channel blocks: it
// transforms the patches, then for each block multiplies position by position (a matrix product, by the
// register tiles of vector_tile.clh) and transforms the sums. Between register tiles of a position its weights,
// 64 C bytes or 128 C, stay in the first-level cache.
//
// Launch: (runs of channel blocks, tiles, N / images a group) groups of 1.
//
// The squares and their places in the scratch memory are those of winograd_squares.clh, which goes before this file.
#define TAPS_ACROSS 6
#define POSITIONS (TAPS_ACROSS * TAPS_ACROSS)
#define BLOCKS_OF_PART 4  // channel blocks that are summed one after the other
#define LOAD_LOCAL(p) (*(__local const vfloat *)(p))
#define STORE_LOCAL(p, v) (*(__local vfloat *)(p) = (v))

#define POINT_A 0.75f
#define POINT_B 1.5f
// The products of the distances of 0, a and b from the other points, and of narrow squares'.
#define DISTANCES_0 (POINT_A * POINT_A * POINT_B * POINT_B)
#define DISTANCES_A (2.0f * POINT_A * POINT_A * (POINT_A * POINT_A - POINT_B * POINT_B))
#define DISTANCES_B (2.0f * POINT_B * POINT_B * (POINT_B * POINT_B - POINT_A * POINT_A))
#define NARROW_0 (POINT_A * POINT_A * POINT_B)
#define NARROW_A (2.0f * POINT_A * POINT_A * (POINT_A - POINT_B))
#define NARROW_MINUS_A (-2.0f * POINT_A * POINT_A * (POINT_A + POINT_B))
#define NARROW_B (POINT_B * (POINT_B * POINT_B - POINT_A * POINT_A))

// B^T applied to six values `step` apart, or five, in place.
static inline void transform_values(vfloat *d, int step, int narrow)
{
  const vfloat a = POINT_A, b = POINT_B, aa = POINT_A * POINT_A, bb = POINT_B * POINT_B;
  const vfloat d0 = d[0], d1 = d[step], d2 = d[2 * step];
  const vfloat d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
  if (narrow) {
    const vfloat even = fma(-b, d2, d3), odd = a * fma(-b, d1, d2), at_b = fma(-aa, d1, d3);
    d[0] = fma(b, fma(aa, d0, -d2), at_b);
    d[step] = even + odd;
    d[2 * step] = even - odd;
    d[3 * step] = at_b;
    d[5 * step] = fma(b, fma(aa, d1, -d3), fma(-aa, d2, d4));
    return;
  }
  const vfloat even_a = fma(-bb, d2, d4), odd_a = a * fma(-bb, d1, d3);
  const vfloat even_b = fma(-aa, d2, d4), odd_b = b * fma(-aa, d1, d3);
  d[0] = fma(aa * bb, d0, fma(-aa - bb, d2, d4));
  d[step] = even_a + odd_a;
  d[2 * step] = even_a - odd_a;
  d[3 * step] = even_b + odd_b;
  d[4 * step] = even_b - odd_b;
  d[5 * step] = fma(aa * bb, d1, fma(-aa - bb, d3, d5));
}

// A^T applied to six values `step` apart, or five; the four or three that it gives take the places of the first.
static inline void transform_sums(vfloat *m, int step, int narrow)
{
  const vfloat a = POINT_A, b = POINT_B;
  const vfloat m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], m4 = m[4 * step];
  if (narrow) {
    const vfloat at_a = m1 * (1.0f / NARROW_A), at_minus_a = m2 * (1.0f / NARROW_MINUS_A);
    const vfloat at_b = m3 * (1.0f / NARROW_B), sum = at_a + at_minus_a;
    m[0] = fma(m[0], (vfloat)(1.0f / NARROW_0), sum + at_b);
    m[step] = fma(a, at_a - at_minus_a, b * at_b);
    m[2 * step] = fma(a * a, sum, fma(b * b, at_b, m[5 * step]));
    return;
  }
  const vfloat sum_a = (m1 + m2) * (1.0f / DISTANCES_A);
  const vfloat difference_a = (m1 - m2) * (POINT_A / DISTANCES_A);
  const vfloat sum_b = (m3 + m4) * (1.0f / DISTANCES_B);
  const vfloat difference_b = (m3 - m4) * (POINT_B / DISTANCES_B);
  m[0] = fma(m[0], (vfloat)(1.0f / DISTANCES_0), sum_a + sum_b);
  m[step] = difference_a + difference_b;
  m[2 * step] = fma(a * a, sum_a, b * b * sum_b);
  m[3 * step] = fma(a * a, difference_a, fma(b * b, difference_b, m[5 * step]));
}

// B^T d B of VECTOR channels of one square, positions `step` floats apart. `origin` is where the patch
// begins in the image.
static inline void __attribute__((always_inline)) transform_patch(
    __local float *to, int step, __global const float *x, __global const float *coefficients,
    int4 in, int2 origin, int2 narrow, int normalize, float4 activation)
{
  vfloat d[POSITIONS];
  // One by one and not unrolled: an activation may be long.
#pragma unroll 1
  for (int p = 0, iy = origin.x, ix = origin.y; p < POSITIONS; p++) {
    const bool inside = iy >= 0 && iy < in.x && ix >= 0 && ix < in.y;
    d[p] = inside ? load_pixel(x + ((ptrdiff_t)iy * in.y + ix) * in.w, coefficients, in.w,
                               normalize, activation)
                  : (vfloat)(0.0f);
    if (++ix == origin.y + TAPS_ACROSS) {
      ix = origin.y;
      iy++;
    }
  }
#pragma unroll
  for (int j = 0; j < TAPS_ACROSS; j++) transform_values(d + j, TAPS_ACROSS, narrow.x);
#pragma unroll
  for (int i = 0; i < TAPS_ACROSS; i++) {
    transform_values(d + i * TAPS_ACROSS, 1, narrow.y);
#pragma unroll
    for (int j = 0; j < TAPS_ACROSS; j++)
      STORE_LOCAL(to + (i * TAPS_ACROSS + j) * step, d[i * TAPS_ACROSS + j]);
  }
}

// A^T m A of VECTOR channels of one square: adds the residual, stores the `extent` (rows, columns) that lies
// in the image, and merges its moments into those of `count` pixels before.
static inline moments __attribute__((always_inline)) finish_square(
    moments total, int count, __local const float *sums, int step,
    __global const float *residual, __global float *y, int row_stride, int pixel_stride,
    int2 extent, int2 narrow, int flags)
{
  vfloat v[POSITIONS];
#pragma unroll
  for (int j = 0; j < TAPS_ACROSS; j++) {
#pragma unroll
    for (int i = 0; i < TAPS_ACROSS; i++)
      v[i * TAPS_ACROSS + j] = LOAD_LOCAL(sums + (i * TAPS_ACROSS + j) * step);
    transform_sums(v + j, TAPS_ACROSS, narrow.x);
  }
  vfloat mean = (vfloat)(0.0f);
#pragma unroll
  for (int i = 0; i < OUTPUTS_ACROSS; i++) {
    if (i >= extent.x) continue;
    transform_sums(v + i * TAPS_ACROSS, 1, narrow.y);
#pragma unroll
    for (int j = 0; j < OUTPUTS_ACROSS; j++) {
      if (j >= extent.y) continue;
      const size_t at = (size_t)i * row_stride + j * pixel_stride;
      if (flags & FLAG_RESIDUAL) v[i * TAPS_ACROSS + j] += LOAD(residual + at);
      *(__global vfloat *)(y + at) = v[i * TAPS_ACROSS + j];
      mean += v[i * TAPS_ACROSS + j] - v[0];
    }
  }
  if (!(flags & FLAG_STATISTICS)) return total;

  const int pixels = extent.x * extent.y;
  moments part = {v[0] + mean * (vfloat)(1.0f / pixels), (vfloat)(0.0f)};
#pragma unroll
  for (int i = 0; i < OUTPUTS_ACROSS; i++) {
#pragma unroll
    for (int j = 0; j < OUTPUTS_ACROSS; j++) {
      if (i >= extent.x || j >= extent.y) continue;
      const vfloat d = v[i * TAPS_ACROSS + j] - part.mean;
      part.m2 = fma(d, d, part.m2);
    }
  }
  return merge(total, count, part, pixels);
}

#define MULTIPLY_SQUARE(j) MULTIPLY_ACCUMULATE(j, from[i + j * BLOCK_C])
#define SWEEP_SQUARES(EACH)                                                    \
  for (int b = begin; b < end; b++, from += squares * BLOCK_C) {               \
    _Pragma("unroll 2")                                                        \
    for (int i = 0; i < BLOCK_C; i++, wp += BLOCK_N) {                         \
      const vfloat wa = LOAD(wp), wb = LOAD(wp + VECTOR);                      \
      EACH(MULTIPLY_SQUARE)                                                    \
    }                                                                          \
  }
#define ADD_SUMS(j)                                              \
  if (j < valid) {                                               \
    a##j += LOAD_LOCAL(to + j * BLOCK_N);                        \
    b##j += LOAD_LOCAL(to + j * BLOCK_N + VECTOR);               \
  }
#define STORE_SUMS(j)                                            \
  if (j < valid) {                                               \
    STORE_LOCAL(to + j * BLOCK_N, a##j);                         \
    STORE_LOCAL(to + j * BLOCK_N + VECTOR, b##j);                \
  }

// The sums over all channels at one position, for some squares of all: from the first to the end. They are made in
// parts, which are added then: A^T enlarges their rounding, which grows with the root of a part's length only
// (R152x2's logits, as Scripts/bench-peers prints them: off by 5.8e-5 of the largest, without parts by 6.3e-5).
static inline void multiply_position(
    __local float *sums, __local const float *patches, __global const float *w, int squares,
    int2 some, int blocks)
{
  int valid;
  for (int m = some.x; m < some.y; m += valid) {
    valid = register_pixels(some.y - m);
    __local float *to = sums + m * BLOCK_N;
    __global const float *wp = w;
    __local const float *from = patches + m * BLOCK_C;
    for (int begin = 0; begin < blocks; begin += BLOCKS_OF_PART) {
      const int end = min(begin + BLOCKS_OF_PART, blocks);
      EACH_PIXEL(DECLARE_ACCUMULATORS)
      if (valid <= REST_PIXELS) SWEEP_SQUARES(EACH_REST_PIXEL) else SWEEP_SQUARES(EACH_PIXEL)
      if (begin > 0) { EACH_PIXEL(ADD_SUMS) }
      EACH_PIXEL(STORE_SUMS)
    }
  }
}

// Floats from one image of an operand to the next.
typedef struct {
  long x, coefficients, residual, y, partials;
} image_strides;

// Some channel blocks of a tile, of several images: what is passed of them is the first one's. `tile` counts output
// pixels, as conv2d_vector.cl's; its rows and columns are multiples of OUTPUTS_ACROSS.
static inline void winograd_tile(
    int4 group,     // tile, images, tiles of an image, whether `scratch` holds the tile's patches already
    int2 channels,  // blocks of output channels: first, end
    later_tile later, image_strides strides, __global const float *x, __global const float *w,
    __global const float *coefficients, __global const float *residual,
    __global float *y, __global float *partials, __local float *scratch,
    int4 in, int4 out, int flags, int2 before, int4 tile, float4 activation)
{
  const int t = group.x, images = group.y;
  const int2 corner = (int2)(t / tile.z * tile.x, t % tile.z * tile.y);
  const int2 size = min(tile.xy, out.xy - corner);
  const int2 down = squares_along(size.x), across = squares_along(size.y);
  const square_grid grid = {(int2)(down.x, across.x), (int2)(down.y, across.y), images};
  const int of_image = down.x * across.x, squares = images * of_image;
  const int blocks = in.w / BLOCK_C;
  const int position = (blocks * squares | 1) * BLOCK_C;
  __local float *beyond = scratch + POSITIONS * position;
  __local float *sums = beyond + MICRO_PIXELS * BLOCK_C;

  if (!group.w) {
    for (int s = 0; s < squares; s++) {
      const int image = s / of_image;
      const int2 at = square_at(grid, s);
      const int2 origin = corner + square_corner(grid, at) - before, narrow = at >= grid.wide;
      const int place = square_place(grid, image, at);
      for (int k = 0; k < in.w; k += VECTOR) {
        __local float *to = scratch + (k / BLOCK_C * squares + place) * BLOCK_C + k % BLOCK_C;
        __global const float *from = x + image * strides.x + k;
        __global const float *applied = coefficients + image * strides.coefficients + k;
        // Two forms, so that wide squares have no branches.
        if (any(narrow))
          transform_patch(to, position, from, applied, in, origin, narrow, flags & FLAG_NORMALIZE,
                          activation);
        else
          transform_patch(to, position, from, applied, in, origin, 0, flags & FLAG_NORMALIZE,
                          activation);
      }
    }
    for (int i = 0; i < (MICRO_PIXELS - 1) * BLOCK_C; i++) beyond[i] = 0.0f;
  }

  const int all_blocks = channel_blocks(0, out.w, out.w).y;
  const int2 later_origin =
      (int2)(later.tile / tile.z * tile.x, later.tile % tile.z * tile.y) - before;
  const int row_stride = out.y * out.w;
  const size_t first = (size_t)corner.x * row_stride + corner.y * out.w;
  for (int n = channels.x; n < channels.y; n++) {
    input_run later_run = run_of(later.x, in, later_origin, size + 2, n, all_blocks);
    const int later_rate = (int)(later_run.end - later_run.at) / (16 * POSITIONS) + 1;
    for (int p = 0; p < POSITIONS; p++) {
      FETCH_LATER(later_run, later_rate)
      // What will be written, and added, arrives meanwhile: a share of it at each position.
      for (int s = p; s < squares; s += POSITIONS) {
        const int image = s / of_image;
        const int2 from = square_corner(grid, square_at(grid, s));
        for (int r = from.x; r < min(from.x + OUTPUTS_ACROSS, size.x); r++) {
          for (int c = from.y; c < min(from.y + OUTPUTS_ACROSS, size.y); c++) {
            const size_t pixel = first + (size_t)r * row_stride + c * out.w + n * BLOCK_N;
            PREFETCH_TO_WRITE(y + image * strides.y + pixel);
            if (flags & FLAG_RESIDUAL) PREFETCH(residual + image * strides.residual + pixel);
          }
        }
      }
      multiply_position(sums + p * squares * BLOCK_N, scratch + p * position,
                        w + ((size_t)n * POSITIONS + p) * in.w * BLOCK_N, squares,
                        squares_with(grid, p / TAPS_ACROSS, p % TAPS_ACROSS), blocks);
    }
    for (int h = 0; h < BLOCK_N && n * BLOCK_N + h < out.w; h += VECTOR) {
      const int channel = n * BLOCK_N + h;
      moments total;
      for (int s = 0, count = 0; s < squares; s++) {
        const int image = s / of_image;
        const int2 at = square_at(grid, s), from = square_corner(grid, at);
        const int2 narrow = at >= grid.wide;
        const int2 extent = min(OUTPUTS_ACROSS + narrow, size - from);
        const size_t pixel = first + (size_t)from.x * row_stride + from.y * out.w + channel;
        if (s % of_image == 0) {
          total.mean = total.m2 = (vfloat)(0.0f);
          count = 0;
        }
        __local const float *from_sums = sums + square_place(grid, image, at) * BLOCK_N + h;
        __global const float *added = residual + image * strides.residual + pixel;
        __global float *to = y + image * strides.y + pixel;
        if (any(narrow))
          total = finish_square(total, count, from_sums, squares * BLOCK_N, added, to, row_stride,
                                out.w, extent, narrow, flags);
        else
          total = finish_square(total, count, from_sums, squares * BLOCK_N, added, to, row_stride,
                                out.w, OUTPUTS_ACROSS, 0, flags);
        count += extent.x * extent.y;
        if ((flags & FLAG_STATISTICS) && (s + 1) % of_image == 0) {
          __global float *to = partials + image * strides.partials + (size_t)t * 2 * out.w + channel;
          *(__global vfloat *)to = total.mean;
          *(__global vfloat *)(to + out.w) = total.m2;
        }
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
    float4 activation,
    int2 images)  // a group, in all
{
  const int tiles = get_num_groups(1), first = get_group_id(2) * images.x;
  const int4 group = (int4)(get_group_id(1), min(images.x, images.y - first), tiles, 0);
  const image_strides strides = {
      (long)in.x * in.y * in.w, 3 * in.w, (long)out.x * out.y * out.w,
      (long)out.x * out.y * out.w, (long)tiles * 2 * out.w};
  winograd_tile(group, channel_blocks(get_group_id(0), tile.w, out.w), (later_tile){0, 0}, strides,
                x + first * strides.x, w, coefficients + first * strides.coefficients,
                residual + first * strides.residual, y + first * strides.y,
                partials + first * strides.partials, scratch, in, out, window.w, before, tile,
                activation);
}
#endif
