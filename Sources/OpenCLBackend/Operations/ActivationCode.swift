import BiTModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension ActivationFunction {
  /// The number of the function in `prelude.clh`.
  var kernelCode: Int {
    switch self {
    case .linear: 0
    case .relu: 1
    case .relu2: 2
    case .relu6: 3
    case .leakyReLU: 4
    case .sigmoid: 5
    case .silu: 6
    case .tanh: 7
    case .mish: 8
    case .hardswish: 9
    case .gelu: 10
    case .gelu10: 11
    case .geluTanh: 12
    case .geluFast: 13
    case .quickGELU: 14
    case .laplace: 15
    case .sqrtSoftplus: 16
    case .prelu: 17
    case .xielu: 18
    }
  }
}

extension Activation {
  /// The learnt values as kernels take them: `prelu`'s slope, or `xielu`'s α₊, α₋, β and ε.
  func kernelConstants(_ weights: any WeightSource) throws -> SIMD4<Float> {
    let values = try parameters.map { Double(try weights.values(of: $0)[0]) }
    switch function {
    case .prelu: return SIMD4(Float(values[0]), 0, 0, 0)
    case .xielu:
      func softplus(_ x: Double) -> Double { x > 20 ? x : log1p(exp(x)) }
      return SIMD4(
        Float(softplus(values[0])), Float(values[2] + softplus(values[1])), Float(values[2]),
        Float(values[3]))
    default: return .zero
    }
  }
}
