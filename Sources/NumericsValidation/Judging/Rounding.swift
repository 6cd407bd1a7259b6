import BiTModel
import ReferenceBackend

/// The error that careful Float arithmetic is expected to leave in one operation's result, derived
/// from the operation, the length of its sums and the values that it reads.
struct Rounding: Sendable {
  /// The rule of derivation; limits of one rule are looked at together.
  let rule: String
  /// The rule and what it was applied to.
  let name: String
  /// One unit: the standard error that is expected, as a difference in the tensor's own scale.
  let unit: Double
  /// Nothing is rounded, or exactly once and correctly: the result is the nearest Float.
  let isExact: Bool

  init(rule: String, name: String? = nil, unit: Double) {
    self.rule = rule
    self.name = name ?? rule
    self.unit = unit
    isExact = unit == 0
  }

  /// A tensor's largest error may be this many units: of millions of elements with errors of normal
  /// distribution the largest is 5 to 6 standard errors off.
  static let allowedUnits = 6.0

  static let exact = Rounding(rule: "exact", unit: 0)

  var tolerance: Tolerance {
    isExact
      ? .exact
      : Tolerance(
        name: name, rule: rule, relative: 0, absolute: Self.allowedUnits * unit,
        units: Self.allowedUnits)
  }
}

/// Derives `Rounding` for the operations of a network.
///
/// A rounding to the nearest Float is off by at most u = 2⁻²⁴ of the value, evenly distributed: a
/// standard error of u/√3.
struct RoundingModel: Sendable {
  let oracle: ReferenceRunner

  /// The standard error of rounding a value of 1.
  private static let single = 0x1p-24 / 3.0.squareRoot()

  /// - Parameters:
  ///   - inputs: What the operation read.
  ///   - output: The exact result.
  ///   - operandUnits: The rounding unit of each input where a fused kernel may compute that input
  ///     anew instead of reading it (norms), else 0.
  ///   - isSingle: Whether the inputs are pixels, that is Floats, and the output is stored: a sum of
  ///     two is then rounded once and correctly. Other inputs may have more digits on the device
  ///     than what it returned of them.
  func rounding(
    of operation: Operation, inputs: [Tensor<Double>], output: Tensor<Double>,
    operandUnits: [Double], isSingle: Bool
  ) async throws -> Rounding {
    switch operation {
    case .input, .zeroPad: return .exact
    case .maxPool: return Rounding(rule: "norm", unit: operandUnits[0])
    case .convolution(let c):
      return sum(
        terms: c.inputChannels * c.kernel * c.kernel, inputs[0], output,
        operandUnit: operandUnits[0])
    case .linear(let linear):
      return sum(terms: linear.inputFeatures, nil, output, operandUnit: operandUnits[0])
    case .globalAveragePool: return mean(inputs[0], output, operandUnit: operandUnits[0])
    case .add(let activation):
      return try await add(
        activation, inputs, output, operandUnits: operandUnits, isSingle: isSingle)
    case .groupNorm(let norm): return try await groupNorm(norm, inputs[0], output)
    }
  }

  /// A sum of `terms` products, one after the other.
  ///
  /// Each addition rounds the partial sum. Of n terms of random sign the partial sum after k is
  /// about √(k/n) of the whole, so that the squares of the roundings add up to n/2 of the last
  /// one's: √(n/2) roundings, and two more at the ends. Where the terms cancel in the whole tensor,
  /// the scale is not the result's but that of the partial sums: √n terms by unit weights.
  private func sum(
    terms: Int, _ input: Tensor<Double>?, _ output: Tensor<Double>, operandUnit: Double
  ) -> Rounding {
    let root = Double(max(terms, 1)).squareRoot()
    let partialSums = input.map { root * $0.rootMeanSquare } ?? 0
    let roundings = root / 2.0.squareRoot() + 2
    let own = roundings * Self.single * max(output.magnitude, partialSums)
    return Rounding(
      rule: "sum of products", name: "sum of \(terms) products",
      unit: own.joined(with: root * operandUnit))
  }

  /// A mean, summed with a carried error or in Double: the sum is rounded, then the quotient, for
  /// which OpenCL allows 2.5 units in the last place.
  private func mean(
    _ input: Tensor<Double>, _ output: Tensor<Double>, operandUnit: Double
  ) -> Rounding {
    let terms = input.shape.height * input.shape.width
    let scale = max(output.magnitude, input.rootMeanSquare / Double(max(terms, 1)).squareRoot())
    return Rounding(
      rule: "mean with a carried error", name: "mean of \(terms) with a carried error",
      unit: (2 * Self.single * scale).joined(with: operandUnit))
  }

  private func add(
    _ activation: Activation?, _ inputs: [Tensor<Double>], _ output: Tensor<Double>,
    operandUnits: [Double], isSingle: Bool
  ) async throws -> Rounding {
    let operands = operandUnits[0].joined(with: operandUnits[1])
    let isPlain = activation?.function.isExact ?? true
    if isPlain, isSingle, operands == 0 { return .exact }
    let before =
      isPlain
      ? output : try await oracle.compute(.add(nil), on: inputs, outputShape: output.shape)
    let sum = isSingle ? 0 : Self.single * before.magnitude
    return activated(activation, "add", sum.joined(with: operands), before: before, output)
  }

