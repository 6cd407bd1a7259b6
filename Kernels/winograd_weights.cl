// Transforms packed 3x3 kernels for conv2d_winograd.cl.
//
//   y[k,c] = G w[k,c] G^T, G as conv2d_winograd.cl has it
//
// Each element is the sum of up to nine taps with factors 1, 1/2 or 1/4, which are exact. The errors of
// the additions are carried along: an element is rounded once, after the once of its taps.
//
//   w  [output blocks][9 taps][elements] before, at the same place      elements: the channels and
//      [output blocks][16 positions][elements] after                    outputs of a block
//
// A work-item transforms one element of all blocks, the last one first: what it overwrites is either its
// own or was read before, and nobody else's.
//
// Launch: (elements), any work-group.

// G times a column: element `row` of four.
static inline exact_sum expand(int row, exact_sum a, exact_sum b, exact_sum c)
{
  if (row == 0) return a;
  if (row == 3) return c;
  const float sign = row == 1 ? 1.0f : -1.0f;
  exact_sum total = exact_add(a, sign * b.sum);
  total.error += sign * b.error;
  total = exact_add(total, c.sum);
  total.error += c.error;
  return (exact_sum){0.5f * total.sum, 0.5f * total.error};
}

__kernel void winograd_weights(__global float *w, int blocks)
{
  const size_t e = get_global_id(0), elements = get_global_size(0);
  for (int block = blocks - 1; block >= 0; block--) {
    __global const float *from = w + (size_t)block * 9 * elements + e;
    __global float *to = w + (size_t)block * 16 * elements + e;
    float taps[9];
    for (int t = 0; t < 9; t++) taps[t] = from[t * elements];
    for (int i = 0; i < 4; i++) {
      exact_sum rows[3];
      for (int j = 0; j < 3; j++) {
        const exact_sum a = {taps[j], 0.0f}, b = {taps[3 + j], 0.0f}, c = {taps[6 + j], 0.0f};
        rows[j] = expand(i, a, b, c);
      }
      for (int j = 0; j < 4; j++) {
        const exact_sum v = expand(j, rows[0], rows[1], rows[2]);
        to[(i * 4 + j) * elements] = v.sum + v.error;
      }
    }
  }
}
