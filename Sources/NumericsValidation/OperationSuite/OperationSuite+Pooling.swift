import BiTModel

extension OperationSuite {
  /// Pooling moves values and computes none.
  static let poolingCases: [OperationCase] = {
    var cases: [OperationCase] = []
    for (height, width) in [(3, 3), (4, 7), (8, 8), (9, 16), (17, 5), (33, 31)] {
      let input = shape(height, width, height == 9 ? 64 : 5, batch: width == 8 ? 3 : 1)
      // Below zero throughout: a padded pixel, which counts as zero, then wins.
      let negative = InputValues.uniform(center: -2)
      for padding in [SpatialPadding.symmetric(0), .symmetric(1), .same] {
        let pool = MaxPool(window: 3, stride: 2, padding: padding)
        let name = "max pool, padding \(padding), \(height)x\(width)"
        cases.append(OperationCase(name, .maxPool(pool), input: input))
        cases.append(
          OperationCase(
            "\(name), negative", .maxPool(pool), input: input, values: negative))
      }
      cases.append(
        OperationCase(
          "zero border, \(height)x\(width)", .zeroPad(border: 1), input: input))
    }
    return cases
  }()

  /// The mean over the image, and the classifier.
  static let headCases: [OperationCase] = {
    let pools = [(1, 1, 64, 3), (1, 7, 5, 1), (7, 7, 65, 1), (14, 14, 33, 3), (31, 65, 2, 1)].map {
      height, width, channels, batch in
      OperationCase(
        "global average pool, \(batch) of \(height)x\(width), \(channels) channels",
        .globalAveragePool, input: shape(height, width, channels, batch: batch))
    }
    let classifiers = [
      (1, 1, 1), (3, 10, 1), (64, 10, 3), (65, 33, 1), (127, 2, 3), (128, 1000, 1), (2048, 17, 2),
    ].map { inputs, outputs, batch in
      let name = "linear, \(inputs) to \(outputs) features, batch \(batch)"
      return OperationCase(
        name, .linear(Linear(inputFeatures: inputs, outputFeatures: outputs, path: name)),
        input: shape(1, 1, inputs, batch: batch))
    }
    return pools + classifiers
  }()
}
