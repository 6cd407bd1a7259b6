#include <math.h>

#include "CVectorKernels.h"

static float relu(float x) { return x < 0 ? 0 : x; }

static float relu6(float x) { return x > 6 ? 6 : relu(x); }

// What takes an exponential is computed in double and rounded once: glibc's are as fast there.
// Nothing cancels below zero: 1 + erf(x) is erfc(−x), and (1 + tanh(x)) / 2 is 1 / (1 + exp(−2x)).
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

// log(1 + eˣ); above 20 that is x (torch.nn.functional.softplus).
static double softplus(double x) { return x > 20 ? x : log1p(exp(x)); }

// x · Φ(x)
static double gelu(double x) { return 0.5 * x * erfc(-x * 0.70710678118654752); }

static double gelu10(double x) {
  const double y = gelu(x);
  return y > 10 ? 10 : y;  // never below −0.17
}

static double gelu_tanh(double x, double root) {
  return x * sigmoid(2 * root * (x + 0.044715 * x * x * x));
}

static double laplace(double x) {
  return 0.5 * erfc((0.707107 - x) / (0.282095 * 1.41421356237309505));
}

static double xielu(double x, const float *parameters) {
  const double positive = parameters[0], negative = parameters[1], beta = parameters[2];
  if (x > 0) return positive * x * x + beta * x;
  const double epsilon = parameters[3];
  return (expm1(x > epsilon ? epsilon : x) - x) * negative + beta * x;
}

void apply_pointwise(
    pointwise_function function, const float *parameters, float *values, size_t count) {
#define EACH(formula)                    \
  for (size_t i = 0; i < count; i++) {   \
    const float x = values[i];           \
    values[i] = (float)(formula);        \
  }                                      \
  break
  switch (function) {
    case pointwise_linear: break;
    case pointwise_relu: EACH(relu(x));
    case pointwise_relu2: EACH(relu(x) * relu(x));
    case pointwise_relu6: EACH(relu6(x));
    case pointwise_leaky_relu: EACH(x < 0 ? x * parameters[0] : x);
    case pointwise_sigmoid: EACH(sigmoid(x));
    case pointwise_silu: EACH(x * sigmoid(x));
    case pointwise_tanh: EACH(tanh(x));
    case pointwise_mish: EACH(x * tanh(softplus(x)));
    case pointwise_hardswish: EACH(x * relu6(x + 3) / 6);
    case pointwise_gelu: EACH(gelu(x));
    case pointwise_gelu10: EACH(gelu10(x));
    case pointwise_gelu_tanh: EACH(gelu_tanh(x, parameters[0]));
    case pointwise_quick_gelu: EACH(x * sigmoid(1.702 * x));
    case pointwise_laplace: EACH(laplace(x));
    case pointwise_sqrt_softplus: EACH(sqrt(softplus(x)));
    case pointwise_xielu: EACH(xielu(x, parameters));
  }
#undef EACH
}

double softplus_double(double x) { return x > 20 ? x : log1p(exp(x)); }
