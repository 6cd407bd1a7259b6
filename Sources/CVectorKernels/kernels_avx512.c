#if defined(__x86_64__)
// 28 sums and 2 weights of 32 registers; the inputs are memory operands.
#define LANES 16
#define TILE_PIXELS 14
#define TARGET __attribute__((target("avx512f,fma")))
#define KERNEL_TABLE kernels_avx512
#include "kernels.h"
#endif
