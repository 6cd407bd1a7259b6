// Vectors of 128 bits, which every x86-64 (SSE2) and AArch64 (NEON) has: 12 sums, 2 weights and 1
// input in 16 registers.
#define LANES 4
#define TILE_PIXELS 6
#define TARGET
#define KERNEL_TABLE kernels_baseline
#include "kernels.h"
