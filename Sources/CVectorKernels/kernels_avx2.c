#if defined(__x86_64__)
// 12 sums, 2 weights and 1 input in 16 registers; 12 fused operations cover their latency.
#define LANES 8
#define TILE_PIXELS 6
#define TARGET __attribute__((target("avx2,fma")))
#define KERNEL_TABLE kernels_avx2
#include "kernels.h"
#endif
