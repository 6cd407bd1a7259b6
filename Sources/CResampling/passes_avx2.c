#if defined(__x86_64__)
#define LANES 8
#define TARGET __attribute__((target("avx2")))
#define PASS(name) name##_avx2
#include "passes.h"
#endif
