/// A model of Google's release: one `.npz`, everything but the weights known from their shapes and
/// from how Google's own code evaluates.
enum GoogleCheckpoint {
  /// ε of weight standardisation in Google's code (`bit_pytorch/models.py`, `StdConv2d`).
  static let standardizationEpsilon = 1e-10

  /// - Parameter prefix: What stands before all arrays' names.
  /// - Throws: `CheckpointError`, `ConfigurationError`.
  static func model(
    name: String, reader: GoogleArchive, prefix: String
  ) throws -> Model {
    let storedName = { @Sendable name in GoogleNames.storedName(of: name, prefix: prefix) }
    var configuration = try NetworkLayout(reader: reader, storedName: storedName).configuration()
    configuration.standardizationEpsilon = standardizationEpsilon
    let weights = CheckpointWeights(
      reader: reader, allowsConvolutionHead: true, storedName: storedName)
    var model = try Model(
      name: name, configuration: configuration, weights: weights,
      preprocessing: .squash(side: GoogleFileName.inputSide(reader.source) ?? defaultInputSide),
      form: .google, configurationFile: reader.source)
    let head = ["classifier.1.weight", "classifier.1.bias"].map { storedName(ParameterName($0)) }
    if model.network.logits != nil, try head.allSatisfy(reader.holdsOnlyZeros) {
      model.warnings.append(
        "\(reader.source): its classifier is all zeros, as before any training, so every class gets"
          + " the same score")
    }
    return model
  }

  /// The size that images of 96x96 pixels and more are evaluated at (`bit_hyperrule.py`).
  private static let defaultInputSide = 480
}

/// What the names of Google's files say.
enum GoogleFileName {
  /// The input size: the last number by itself, 32 to 1024, between underscores, hyphens or dots,
  /// as in `R50x1_160.npz` and `R152x2_T_384.npz`. That of `BiT-M-R50x1-run0-cifar100.npz` or
  /// `BiT-M-R50x1-ILSVRC2012.npz` belongs to the data set.
  static func inputSide(_ path: String) -> Int? {
    let file = path.split(separator: "/").last ?? ""
    return file.split { "_-.@".contains($0) }.reversed().lazy
      .map { $0.hasSuffix("px") ? $0.dropLast(2) : $0 }
      .compactMap { Int($0) }
      .first { (32...1024).contains($0) }
  }
}
