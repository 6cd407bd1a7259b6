import FoundationEssentials

/// A BiT network of timm's: a folder with its `config.json`, or a weights file alone.
enum TimmCheckpoint {
  /// - Parameters:
  ///   - prefix: What stands before all tensors' names.
  ///   - configuration: The bytes of `config.json` and the file's name, where there is one.
  /// - Throws: `CheckpointError`, `ConfigurationError`.
  static func model(
    name: String, reader: any CheckpointReader, prefix: String,
    configuration: (json: Data, file: String)?
  ) throws -> Model {
    if let configuration, !TimmConfiguration.describes(configuration.json) {
      throw ConfigurationError.malformed(
        file: configuration.file,
        reason: "the weights beside it are timm's, and it names no architecture as timm's does")
    }
    // Before the tensors: the name of a relative says more than they do.
    let described = try configuration.map { try TimmConfiguration(json: $0.json, file: $0.file) }
    if let difference = TimmNames.difference(in: reader.tensorNames) {
      throw CheckpointError.unsupportedForm(
        path: reader.source, found: "a network of timm's with \(difference)",
        hint: "Only its resnetv2_*_bit models are Big Transfer")
    }
    let storedName = { @Sendable name in TimmNames.storedName(of: name, prefix: prefix) }
    var network = try NetworkLayout(reader: reader, storedName: storedName).configuration()
    var warnings = described?.warnings ?? []
    let preprocessing: TimmPreprocessing
    if let described {
      preprocessing = described.preprocessing
      warnings += adopt(described, into: &network)
    } else {
      let entry = entry(for: network, path: reader.source)
      preprocessing = entry.preprocessing
      warnings.append(assumption(entry, file: reader.source))
    }
    let weights = CheckpointWeights(
      reader: reader, allowsConvolutionHead: true, storedName: storedName)
    return try Model(
      name: name, configuration: network, weights: weights, preprocessing: .timm(preprocessing),
      form: .timm, configurationFile: configuration?.file ?? reader.source, warnings: warnings)
  }

  /// Takes over what the file says of classes.
  private static func adopt(
    _ described: TimmConfiguration, into network: inout ModelConfiguration
  ) -> [String] {
    switch described.classCount {
    case nil: break
    case 0?:
      network.task = .features
      network.labels = []
    case let count?:
      network.task = .imageClassification
      network.labels = ModelConfiguration.placeholderLabels(count)
    }
    var warnings: [String] = []
    if let labels = described.labels, !network.labels.isEmpty {
      if labels.count == network.labels.count {
        network.labels = labels
      } else {
        warnings.append(
          "config.json names \(labels.count) classes, the classifier has \(network.labels.count);"
            + " the names are not used")
      }
    }
    if let member = TimmEntry.architecture(named: described.architecture),
      let found = network.familyMember, found != member
    {
      warnings.append(
        "config.json says \(described.architecture), the tensors are those of BiT \(found.rawValue),"
          + " which counts")
    }
    return warnings
  }

  /// By the name of the file or of its folder, else by the number of classes.
  private static func entry(for network: ModelConfiguration, path: String) -> TimmEntry {
    let parts = path.split(separator: "/").suffix(2).reversed()
    return parts.lazy.compactMap { TimmEntry.named(in: String($0)) }.first
      ?? TimmEntry.likely(member: network.familyMember, classCount: network.labels.count)
  }

  private static func assumption(_ entry: TimmEntry, file: String) -> String {
    let settings = entry.preprocessing
    return "\(file): there is no config.json of timm's beside it, so images are prepared as for"
      + " \(entry.name) (\(settings.height)x\(settings.width), \(settings.interpolation), of which"
      + " the crop keeps \(settings.cropFraction))"
  }
}
