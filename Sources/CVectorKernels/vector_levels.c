#include "vector_levels.h"

#include <stdlib.h>

bool vector_level_is_available(vector_level level) {
  switch (level) {
    case vector_level_baseline: return true;
#if defined(__x86_64__)
    case vector_level_avx2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case vector_level_avx512: return __builtin_cpu_supports("avx512f");
#endif
    default: return false;
  }
}

vector_kernels vector_kernels_for(vector_level level) {
  switch (level) {
#if defined(__x86_64__)
    case vector_level_avx2: return kernels_avx2;
    case vector_level_avx512: return kernels_avx512;
#endif
    default: return kernels_baseline;
  }
}

void *allocate_aligned(size_t byte_count) {
  const size_t alignment = 64;
  const size_t rounded = (byte_count + alignment - 1) / alignment * alignment;
  return rounded < byte_count ? NULL : aligned_alloc(alignment, rounded ? rounded : alignment);
}

void free_aligned(void *memory) { free(memory); }
