import BiTModel
import NumericsValidation

/// Wrong results of a device, which it did not report itself.
enum DeviceFault: Error, Hashable, CustomStringConvertible {
  /// The referee's results are finite.
  case notFinite(referee: String)
  /// The referee's results are others.
  case disagreement(Disagreement)

  var description: String {
    switch self {
    case .notFinite(let referee): "its results are not finite where those of \(referee) are"
    case .disagreement(let disagreement): "\(disagreement)"
    }
  }
}

extension DeviceFault: BackendFailure {
  var remedy: FailureRemedy { .anotherDevice }
}

/// How far a device's result is from the referee's.
struct Disagreement: Hashable, Sendable, CustomStringConvertible {
  let referee: String
  let difference: Double
  let allowed: Double

  var description: String {
    "its result is off by \(Float(difference)) from that of \(referee), where rounding explains"
      + " \(Float(allowed))"
  }
}

extension Disagreement {
  /// `nil` where the outputs agree within a tolerance.
  init?(_ outputs: [Float], judged: HostTensor, tolerance: Tolerance, referee: String) {
    let comparison = TensorComparison(
      "output", expected: judged, found: HostTensor(shape: judged.shape, elements: outputs),
      tolerance: tolerance)
    guard !comparison.passed else { return nil }
    self.init(
      referee: referee, difference: comparison.maxAbsolute, allowed: comparison.allowed)
  }
}

extension Tolerance {
  /// Two computations of a whole network in Float.
  ///
  /// A layer's result is off by its rounding; independent roundings add up as squares do. A norm
  /// measures them against the typical magnitude of what it reads, about a quarter of the largest.
  /// The factor 6 covers the largest of many elements, √2 that there are two such results.
  static func agreement(on network: Network) -> Tolerance {
    var squares = 0.0
    for node in network.nodes {
      let terms: Int
      switch node.operation {
      case .convolution(let c): terms = c.inputChannels * c.kernel * c.kernel
      case .linear(let linear): terms = linear.inputFeatures
      default: continue
      }
      let unit = Double(terms).squareRoot() + 2
      squares += unit * unit
    }
    return Tolerance(
      name: "agreement of two Float results", relative: 6 * 4 * (2 * squares).squareRoot() * 0x1p-24
    )
  }
}
