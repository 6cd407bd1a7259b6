// Transforms packed 3x3 kernels for conv2d_winograd.cl.
//
//   y[k,c] = G w[k,c] G^T, G as conv2d_winograd.cl has it
//
// The errors of products and sums are carried along: an element is rounded once, after the once of its taps.
//
//   w  [output blocks][9 taps][elements] before, at the same place      elements: the channels and
//      [output blocks][36 positions][elements] after                   outputs of a block
//
// A work-item transforms ELEMENTS of them, of all blocks, the last block first: what it overwrites is either
// its own or was read before, and nobody else's.
//
// Launch: (elements / ELEMENTS), any work-group.
#define ELEMENTS 16  // divides the outputs of a block

// ELEMENTS values in two parts each.
typedef struct {
  float16 sum, error;
} exact_sum16;

DEFINE_EXACT_ADD(float16, exact_sum16, exact_add16)

// total + value * by
static inline exact_sum16 add_multiple(exact_sum16 total, exact_sum16 value, float by)
{
  const float16 product = value.sum * by;
  total = exact_add16(total, product);
  total.error += fma(value.sum, (float16)(by), -product) + value.error * by;
  return total;
}

// G times a column: element `row` of six. The points are those of conv2d_winograd.cl.
static inline exact_sum16 at_point(int row, exact_sum16 a, exact_sum16 b, exact_sum16 c)
{
  if (row == 0) return a;
  if (row == 5) return c;
  const float point = (row % 2 ? 1.0f : -1.0f) * (row < 3 ? 0.75f : 1.5f);
  return add_multiple(add_multiple(a, b, point), c, point * point);
}

__kernel void winograd_weights(__global float *w, int blocks)
{
  const size_t e = get_global_id(0), elements = get_global_size(0) * ELEMENTS;
  for (int block = blocks - 1; block >= 0; block--) {
    __global const float *from = w + (size_t)block * 9 * elements;
    __global float *to = w + (size_t)block * 36 * elements;
    exact_sum16 taps[9];
    for (int t = 0; t < 9; t++)
      taps[t] = (exact_sum16){vload16(e, from + t * elements), (float16)(0.0f)};
    for (int i = 0; i < 6; i++) {
      exact_sum16 rows[3];
      for (int j = 0; j < 3; j++) rows[j] = at_point(i, taps[j], taps[3 + j], taps[6 + j]);
      for (int j = 0; j < 6; j++) {
        const exact_sum16 v = at_point(j, rows[0], rows[1], rows[2]);
        vstore16(v.sum + v.error, e, to + (i * 6 + j) * elements);
      }
    }
  }
}
