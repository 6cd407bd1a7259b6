// Standardises convolution kernels and packs them for the convolution that will read them.
//
//   y[packed(k,c,ky,kx)] = (w[k,c,ky,kx] - mean[k]) / sqrt(variance[k] + epsilon)
//   packed = (((k/block_n * channel_blocks + c/block_c) * taps + tap) * block_c + c%block_c)
//            * block_n + k%block_n
//
// Every step carries its rounding error along, so that the result is the exact one rounded to Float
// but for rare ties, as the host's Double gives it. That is not for show: the elements of a kernel sum
// to zero, so where an input is nearly constant the roundings of the kernel are all that remains.
//
//   w  [outputs][channels][taps]                                  as checkpoints hold it
//   y  [output blocks][channel blocks][taps][block_c][block_n]    zero beyond channels and outputs
//
// ITEMS work-items share OUTPUTS output channels, which lie side by side in y.
// Launch: (output blocks * block_n / OUTPUTS * ITEMS) in groups of ITEMS.
#ifndef ITEMS
#define ITEMS 1  // work-items of a group (1 … 256)
#endif
#ifndef OUTPUTS
#define OUTPUTS 1  // output channels of a group; divides block_n (1, 16)
#endif

// Lanes: one an output, and those of the vectors that sums are made by.
#define CALL_(name, n) name##n
#define CALL(name, n) CALL_(name, n)
#if OUTPUTS == 1
typedef float lanes;
#define SUMMED 4
#define STORE_LANES(v, p) (*(p) = (v))
#else
typedef VECTOR_TYPE(OUTPUTS) lanes;
#define SUMMED OUTPUTS
#define STORE_LANES(v, p) CALL(vstore, OUTPUTS)((v), 0, (p))
#endif
typedef VECTOR_TYPE(SUMMED) summands;
#define LOAD_SUMMANDS(i, p) CALL(vload, SUMMED)((i), (p))

typedef struct {
  lanes sum, error;
} exact_lanes;
typedef struct {
  summands sum, error;
} exact_summands;
DEFINE_EXACT_ADD(lanes, exact_lanes, exact_add_lanes)
DEFINE_EXACT_ADD(summands, exact_summands, exact_add_summands)

// value - mean, in two parts. Beside a mean of many deviations its error is no longer a small part
// of the difference: the parts are split anew.
#define DEFINE_DEVIATION(T, SUM, add, name)                  \
  static inline SUM name(T value, SUM mean)                  \
  {                                                          \
    const SUM d = add((SUM){-mean.sum, -mean.error}, value); \
    return add((SUM){d.sum, (T)(0.0f)}, d.error);            \
  }
DEFINE_DEVIATION(float, exact_sum, exact_add, deviation)
DEFINE_DEVIATION(lanes, exact_lanes, exact_add_lanes, deviation_lanes)
DEFINE_DEVIATION(summands, exact_summands, exact_add_summands, deviation_summands)

static inline exact_sum add_square(exact_sum total, exact_sum d)
{
  total = exact_multiply_add(total, d.sum, d.sum);
  total.error += 2.0f * d.sum * d.error;
  return total;
}

static inline exact_summands add_square_summands(exact_summands total, exact_summands d)
{
  const summands square = d.sum * d.sum;
  total = exact_add_summands(total, square);
  total.error += fma(d.sum, d.sum, -square) + 2.0f * d.sum * d.error;
  return total;
}

static inline exact_sum joined(exact_summands parts)
{
  exact_sum total = {0.0f, 0.0f};
  for (int i = 0; i < SUMMED; i++) {
    total = exact_add(total, ((const float *)&parts.sum)[i]);
    total.error += ((const float *)&parts.error)[i];
  }
  return total;
}

// The mean of an output's elements, and 1 / sqrt(variance + epsilon).
typedef struct {
  exact_sum mean, inverse;
} standardization;

static inline standardization standardize(
    __local float *shared, __global const float *w, int count, float epsilon)
{
  standardization result;
  const int item = get_local_id(0);
  // Vectors, then the rest one by one.
  const int vectors = count / SUMMED;
  const float terms = max(count, 1);
  exact_summands sums = {(summands)(0.0f), (summands)(0.0f)};
  for (int i = item; i < vectors; i += ITEMS)
    sums = exact_add_summands(sums, LOAD_SUMMANDS(i, w));
  exact_sum part = joined(sums);
  for (int i = vectors * SUMMED + item; i < count; i += ITEMS) part = exact_add(part, w[i]);
  result.mean = exact_quotient(exact_group_total(shared, ITEMS, part), terms);

  const exact_summands mean = {(summands)(result.mean.sum), (summands)(result.mean.error)};
  sums = (exact_summands){(summands)(0.0f), (summands)(0.0f)};
  for (int i = item; i < vectors; i += ITEMS)
    sums = add_square_summands(sums, deviation_summands(LOAD_SUMMANDS(i, w), mean));
  part = joined(sums);
  for (int i = vectors * SUMMED + item; i < count; i += ITEMS)
    part = add_square(part, deviation(w[i], result.mean));
  const exact_sum variance = exact_quotient(exact_group_total(shared, ITEMS, part), terms);
  result.inverse = exact_inverse_root(exact_add(variance, epsilon));
  return result;
}

__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void weight_standardization(
    __global const float *restrict w, __global float *restrict y, int outputs, int channels,
    int taps, int block_n, int block_c, int channel_blocks, float epsilon)
{
  __local float shared[2 * ITEMS];
  const int first = get_group_id(0) * OUTPUTS, item = get_local_id(0);
  const int count = channels * taps, real = clamp(outputs - first, 0, OUTPUTS);
  // Where the outputs begin; beyond the last one it is read again, and its results dropped.
  size_t rows[OUTPUTS];
  exact_lanes mean, inverse;
  for (int j = 0; j < OUTPUTS; j++) {
    rows[j] = (size_t)min(first + j, outputs - 1) * count;
    const standardization by = standardize(shared, w + rows[j], count, epsilon);
    ((float *)&mean.sum)[j] = by.mean.sum;
    ((float *)&mean.error)[j] = by.mean.error;
    ((float *)&inverse.sum)[j] = by.inverse.sum;
    ((float *)&inverse.error)[j] = by.inverse.error;
  }
  for (int c = item; c < channel_blocks * block_c; c += ITEMS) {
    const size_t block = (size_t)(first / block_n) * channel_blocks + c / block_c;
    __global float *to =
        y + (block * taps * block_c + c % block_c) * block_n + first % block_n;
    for (int tap = 0; tap < taps; tap++, to += block_c * block_n) {
      lanes result = (lanes)(0.0f);
      if (c < channels) {
        lanes values;
#pragma unroll
        for (int j = 0; j < OUTPUTS; j++)
          ((float *)&values)[j] = w[rows[j] + c * taps + tap];
        const exact_lanes d = deviation_lanes(values, mean);
        result = fma(d.sum, inverse.sum, fma(d.sum, inverse.error, d.error * inverse.sum));
        for (int j = real; j < OUTPUTS; j++) ((float *)&result)[j] = 0.0f;
      }
      STORE_LANES(result, to);
    }
  }
}