  /// A difference, a product, a sum, and a scale with a reciprocal root of a variance whose parts
  /// are merged pairwise, for log₂ n roundings of half weight each. Means of parts are rounded to
  /// Float, at the level where the tensor's values are, unless each part is constant.
  private func groupNorm(
    _ norm: GroupNorm, _ input: Tensor<Double>, _ output: Tensor<Double>
  ) async throws -> Rounding {
    let terms = input.shape.height * input.shape.width * norm.channels / norm.groups
    let before =
      norm.activation.function.isExact
      ? output
      : try await oracle.compute(
        .groupNorm(norm.withoutActivation), on: [input], outputShape: input.shape)
    let merges = Double(Int.bitWidth - max(terms - 1, 0).leadingZeroBitCount)
    let unit = (3 + merges / 4) * Self.single * before.magnitude
    let level = Self.single * input.largestLevel(norm) * oracle.magnitude(of: norm.weight)
    return activated(
      norm.activation, "norm", name: "norm over \(terms)", unit.joined(with: level),
      before: before, output)
  }

  /// What an activation makes of an error, with its own.
  private func activated(
    _ activation: Activation?, _ rule: String, name: String? = nil, _ unit: Double,
    before: Tensor<Double>, _ output: Tensor<Double>
  ) -> Rounding {
    let name = name ?? rule
    guard let activation, !activation.function.isExact else {
      return Rounding(rule: rule, name: name, unit: unit)
    }
    let function = oracle.scalarFunction(activation)
    let own = Self.single * ownError(of: activation, function, before: before, output)
    let word = activation.function.rawValue
    return Rounding(
      rule: "\(rule), then \(word)", name: "\(name), then \(word)",
      unit: own.joined(with: Self.steepness(of: function, within: before.magnitude) * unit))
  }

  /// The roundings of an activation's own formula, by the values that they round.
  ///
  /// tanh, erf and exp of the OpenCL standard may be 5, 16 and 3 units in the last place off; real
  /// ones are by about one, which is two roundings, and a formula combines two or three of them.
  private func ownError(
    of activation: Activation, _ function: (Double) -> Double, before: Tensor<Double>,
    _ output: Tensor<Double>
  ) -> Double {
    switch activation.function {
    case .linear, .relu, .relu6: 0
    case .leakyReLU, .prelu: abs(function(-before.magnitude))
    case .relu2: output.magnitude
    case .hardswish: 3 * output.magnitude
    default: 5 * output.magnitude
    }
  }

  /// The largest slope of a function over −reach … reach, by differences.
  private static func steepness(
    of function: (Double) -> Double, within reach: Double
  ) -> Double {
    let points = 64
    let step = max(reach, .leastNormalMagnitude) / Double(points)
    var largest = 0.0
    for index in -points..<points {
      let x = Double(index) * step
      largest = max(largest, abs(function(x + step) - function(x)) / step)
    }
    // Between the points it may be a little steeper.
    return 1.25 * largest
  }
}

extension GroupNorm {
  fileprivate var withoutActivation: GroupNorm {
    GroupNorm(
      channels: channels, groups: groups, epsilon: epsilon,
      path: String(weight.name.path.dropLast(".weight".count)), activation: .linear)
  }
}

extension ReferenceRunner {
  fileprivate func magnitude(of parameter: Parameter) -> Double {
    values(parameter).reduce(0) { max($0, abs($1)) }
  }
}

extension Tensor<Double> {
  /// The largest mean of a group of channels in one image, in the group's standard deviations, of
  /// groups with a channel whose values differ.
  fileprivate func largestLevel(_ norm: GroupNorm) -> Double {
    let (pixels, size) = (shape.height * shape.width, norm.channels / norm.groups)
    var largest = 0.0
    for image in 0..<shape.batch {
      var sums = [Double](repeating: 0, count: norm.groups)
      var squares = sums
      var varies = [Bool](repeating: false, count: norm.groups)
      let first = image * pixels * norm.channels
      // Not centred: this is an estimate, and what it loses it loses where it is far above 1.
      for pixel in (image * pixels)..<((image + 1) * pixels) {
        for channel in 0..<norm.channels {
          let value = elements[pixel * norm.channels + channel]
          sums[channel / size] += value
          squares[channel / size] += value * value
          if value != elements[first + channel] { varies[channel / size] = true }
        }
      }
      let count = Double(pixels * size)
      for group in 0..<norm.groups where varies[group] {
        let mean = sums[group] / count
        let variance = max(squares[group] / count - mean * mean, 0) + norm.epsilon
        let level = abs(mean) / variance.squareRoot()
        if level.isFinite { largest = max(largest, level) }
      }
    }
    return largest
  }
}

extension ActivationFunction {
  /// Whether it changes no digits: it multiplies nothing.
  fileprivate var isExact: Bool {
    switch self {
    case .linear, .relu, .relu6: true
    default: false
    }
  }
}

extension Tensor {
  /// The largest magnitude; that of the finite elements where some are not.
  var magnitude: Double {
    elements.reduce(0) { max($0, $1.isFinite ? abs(Double($1)) : 0) }
  }

  var rootMeanSquare: Double {
    guard !elements.isEmpty else { return 0 }
    let squares = elements.reduce(0.0) { $0 + ($1.isFinite ? Double($1) * Double($1) : 0) }
    return (squares / Double(elements.count)).squareRoot()
  }
}

extension Double {
  /// The standard error of a sum of two independent errors.
  fileprivate func joined(with other: Double) -> Double {
    (self * self + other * other).squareRoot()
  }
}
