// Convolution for devices of CPU type: one work-item a work-group, explicit vectors.
//
//   y[n,oy,ox,k] = residual[n,oy,ox,k]
//                + sum over ky,kx,c of f(x[n, oy*S+ky*D-top, ox*S+kx*D-left, c]) * w[k,c,ky,kx]
//   f(v) = activate((v - centre[n,c]) * scale[n,c] + offset[n,c]), and 0 for a padded tap
//
// with the residual, the normalisation f and the statistics of y each there or not (FLAG_…).
//
// A group computes a rectangle of output pixels for a run of output-channel blocks. It normalises
// the patch of input below the rectangle once into local memory, then sweeps the register tile
// (MICRO_PIXELS pixels x BLOCK_N channels) over pixels and channel blocks.
//
//   x, residual, y   [N][H][W][pixel stride], channels beyond the real ones are zeros
//   w                [K/BLOCK_N][C/BLOCK_C][ky][kx][BLOCK_C][BLOCK_N], zero-filled
//   coefficients     [N][centre, scale, offset][pixel stride of x]
//   partials         [N][tiles][mean, M2][pixel stride of y], over the pixels of a tile
//   patch            [C/BLOCK_C][patch rows][patch columns][BLOCK_C]
//
// 1x1 convolutions without padding are conv2d_pointwise.cl's, most 3x3 ones of stride 1 conv2d_winograd.cl's.
//
// DENSE: the input's pixels lie without gaps (the image: 3 channels); BLOCK_C is then C itself and
// the taps of a row are one run of kernel*C floats. No normalisation.
//
// conv2d_tile computes a group's share or a part of it; the kernel gives it the launch's.
//
// The register tile is that of vector_tile.clh, which goes before this file.
//
// Launch: (runs of channel blocks, tiles, N) groups of 1.
#ifndef DENSE
#define DENSE 0
#endif

// The register tile's pixels are anywhere in the patch, or their first and second half are a run each,
// which takes two addresses instead of MICRO_PIXELS: with 14, a CPU has not enough registers for them.
#define HALF (MICRO_PIXELS / 2)
#define CHECK_RUNS(j)             \
  if (j == HALF) p_half = p##j;   \
  is_runs &= p##j == (j < HALF ? p0 : p_half) + (j % HALF) * BLOCK_C;
#define MULTIPLY_PIXEL(j) MULTIPLY_ACCUMULATE(j, p##j[at + i])
#define MULTIPLY_RUN(j) \
  MULTIPLY_ACCUMULATE(j, (j < HALF ? p0 : p_half)[at + i + (j % HALF) * BLOCK_C])

// A dense row of taps is a length known at run time only: where that is not unrolled, so be it; PoCL would
// print the compiler's warning to the user.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wpass-failed"
#endif

// The sum over the window and the channels. `at` is where a tap's block of channels lies in the patch,
// seen from the pixel.
#define SWEEP(UNROLL, EACH, MULTIPLY)                              \
  {                                                                \
    int at = 0;                                                    \
    for (int b = 0; b < blocks; b++, at += window_block) {         \
      for (int ky = 0; ky < kernel_size; ky++, at += window_row) { \
        for (int kx = 0; kx < taps; kx++, at += tap_step) {        \
          PREFETCH_AHEAD                                           \
          _Pragma(UNROLL)                                          \
          for (int i = 0; i < run; i++, wp += BLOCK_N) {           \
            const vfloat wa = LOAD(wp), wb = LOAD(wp + VECTOR);    \
            EACH(MULTIPLY)                                         \
          }                                                        \
        }                                                          \
      }                                                            \
    }                                                              \
  }

