#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif
#include <unistd.h>

#include "CVectorKernels.h"

size_t usable_processors(void) {
#if defined(__linux__)
  // The kernel refuses a set with room for fewer processors than it was built for.
  for (int room = 1024; room <= 1 << 20; room *= 4) {
    cpu_set_t *set = CPU_ALLOC(room);
    if (!set) break;
    const size_t size = CPU_ALLOC_SIZE(room);
    const int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
    CPU_FREE(set);
    if (count > 0) return (size_t)count;
  }
#endif
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (size_t)online : 1;
}
