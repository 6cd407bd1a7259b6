import BiTModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension OperationSuite {
  /// Values on which a careless formula or a careless sum loses digits. Where the general limit does
  /// not see that, a tolerance counts the roundings of a careful one.
  static let precisionCases = activationTailCases + standardizationCases + cancellationCases

  /// Functions where their values are small: a limit that is relative to the largest value of a wide
  /// range would not see these.
  private static let activationTailCases = ActivationFunction.allCases.flatMap { function in
    tails.map { tail in
      let name = "\(function.rawValue) \(tail.name)"
      let half = shape(5, 31, 7)
      // The sum of two equal tensors doubles exactly.
      return OperationCase(
        name, input: half,
        values: .uniform(center: tail.center / 2, amplitude: tail.amplitude / 2),
        weights: ActivationWeights(), tolerance: function.roundings(of: tail)
      ) { network in
        let activation = Activation(function, path: "activation")
        return [network.append("activation", .add(activation), 0, 0)]
      }
    }
  }

  private static let tails = [
    ActivationTail(name: "of tiny values", center: 0, amplitude: 1e-18),
    ActivationTail(name: "around 0", center: 0, amplitude: 0.01),
    ActivationTail(name: "around −3", center: -3, amplitude: 0.5),
    ActivationTail(name: "around −9", center: -9, amplitude: 1),
    ActivationTail(name: "around 6", center: 6, amplitude: 1),
    ActivationTail(name: "around 30", center: 30, amplitude: 2),
  ]

  /// The standardised kernel itself, element by element: the answer to impulses, one image an input
  /// channel, so that every sum has one term that is not zero.
  private static let standardizationCases: [OperationCase] = {
    // Computed in more than Float and rounded once.
    let once = Tolerance(name: "rounded once", relative: 0x1p-23)
    let values: [(name: String, channels: Int, tolerance: Tolerance?, weight: (Int) -> Float)] = [
      ("of mean 100", 8, once, { 100 + Float($0 * 7919 % 17) / 16 }),
      ("of mean 10⁴ units", 8, once, { 1e4 + Float($0 * 7919 % 23) / 512 }),
      ("of mean −3", 5, once, { -3 + Float($0 * 7919 % 31) / 37 }),
      ("of one mean and another", 8, once, { ($0 % 2 == 0 ? 1 : -1) * (50 + Float($0 % 7) / 9) }),
      ("of tiny variance", 8, once, { 0.001 + 1e-4 * Float($0 * 7919 % 17) / 17 }),
      ("far below √ε", 8, once, { 1e-9 * Float($0 * 7919 % 19 - 9) }),
      ("of large values", 8, once, { 1e9 * Float($0 * 7919 % 13 - 5) }),
      ("with one element apart", 8, once, { $0 % 72 == 40 ? 0.7 : 0.3 }),
      ("of equal elements", 7, nil, { _ in 0.1 }),
      ("of zeros", 7, nil, { _ in 0 }),
    ]
    return values.flatMap { name, channels, tolerance, weight in
      [1, 3].map { kernel in
        let path = "standardised \(kernel)x\(kernel) kernels \(name)"
        let layer = convolution(
          channels, 9, kernel: kernel, padding: .symmetric(kernel - 1), path: path)
        return OperationCase(
          path, .convolution(layer), input: shape(1, 1, channels, batch: channels),
          values: impulses,
          weights: InMemoryWeights([
            layer.weight.name: (0..<layer.weight.count).map(weight)
          ]), tolerance: tolerance)
      }
    }
  }()

  private static let impulses = InputValues { shape, _ in
    var tensor = HostTensor(shape: shape, filledWith: 0)
    for channel in 0..<shape.channels { tensor[channel, 0, 0, channel] = 1 }
    return tensor
  }

  /// Sums whose terms are far larger than they are.
  private static let cancellationCases: [OperationCase] = [
    (inputs: 2, outputs: 9, kernel: 7, stride: 2), (3, 17, 7, 2), (16, 33, 1, 1), (34, 16, 1, 1),
    (8, 24, 3, 1), (32, 20, 3, 2),
  ].flatMap { inputs, outputs, kernel, stride in
    let terms = inputs * kernel * kernel
    let input = shape(9, 10, inputs, batch: 2)
    let label = "convolution \(kernel)x\(kernel)/\(stride), \(inputs) to \(outputs) channels"
    let layer = convolution(inputs, outputs, kernel: kernel, stride: stride, path: label)
    let nearlyConstant = OperationCase(
      "\(label), input nearly constant", .convolution(layer), input: input,
      values: .uniform(center: 100, amplitude: 1))
    return [nearlyConstant] + (terms % 2 == 0 ? [wholeNumbers(layer, label, input)] : [])
  }

  /// Elements of +1 and −1 and an input of whole numbers below 1000: Float adds them exactly, in any
  /// order, so nothing hides below a tolerance.
  private static func wholeNumbers(
    _ layer: Convolution, _ label: String, _ input: TensorShape
  ) -> OperationCase {
    let terms = layer.inputChannels * layer.kernel * layer.kernel
    let signs = (0..<layer.weight.count).map { index -> Float in
      let (output, term) = index.quotientAndRemainder(dividingBy: terms)
      // As many of one sign as of the other, in runs of several lengths.
      return (term + output) % terms < terms / 2 ? 1 : -1
    }
    let wholeNumbers = InputValues { shape, seed in
      HostTensor(
        shape: shape,
        elements: HostTensor(shape: shape, uniform: seed, amplitude: 999).elements.map {
          $0.rounded()
        })
    }
    return OperationCase(
      "\(label), whole numbers", .convolution(layer), input: input, values: wholeNumbers,
      weights: InMemoryWeights([layer.weight.name: signs]),
      tolerance: Tolerance(name: "ε of 1e-8 beside a variance of 1", relative: 1e-8))
  }
}

