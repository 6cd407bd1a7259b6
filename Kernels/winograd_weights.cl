// Transforms packed 3x3 kernels for conv2d_winograd.cl.
//
//   y[k,c] = G w[k,c] G^T, G as conv2d_winograd.cl has it
//
// The errors of products and sums are carried along: an element is rounded once, after the once of its taps.
//
//   w  [output blocks][9 taps][elements] before, at the same place      elements: the channels and
//      [output blocks][36 positions][elements] after                   outputs of a block
//
// A work-item transforms one element of all blocks, the last one first: what it overwrites is either its
// own or was read before, and nobody else's.
//
// Launch: (elements), any work-group.

// G times a column: element `row` of six.
static inline exact_sum at_point(int row, exact_sum a, exact_sum b, exact_sum c)
{
  if (row == 0) return a;
  if (row == 5) return c;
  const float point = (row % 2 ? 1.0f : -1.0f) * (row < 3 ? 0.75f : 1.5f);
  exact_sum total = exact_multiply_add(a, b.sum, point);
  total.error += b.error * point;
  total = exact_multiply_add(total, c.sum, point * point);
  total.error += c.error * (point * point);
  return total;
}

__kernel void winograd_weights(__global float *w, int blocks)
{
  const size_t e = get_global_id(0), elements = get_global_size(0);
  for (int block = blocks - 1; block >= 0; block--) {
    __global const float *from = w + (size_t)block * 9 * elements + e;
    __global float *to = w + (size_t)block * 36 * elements + e;
    float taps[9];
    for (int t = 0; t < 9; t++) taps[t] = from[t * elements];
    for (int i = 0; i < 6; i++) {
      exact_sum rows[3];
      for (int j = 0; j < 3; j++) {
        const exact_sum a = {taps[j], 0.0f}, b = {taps[3 + j], 0.0f}, c = {taps[6 + j], 0.0f};
        rows[j] = at_point(i, a, b, c);
      }
      for (int j = 0; j < 6; j++) {
        const exact_sum v = at_point(j, rows[0], rows[1], rows[2]);
        to[(i * 6 + j) * elements] = v.sum + v.error;
      }
    }
  }
}
