/// One label of an image.
public struct Prediction: Hashable, Sendable {
  /// The class's name, from the checkpoint's `id2label` or the labels given.
  public let label: String
  /// A probability of 0 … 1, or the logit itself where no function was applied.
  public let score: Double
  /// The place of the class among the model's outputs.
  public let index: Int

  public init(label: String, score: Double, index: Int) {
    self.label = label
    self.score = score
    self.index = index
  }
}

extension Prediction {
  /// The best classes of one image.
  /// - Parameters:
  ///   - logits: The classifier's outputs, as many as there are labels.
  ///   - count: How many to return at most.
  ///   - threshold: Lower scores are left out.
  /// - Returns: Falling scores; of equal scores the lower index comes first.
  package static func top(
    _ count: Int, of logits: some Collection<Float>, labels: [String], by function: ScoreFunction,
    threshold: Double? = nil
  ) -> [Prediction] {
    let ranked = function.scores(of: logits).enumerated().sorted {
      ($1.element, $0.offset) < ($0.element, $1.offset)
    }
    return ranked.prefix(max(0, count))
      .filter { score in threshold.map { score.element >= $0 } ?? true }
      .map { Prediction(label: labels[$0.offset], score: $0.element, index: $0.offset) }
  }
}
