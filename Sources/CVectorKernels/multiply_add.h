// What a core's arithmetic gives at most, for one instruction set; included by kernels.h.
//
// A fused multiply-add takes 4 or 5 cycles and two may begin in each: 12 sums that do not wait for
// one another keep both units busy, and fit 16 registers with the two constants.
#define CHAINS 12

TARGET static float multiply_add(size_t rounds, float factor, float addend) {
  const vector x = {0}, factors = x + factor, addends = x + addend;
  vector sums[CHAINS];
  // Different values, so that no two chains are the same to the compiler.
#pragma clang loop unroll(full)
  for (int chain = 0; chain < CHAINS; chain++) sums[chain] = x + (float)chain;
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int chain = 0; chain < CHAINS; chain++) sums[chain] = sums[chain] * factors + addends;
  }
  vector total = x;
  for (int chain = 0; chain < CHAINS; chain++) total += sums[chain];
  float result = 0;
  for (int lane = 0; lane < LANES; lane++) result += total[lane];
  return result;
}