/// A stretch of an activation's input.
private struct ActivationTail {
  let name: String
  let center: Float
  let amplitude: Float

  /// The largest magnitude.
  var reach: Double { Double(abs(center) + amplitude) }
}

extension ActivationFunction {
  /// The error of a careful implementation, relative to the largest value.
  ///
  /// In units of 2⁻²⁴, half a unit in the last place: each operation rounds by one, a division by five
  /// where the OpenCL standard's limits are used up, exp by 6, log1p 4, expm1 6, tanh 10, erfc 32, √ 6
  /// (OpenCL C 1.2, table 7.1). A rounding of an exponent counts as often as the exponent is large.
  fileprivate func roundings(of tail: ActivationTail) -> Tolerance {
    let x = tail.reach
    let units: Double
    switch self {
    case .linear, .relu, .relu6: return .exact
    case .relu2, .leakyReLU, .prelu: units = 2
    case .hardswish: units = 4
    case .sigmoid: units = 12
    case .silu: units = 13
    case .quickGELU: units = 13 + 2 * 1.702 * x
    case .tanh: units = 10
    case .mish: units = 26
    case .gelu, .gelu10: units = 34 + (tail.center < 0 ? 2 * x * x : 2)
    case .geluTanh, .geluFast: units = 13 + 5 * Self.exponent(ofGELUAt: x)
    case .laplace: units = 34 + (tail.center <= 0 ? 6 * Self.laplaceExponent(at: x) : 4)
    case .sqrtSoftplus: units = 12
    // The terms are up to twice the sum around 0, and up to five times below.
    case .xielu: units = tail.center < 0 ? 60 : 24
    }
    // Values that are not normal may become zero.
    return Tolerance(
      name: "\(Int(units)) roundings", rule: "roundings of a formula", relative: units * 0x1p-24,
      absolute: 0x1p-126, units: units)
  }

  /// 2√(2/π) (x + 0.044715x³)
  private static func exponent(ofGELUAt x: Double) -> Double {
    2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
  }

  /// z² of erfc(z).
  private static func laplaceExponent(at x: Double) -> Double {
    let z = (0.707107 + x) / (0.282095 * 2.0.squareRoot())
    return max(z * z, z)
  }
}
