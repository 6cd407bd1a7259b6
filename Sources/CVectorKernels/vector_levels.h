#ifndef VECTOR_LEVELS_H
#define VECTOR_LEVELS_H

#include "CVectorKernels.h"

extern const vector_kernels kernels_baseline;
#if defined(__x86_64__)
extern const vector_kernels kernels_avx2;
extern const vector_kernels kernels_avx512;
#endif

#endif
