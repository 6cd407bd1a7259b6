import BiTModel

extension TensorResult {
  /// - Parameters:
  ///   - ideal: What the oracle makes of the pixels, where the drift is wanted.
  init(
    _ name: String, expected: Tensor<Double>, found: HostTensor, kernel: String?,
    ideal: Tensor<Double>? = nil, tolerance: Tolerance
  ) {
    // What is exact in Float is the nearest Float to the oracle's Double.
    let expected =
      tolerance == .exact
      ? Tensor(shape: expected.shape, elements: expected.elements.map { Double(Float($0)) })
      : expected
    self.init(
      TensorComparison(name, expected: expected, found: found, tolerance: tolerance),
      kernel: kernel,
      drift: ideal.map {
        TensorComparison(name, expected: $0, found: found, tolerance: .exact).maxRelative
      })
  }
}

extension TensorResult {
  /// Whether a tensor has the same bits again.
  init(_ name: String, bits expected: HostTensor, again found: HostTensor, kernel: String?) {
    self.init(
      TensorComparison(name, expected: expected, found: found, tolerance: .sameBits),
      kernel: kernel)
    // Equal values may still be other bits: zeros of different sign.
    passed =
      expected.shape == found.shape
      && zip(expected.elements, found.elements).allSatisfy { $0.bitPattern == $1.bitPattern }
  }
}

extension Tolerance {
  static let sameBits = Tolerance(name: "same bits", relative: 0)
}

extension TensorComparison {
  /// `maxAbsolute` in units of expected rounding.
  public var units: Double {
    maxAbsolute == 0 ? 0 : allowed == 0 ? .infinity : maxAbsolute / allowed * tolerance.units
  }
}

extension TensorShape {
  var extents: [Int] { [batch, height, width, channels] }
}