static inline void fill_dense_patch(
    __local float *patch, __global const float *x, int4 in, int4 patch_shape, int2 origin, int step)
{
  const int rows = patch_shape.x, columns = patch_shape.y;
  const int first = clamp(-origin.y, 0, columns), last = clamp(in.y - origin.y, first, columns);
  for (int r = 0; r < rows; r++) {
    const int iy = origin.x + r * step;
    const bool inside = iy >= 0 && iy < in.x;
    __local float *to = patch + r * columns * in.z;
    if (step == 1) {
      // The columns inside the image are one run of floats.
      const int begin = inside ? first * in.z : 0, end = inside ? last * in.z : 0;
      __global const float *from = x + ((ptrdiff_t)iy * in.y + origin.y) * in.w;
      for (int k = 0; k < begin; k++) to[k] = 0.0f;
      for (int k = begin; k < end; k++) to[k] = from[k];
      for (int k = end; k < columns * in.z; k++) to[k] = 0.0f;
    } else {
      for (int c = 0; c < columns; c++) {
        const int ix = origin.y + c * step;
        const bool here = inside && ix >= 0 && ix < in.y;
        __global const float *from = x + ((ptrdiff_t)iy * in.y + ix) * in.w;
        for (int k = 0; k < in.z; k++) to[c * in.z + k] = here ? from[k] : 0.0f;
      }
    }
  }
}

static inline void fill_patch(
    __local float *patch, __global const float *x, __global const float *coefficients, int4 in,
    int4 patch_shape, int2 origin, int step, int normalize, float4 activation)
{
  const int rows = patch_shape.x, columns = patch_shape.y;
  const int plane = rows * columns * BLOCK_C;
  // Pixel by pixel, as the input lies in memory: whole cache lines, each fetched once.
  for (int r = 0; r < rows; r++) {
    const int iy = origin.x + r * step;
    for (int c = 0; c < columns; c++) {
      const int ix = origin.y + c * step;
      const bool inside = iy >= 0 && iy < in.x && ix >= 0 && ix < in.y;
      __global const float *from = x + ((ptrdiff_t)iy * in.y + ix) * in.w;
      __local float *to = patch + (r * columns + c) * BLOCK_C;
      fill_pixel(to, plane, from, coefficients, in.w, inside, normalize, activation);
    }
  }
}

// Where pixel j of the register tile lies in the patch and in the output; beyond the last pixel of
// the rectangle the last one again. No division: the cursor walks the rectangle.
#define SET_PIXEL(j)                               \
  __local const float *p##j = patch + in_at;       \
  const int at##j = out_at;                        \
  if (j < valid && m + j + 1 < pixels) {           \
    in_at += in_patch;                             \
    out_at += out.w;                               \
    if (++column == columns) {                     \
      column = 0;                                  \
      in_at += row_gap;                            \
      out_at += (out.y - columns) * out.w;         \
    }                                              \
  }

#define ADD_RESIDUAL(j) ADD_RESIDUAL_AT(j, output + at##j)
#define STORE(j) STORE_AT(j, output + at##j)

