import BiTModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The function of one value that an activation names (transformers' `activations.py` and the
/// modules of torch.nn that it uses).
/// - Parameter learnt: The values of `Activation.parameters`, in their order.
func activationFunction(
  _ function: ActivationFunction, learnt: [Double]
) -> @Sendable (Double) -> Double {
  switch function {
  case .linear: { $0 }
  case .relu: relu
  case .relu2: { relu($0) * relu($0) }
  case .relu6: { clip($0, 0, 6) }
  case .leakyReLU: { $0 > 0 ? $0 : 0.01 * $0 }
  case .sigmoid: sigmoid
  case .silu: { $0 * sigmoid($0) }
  case .tanh: { tanh($0) }
  case .mish: { $0 * tanh(softplus($0)) }
  case .hardswish: { $0 * clip($0 + 3, 0, 6) / 6 }
  case .gelu: gelu
  case .gelu10: { clip(gelu($0), -10, 10) }
  case .geluTanh: { geluByTanh($0, scale: (2 / Double.pi).squareRoot()) }
  case .geluFast: { geluByTanh($0, scale: 0.7978845608) }
  case .quickGELU: { $0 * sigmoid(1.702 * $0) }
  case .laplace: { erfc((0.707107 - $0) / (0.282095 * 2.0.squareRoot())) / 2 }
  case .sqrtSoftplus: { softplus($0).squareRoot() }
  case .prelu: { $0 > 0 ? $0 : learnt[0] * $0 }
  case .xielu: xielu(alphaP: learnt[0], alphaN: learnt[1], beta: learnt[2], epsilon: learnt[3])
  }
}

/// max(x, 0); a NaN stays one.
@Sendable private func relu(_ x: Double) -> Double { x < 0 ? 0 : x }

private func clip(_ x: Double, _ low: Double, _ high: Double) -> Double {
  x < low ? low : x > high ? high : x
}

@Sendable private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

/// log(1 + eˣ), by torch.nn.functional.softplus's definition: x itself above 20.
private func softplus(_ x: Double) -> Double { x > 20 ? x : log1p(exp(x)) }

/// x · Φ(x) with Φ(x) = erfc(−x/√2) / 2, which keeps its digits where Φ is small.
@Sendable private func gelu(_ x: Double) -> Double { x * erfc(-x / 2.0.squareRoot()) / 2 }

/// 0.5 x · (1 + tanh(u)) is x / (1 + e⁻²ᵘ), which keeps its digits where the tanh is near −1.
private func geluByTanh(_ x: Double, scale: Double) -> Double {
  x * sigmoid(2 * scale * (x + 0.044715 * x * x * x))
}

/// arXiv:2411.13010, equation 11, with the learnt values as transformers stores them.
private func xielu(
  alphaP: Double, alphaN: Double, beta: Double, epsilon: Double
) -> @Sendable (Double) -> Double {
  let positive = softplus(alphaP)
  let negative = beta + softplus(alphaN)
  return { x in
    x > 0
      ? positive * x * x + beta * x
      : (expm1(min(x, epsilon)) - x) * negative + beta * x
  }
}
