// Multiply-adds and nothing else: what a device's arithmetic gives at most.
//
// Each work-item computes sums[c] = sums[c] * factor + addend, `rounds` times, for CHAINS vectors that
// do not wait for one another; y takes what cannot be had without that.
// Launch: any number of work-items in one dimension, any work-group; y holds one float for each.
#ifndef VECTOR
#define VECTOR 8  // floats of a register (4, 8, 16); of a GPU, whose items are its lanes, 4
#endif
#define CHAINS 12  // two units of 4 to 5 cycles need 8 to 10, and 16 registers leave room for 12

typedef VECTOR_TYPE(VECTOR) vector;

#define EACH_CHAIN(DO) \
  DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
// Different values, so that no two chains are the same to the compiler.
#define BEGIN(c) vector s##c = (vector)(addend + c);
#define STEP(c) s##c = fma(s##c, factors, addends);
#define JOIN(c) total += s##c;

kernel void multiply_add(
    global float *restrict y, const float factor, const float addend, const int rounds)
{
  const vector factors = (vector)(factor), addends = (vector)(addend);
  EACH_CHAIN(BEGIN)
  for (int round = 0; round < rounds; round++) {
    EACH_CHAIN(STEP)
  }
  vector total = (vector)(0.0f);
  EACH_CHAIN(JOIN)
  y[get_global_id(0)] = total.s0 + total.s1 + total.s2 + total.s3;
}
