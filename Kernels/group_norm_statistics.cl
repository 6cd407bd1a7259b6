// The statistics of group normalisation, in two steps: moments of each tile of pixels, channel by
// channel (convolutions deliver these by themselves), then one mean and variance a group.
//
//   x             [N][pixels][pixel stride]
//   partials      [N][tiles][mean, M2][pixel stride], M2 the sum of squared deviations
//   coefficients  [N][centre, scale, offset][pixel stride], see NORMALIZE; 0 beyond the channels
//
// Moments are merged pairwise as Chan, Golub and LeVeque (1979) do; no difference of large squares.
#ifndef ITEMS
#define ITEMS 1  // work-items that share a group's merge (1 … 256)
#endif

// Moments of `tile` consecutive pixels, of CHANNELS channels from `c` on.
static inline void moments_of_pixels(
    int c, int t, int image, __global const float *x, __global float *partials,
    int pixels, int stride, int tile, int tiles)
{
  const int count = min(tile, pixels - t * tile);
  __global const float *from = x + ((size_t)image * pixels + t * tile) * stride + c;
  const values about = LOAD_VALUES(from);
  values sum = (values)(0.0f);
  for (int i = 1; i < count; i++) sum += LOAD_VALUES(from + (size_t)i * stride) - about;
  const values mean = about + sum / (values)(count);
  values m2 = (values)(0.0f);
  for (int i = 0; i < count; i++) {
    const values d = LOAD_VALUES(from + (size_t)i * stride) - mean;
    m2 = fma(d, d, m2);
  }
  __global float *to = partials + ((size_t)image * tiles + t) * 2 * stride + c;
  STORE_VALUES(to, mean);
  STORE_VALUES(to + stride, m2);
}

#ifndef FUNCTIONS_ONLY
// Launch: at least (pixel stride / CHANNELS, tiles, N) work-items.
__kernel void group_norm_moments(
    __global const float *restrict x, __global float *restrict partials, int pixels, int stride,
    int tile, int tiles)
{
  const int c = get_global_id(0) * CHANNELS, t = get_global_id(1), image = get_global_id(2);
  if (c >= stride || t >= tiles) return;
  moments_of_pixels(c, t, image, x, partials, pixels, stride, tile, tiles);
}
#endif

// The pixels of tile `t`: tiles are rectangles, clipped at the right and bottom.
static inline int tile_count(int t, int2 extent, int4 tile)
{
  const int top = t / tile.z * tile.x, left = t % tile.z * tile.y;
  return min(tile.x, extent.x - top) * min(tile.y, extent.y - left);
}

// A sum of every work-item of the group; a group of one needs no barrier.
#if ITEMS == 1
#define TOTAL(part) (part)
#else
#define TOTAL(part) exact_group_total(shared, ITEMS, part)
#endif

// The coefficients of one group's channels in one image, by ITEMS work-items.
static inline void coefficients_of_group(
    int group, int image, int item, __local float *shared, __global const float *partials,
    __global const float *weight, __global const float *bias,
    __global float *coefficients, int2 extent, int4 tile, int4 shape, float epsilon)
{
  const int stride = shape.y, size = shape.x / shape.z, first = group * size;
  partials += (size_t)image * tile.w * 2 * stride + first;
  const float total = (float)extent.x * (float)extent.y * (float)size;

  // The mean, as the first tile's plus a small rest.
  const float about = partials[0];
  exact_sum rest = {0.0f, 0.0f};
  for (int t = item; t < tile.w; t += ITEMS) {
    float sum = 0.0f;
    for (int c = 0; c < size; c++) sum += partials[(size_t)t * 2 * stride + c] - about;
    rest = exact_add(rest, sum * tile_count(t, extent, tile));
  }
  rest = TOTAL(rest);
  const exact_sum mean = exact_add(exact_quotient(rest, total), about);
  const float centre = mean.sum, remainder = mean.error;

  exact_sum squares = {0.0f, 0.0f};
  for (int t = item; t < tile.w; t += ITEMS) {
    const float count = tile_count(t, extent, tile);
    float sum = 0.0f;
    for (int c = 0; c < size; c++) {
      const float d = partials[(size_t)t * 2 * stride + c] - centre - remainder;
      sum += fma(d * d, count, partials[((size_t)t * 2 + 1) * stride + c]);
    }
    squares = exact_add(squares, sum);
  }
  squares = TOTAL(squares);
  const exact_sum variance = exact_quotient(squares, total);
  const exact_sum inverse = exact_inverse_root(exact_add(variance, epsilon));

  coefficients += (size_t)image * 3 * stride;
  for (int c = first + item; c < first + size; c += ITEMS) {
    const float scale = fma(weight[c], inverse.sum, weight[c] * inverse.error);
    coefficients[c] = centre;
    coefficients[stride + c] = scale;
    coefficients[2 * stride + c] = fma(-remainder, scale, bias[c]);
  }
  if (group == shape.z - 1) {
    for (int c = shape.x + item; c < stride; c += ITEMS)
      coefficients[c] = coefficients[stride + c] = coefficients[2 * stride + c] = 0.0f;
  }
}

#ifndef FUNCTIONS_ONLY
// Launch: (groups * ITEMS, N) in groups of ITEMS.
__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void group_norm_coefficients(
    __global const float *restrict partials, __global const float *restrict weight,
    __global const float *restrict bias, __global float *restrict coefficients,
    int2 extent,  // height, width of the normalised tensor
    int4 tile,    // rows, columns, tiles across, tiles
    int4 shape,   // channels, pixel stride, groups, unused
    float epsilon)
{
  __local float shared[2 * ITEMS];
  coefficients_of_group(
      get_group_id(0), get_group_id(1), get_local_id(0), shared, partials, weight, bias,
      coefficients, extent, tile, shape, epsilon);
}
#endif
