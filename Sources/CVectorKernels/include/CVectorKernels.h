#ifndef C_VECTOR_KERNELS_H
#define C_VECTOR_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

/// The inner loops of the CPU backend, as explicit vectors, compiled once for each instruction set.
/// All tensors are NHWC: the channels of a pixel are neighbours in memory.

/// One panel of output channels over a run of output pixels that are neighbours in memory:
///
///   output[p][j] = Σ_s Σ_k input[pixel_offsets[p] + segment_offsets[s] + k]
///                          · weights[s · segment_length + k][j]
///
/// plus what `output` holds, plus bias[j], plus residual[p][j], each where asked for.
/// Every sum runs over s and k in ascending order, whichever pixels share a call, so an output
/// does not depend on how the work is divided.
typedef struct {
  const float *input;
  const ptrdiff_t *pixel_offsets;    // where each output pixel's window starts, in floats
  size_t pixels;
  const ptrdiff_t *segment_offsets;  // runs of the window that are contiguous in the input
  size_t segments;
  size_t segment_length;             // floats in each run
  const float *weights;              // [segments * segment_length][panel_width]
  float *output;
  size_t output_stride;              // floats from one output pixel to the next
  size_t channels;                   // how many of the panel's channels exist
  bool accumulates;                  // adds to what `output` holds
  const float *bias;                 // [channels], or NULL
  const float *residual;             // laid out as `output`, or NULL
} convolution_panel;

/// The kernels of one instruction set.
typedef struct {
  /// Output channels in a panel of packed weights.
  size_t panel_width;
  /// Output pixels that the registers hold at a time.
  size_t tile_pixels;

  void (*convolve)(const convolution_panel *panel);

  /// y[p][c] = (x[p][c] − center[c]) · scale[c] + shift[c], then max(…, 0) if `rectifies`.
  void (*normalize)(
      const float *x, float *y, size_t pixels, size_t channels, const float *center,
      const float *scale, const float *shift, bool rectifies);

  /// Each channel's mean and sum of squared deviations from it over `pixels` > 0 pixels that are
  /// `stride` floats apart, summed in double as differences from the first pixel: the squares can
  /// then cancel by no more than a factor of `pixels`, whatever the mean.
  void (*channel_statistics)(
      const float *x, size_t pixels, size_t stride, size_t channels, double *mean,
      double *squared_deviations);

  /// y[i] = max(y[i], x[i]); a NaN stays one.
  void (*maximum)(const float *x, float *y, size_t count);

  /// y[i] = a[i] + b[i]
  void (*add)(const float *a, const float *b, float *y, size_t count);

  /// `rounds` times `products_per_round` multiply-adds that need nothing but registers: as fast as
  /// the processor's arithmetic goes. Returns what cannot be had without them.
  float (*multiply_add)(size_t rounds, float factor, float addend);
  size_t products_per_round;
} vector_kernels;

typedef enum {
  vector_level_baseline,  // what every CPU of the architecture has
  vector_level_avx2,      // x86-64 with AVX2 and FMA
  vector_level_avx512,    // x86-64 with AVX-512F
} vector_level;

/// Whether this CPU, and its operating system, can run the kernels of a level.
bool vector_level_is_available(vector_level level);

/// The kernels of a level that is available.
vector_kernels vector_kernels_for(vector_level level);

/// Pointwise functions; their formulas stand at `ActivationFunction` in BiTModel.
typedef enum {
  pointwise_linear,
  pointwise_relu,
  pointwise_relu2,
  pointwise_relu6,
  pointwise_leaky_relu,  // parameters: slope below zero
  pointwise_sigmoid,
  pointwise_silu,
  pointwise_tanh,
  pointwise_mish,
  pointwise_hardswish,
  pointwise_gelu,
  pointwise_gelu10,
  pointwise_gelu_tanh,  // parameters: √(2/π) as the variant writes it
  pointwise_quick_gelu,
  pointwise_laplace,
  pointwise_sqrt_softplus,
  pointwise_xielu,  // parameters: α₊, α₋, β, ε
} pointwise_function;

/// Applies a function in place. A NaN stays one.
void apply_pointwise(
    pointwise_function function, const float *parameters, float *values, size_t count);

/// log(1 + eˣ), for values that are computed once.
double softplus_double(double x);

/// How many processors the process may run on, as `taskset` or a container left them.
size_t usable_processors(void);

/// Memory aligned to 64 bytes; NULL if there is none to be had.
void *allocate_aligned(size_t byte_count);

/// Gives back what `allocate_aligned` returned.
void free_aligned(void *memory);

#endif
