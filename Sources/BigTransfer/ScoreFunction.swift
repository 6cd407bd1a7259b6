import BiTModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How logits become scores, computed in Double.
public enum ScoreFunction: String, Hashable, Sendable, CaseIterable {
  /// Probabilities that exclude each other: e^x over the sum of all.
  case softmax
  /// A probability for each class by itself: 1 / (1 + e⁻ˣ).
  case sigmoid
  /// The logits themselves.
  case none

  /// The rule of transformers' image-classification pipeline (`pipelines/image_classification.py`):
  /// sigmoid for several labels an image or for a single output, softmax otherwise.
  public init(for configuration: ModelConfiguration) {
    let isMultiLabel = configuration.problemType == .multiLabel
    self = isMultiLabel || configuration.labels.count == 1 ? .sigmoid : .softmax
  }

  /// - Parameter logits: One image's outputs.
  public func scores(of logits: some Collection<Float>) -> [Double] {
    switch self {
    case .softmax:
      // Relative to the largest, so that no power overflows.
      let largest = Double(logits.max() ?? 0)
      let powers = logits.map { exp(Double($0) - largest) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    case .sigmoid:
      return logits.map { logit in
        let power = exp(-abs(Double(logit)))
        return logit < 0 ? power / (1 + power) : 1 / (1 + power)
      }
    case .none:
      return logits.map(Double.init)
    }
  }
}
