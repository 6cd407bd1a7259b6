import BiTModel
import CVectorKernels

/// An activation with its learnt values, ready to be applied.
struct PointwiseFunction: Sendable {
  private let function: pointwise_function
  private let parameters: [Float]

  /// - Throws: What the weight source throws.
  init(_ activation: Activation, weights: any WeightSource) throws {
    let learnt = try activation.parameters.map { try weights.values(of: $0)[0] }
    (function, parameters) = Self.kernel(of: activation.function, learnt: learnt)
  }

  var isLinear: Bool { function == pointwise_linear }
  var isReLU: Bool { function == pointwise_relu }

  func apply(to values: UnsafeMutablePointer<Float>, count: Int) {
    guard !isLinear else { return }
    parameters.withUnsafeBufferPointer {
      apply_pointwise(function, $0.baseAddress, values, count)
    }
  }

  private static func kernel(
    of function: ActivationFunction, learnt: [Float]
  ) -> (pointwise_function, [Float]) {
    switch function {
    case .linear: (pointwise_linear, [])
    case .relu: (pointwise_relu, [])
    case .relu2: (pointwise_relu2, [])
    case .relu6: (pointwise_relu6, [])
    case .leakyReLU: (pointwise_leaky_relu, [0.01])
    case .sigmoid: (pointwise_sigmoid, [])
    case .silu: (pointwise_silu, [])
    case .tanh: (pointwise_tanh, [])
    case .mish: (pointwise_mish, [])
    case .hardswish: (pointwise_hardswish, [])
    case .gelu: (pointwise_gelu, [])
    case .gelu10: (pointwise_gelu10, [])
    case .geluTanh: (pointwise_gelu_tanh, [Float((2 / Double.pi).squareRoot())])
    case .geluFast: (pointwise_gelu_tanh, [0.797_884_560_8])
    case .quickGELU: (pointwise_quick_gelu, [])
    case .laplace: (pointwise_laplace, [])
    case .sqrtSoftplus: (pointwise_sqrt_softplus, [])
    case .prelu: (pointwise_leaky_relu, learnt)
    case .xielu: (pointwise_xielu, xielu(learnt))
    }
  }

  /// α₊ = softplus(alpha_p) and α₋ = β + softplus(alpha_n), from [alpha_p, alpha_n, beta, eps].
  private static func xielu(_ learnt: [Float]) -> [Float] {
    let (alphaP, alphaN) = (Double(learnt[0]), Double(learnt[1]))
    return [
      Float(softplus_double(alphaP)), Float(Double(learnt[2]) + softplus_double(alphaN)), learnt[2],
      learnt[3],
    ]
  }
}
