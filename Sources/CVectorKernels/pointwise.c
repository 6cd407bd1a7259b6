#include <math.h>

#include "CVectorKernels.h"

static float relu(float x) { return x < 0 ? 0 : x; }

static float relu6(float x) { return x > 6 ? 6 : relu(x); }

static float sigmoid(float x) { return 1 / (1 + expf(-x)); }

// log(1 + eˣ); above 20 that is x (torch.nn.functional.softplus).
static float softplus(float x) { return x > 20 ? x : log1pf(expf(x)); }

// x · Φ(x). The complement keeps the digits that 1 + erf loses below zero.
static float gelu(float x) { return 0.5f * x * erfcf(-x * 0.70710678118654752f); }

static float gelu10(float x) {
  const float y = gelu(x);
  return y > 10 ? 10 : y;  // never below −0.17
}

static float gelu_tanh(float x, float root) {
  return 0.5f * x * (1 + tanhf(root * x * (1 + 0.044715f * x * x)));
}

static float laplace(float x) {
  return 0.5f * erfcf((0.707107f - x) / (0.282095f * 1.41421356237309505f));
}

static float xielu(float x, const float *parameters) {
  const float positive = parameters[0], negative = parameters[1], beta = parameters[2];
  if (x > 0) return positive * x * x + beta * x;
  const float epsilon = parameters[3];
  return (expm1f(x > epsilon ? epsilon : x) - x) * negative + beta * x;
}

void apply_pointwise(
    pointwise_function function, const float *parameters, float *values, size_t count) {
#define EACH(formula)                    \
  for (size_t i = 0; i < count; i++) {   \
    const float x = values[i];           \
    values[i] = (formula);               \
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
    case pointwise_tanh: EACH(tanhf(x));
    case pointwise_mish: EACH(x * tanhf(softplus(x)));
    case pointwise_hardswish: EACH(x * relu6(x + 3) / 6);
    case pointwise_gelu: EACH(gelu(x));
    case pointwise_gelu10: EACH(gelu10(x));
    case pointwise_gelu_tanh: EACH(gelu_tanh(x, parameters[0]));
    case pointwise_quick_gelu: EACH(x * sigmoid(1.702f * x));
    case pointwise_laplace: EACH(laplace(x));
    case pointwise_sqrt_softplus: EACH(sqrtf(softplus(x)));
    case pointwise_xielu: EACH(xielu(x, parameters));
  }
#undef EACH
}

double softplus_double(double x) { return x > 20 ? x : log1p(exp(x)); }
