import BigTransfer

/// A block an image: its name, then a line a label. Errors are on stderr.
final class TextClassificationWriter: ClassificationWriter {
  private let output: ByteSink

  init(output: ByteSink) { self.output = output }

  func begin() {}

  func write(_ classification: Classification) throws {
    guard case .success(let predictions) = classification.result else { return }
    try output.write(Text.printable(classification.name) + "\n")
    for prediction in predictions {
      let score = Text.fixed(prediction.score, decimals: 4)
      try output.write("  \(score)  \(Text.printable(prediction.label))\n")
    }
    try output.flush()
  }

  func end() {}
}