// Some channel blocks of a tile of pixels.
static inline void __attribute__((always_inline)) conv2d_tile(
    const int dense,  // DENSE; a constant, so that each caller compiles one form
    int4 group,       // tile, image, tiles of an image, whether `patch` holds the tile's input already
    int2 channels,    // blocks of output channels: first, end
    later_tile later,
    __global const float *x, __global const float *w,
    __global const float *coefficients, __global const float *residual,
    __global float *y, __global float *partials, __local float *patch,
    int4 in, int4 out, int4 window, int2 before, int4 tile, float4 activation)
{
  const int kernel_size = window.x, stride = window.y, dilation = window.z, flags = window.w;
  const int t = group.x, image = group.y, tiles = group.z;
  const int top = (t / tile.z) * tile.x, left = (t % tile.z) * tile.y;
  const int rows = min(tile.x, out.x - top), columns = min(tile.y, out.y - left);
  const int pixels = rows * columns;

  // A 1x1 window touches every stride-th pixel only; a larger one has its whole patch kept.
  const int step_in = kernel_size == 1 ? stride : 1;
  const int step_patch = kernel_size == 1 ? 1 : stride;
  const int reach = (kernel_size - 1) * dilation + 1;
  const int4 patch_shape =
      (int4)((rows - 1) * step_patch + reach, (columns - 1) * step_patch + reach, 0, 0);
  const int2 origin = (int2)(top * stride - before.x, left * stride - before.y);
  x += (size_t)image * in.x * in.y * in.w;
  if (dense && !group.w)
    fill_dense_patch(patch, x, in, patch_shape, origin, step_in);
  else if (!group.w)
    fill_patch(patch, x, coefficients + (size_t)image * 3 * in.w, in, patch_shape, origin, step_in,
               flags & FLAG_NORMALIZE, activation);

  // A dense row of taps without dilation is one run of floats.
  const int is_one_run = dense && dilation == 1;
  const int block = dense ? in.z : BLOCK_C, blocks = dense ? 1 : in.w / BLOCK_C;
  const int taps = is_one_run ? 1 : kernel_size;
  const int run = is_one_run ? kernel_size * block : block;
  // Patch offsets in floats: between pixels, taps of a row, rows of taps, channel blocks.
  const int in_patch = step_patch * block;
  const int tap_step = dilation * block;
  const int row_step = dilation * patch_shape.y * block;
  const int block_step = patch_shape.x * patch_shape.y * block;
  const size_t weights = (size_t)blocks * block * kernel_size * kernel_size * BLOCK_N;

  const int row_gap = (step_patch * patch_shape.y - columns * step_patch) * block;
  const int window_row = row_step - taps * tap_step;
  const int window_block = block_step - kernel_size * row_step;

  const int rounds = blocks * kernel_size * taps;
  const int ahead_rate = (MICRO_PIXELS + rounds - 1) / rounds;
  // Each channel block fetches its share of a later tile's input, some lines at each tap. Strided 1x1 convolutions,
  // which read every other pixel, do without.
  const int all_blocks = channel_blocks(0, out.w, out.w).y;
  const int2 later_origin =
      (int2)(later.tile / tile.z * tile.x, later.tile % tile.z * tile.y) * stride - before;
  if (dense || step_in > 1) later.x = 0;
  const int later_floats = patch_shape.x * patch_shape.y * in.w;
  const int later_rate = later_floats / 16 / (all_blocks * (pixels / MICRO_PIXELS + 1) * rounds) + 1;
  for (int n = channels.x; n < channels.y; n++) {
    const int second = n * BLOCK_N + VECTOR < out.w;
    const size_t output =
        (((size_t)image * out.x + top) * out.y + left) * out.w + (size_t)n * BLOCK_N;
    input_run later_run = run_of(later.x, in, later_origin, patch_shape.xy, n, all_blocks);
    moments total_a = {(vfloat)(0.0f), (vfloat)(0.0f)}, total_b = total_a;
    int in_at = 0, out_at = 0, column = 0;
    int valid;
    for (int m = 0; m < pixels; m += valid) {
      valid = register_pixels(pixels - m);
      EACH_PIXEL(SET_PIXEL)
      // The next pixels, or the first ones again for the next block of channels.
      const size_t ahead = output + (m + valid < pixels ? out_at : BLOCK_N);
      int q = 0;
      EACH_PIXEL(DECLARE_ACCUMULATORS)
      __global const float *wp = w + n * weights;
      __local const float *p_half = p0;
      bool is_runs = !dense;
      EACH_PIXEL(CHECK_RUNS)
      // A dense row of taps is 21 floats long in the network.
      if (dense)
        SWEEP("unroll 7", EACH_PIXEL, MULTIPLY_PIXEL)
      else if (valid <= REST_PIXELS)
        SWEEP("unroll 2", EACH_REST_PIXEL, MULTIPLY_PIXEL)
      else if (is_runs)
        SWEEP("unroll 2", EACH_PIXEL, MULTIPLY_RUN)
      else
        SWEEP("unroll 2", EACH_PIXEL, MULTIPLY_PIXEL)
      if (flags & FLAG_RESIDUAL) { EACH_PIXEL(ADD_RESIDUAL) }
      EACH_PIXEL(STORE)
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
void conv2d_vector(
    __global const float *restrict x, __global const float *restrict w,
    __global const float *restrict coefficients, __global const float *restrict residual,
    __global float *restrict y, __global float *restrict partials, __local float *restrict patch,
    int4 in,      // height, width, channels, pixel stride
    int4 out,     // height, width, channels, pixel stride
    int4 window,  // kernel, stride, dilation, FLAG_… bits
    int2 before,  // padding: top, left
    int4 tile,    // rows, columns, tiles across, channel blocks a group
    float4 activation)
{
  const int4 group = (int4)(get_group_id(1), get_group_id(2), get_num_groups(1), 0);
  conv2d_tile(DENSE, group, channel_blocks(get_group_id(0), tile.w, out.w), (later_tile){0, 0}, x, w,
              coefficients, residual, y, partials, patch, in, out, window, before, tile, activation);
}
#endif
