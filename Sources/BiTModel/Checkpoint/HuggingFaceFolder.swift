import FoundationEssentials

/// A model folder as transformers' `save_pretrained` writes it.
public enum HuggingFaceFolder {
  /// Whether tensors are named as those of transformers' BiT models.
  static func hasItsNames(_ names: [String]) -> Bool {
    names.contains { $0.hasSuffix("embedder.convolution.weight") || $0.contains("encoder.stages.") }
  }

  /// Puts a model together from what such a folder holds.
  /// - Parameters:
  ///   - reader: The weights.
  ///   - configuration: The bytes of `config.json`.
  ///   - configurationFile: Its name, for errors.
  ///   - preprocessorConfiguration: The bytes of `preprocessor_config.json`, if there is one.
  /// - Throws: `CheckpointError`, `ConfigurationError`.
  public static func model(
    name: String, reader: any CheckpointReader, configuration: Data, configurationFile: String,
    preprocessorConfiguration: Data?
  ) throws -> Model {
    let original = configuration
    let configuration = try ModelConfiguration(
      json: original, hasClassifier: reader.shape(of: "classifier.1.weight") != nil,
      file: configurationFile)
    // `BitModel` saves its tensors without the prefix that the classes around it add.
    let prefixed = reader.tensorNames.contains { $0.hasPrefix("bit.") }
    let weights = CheckpointWeights(reader: reader) { name in
      prefixed && !name.path.hasPrefix("classifier.") ? "bit.\(name)" : name.path
    }
    var model = try Model(
      name: name, configuration: configuration, weights: weights,
      preprocessing: preprocessorConfiguration.map { .transformers($0) } ?? .unstated,
      form: .huggingFace, configurationFile: configurationFile)
    model.originalConfiguration = [UInt8](original)
    return model
  }
}
