import FoundationEssentials

/// A model folder as transformers' `save_pretrained` writes it.
public enum HuggingFaceFolder {
  /// Opens a folder: reads the configuration and the table of tensors, but no weights yet.
  /// - Throws: `CheckpointError`, `ConfigurationError`.
  public static func open(path: String) throws -> Model {
    let folder = path.hasSuffix("/") ? path : path + "/"
    let reader = try weights(in: folder)
    let configurationFile = folder + "config.json"
    return try model(
      name: path, reader: reader,
      configuration: Data(
        FileReader.contents(
          ofFile: configurationFile, limit: ModelConfiguration.fileSizeLimit)),
      configurationFile: configurationFile,
      preprocessorConfiguration: try optionalFile(folder + "preprocessor_config.json"))
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
    let configuration = try ModelConfiguration(
      json: configuration, hasClassifier: reader.shape(of: "classifier.1.weight") != nil,
      file: configurationFile)
    let network = try network(of: configuration, file: configurationFile)
    // `BitModel` saves its tensors without the prefix that the classes around it add.
    let prefixed = reader.tensorNames.contains { $0.hasPrefix("bit.") }
    let weights = CheckpointWeights(reader: reader) { name in
      prefixed && !name.path.hasPrefix("classifier.") ? "bit.\(name)" : name.path
    }
    let unused = try weights.check(network)
    return Model(
      name: name, configuration: configuration, network: network, weights: weights,
      preprocessing: preprocessorConfiguration.map { .transformers($0) } ?? .unstated,
      warnings: unused.isEmpty ? [] : [warning(unused, file: reader.source)])
  }

  private static func network(
    of configuration: ModelConfiguration, file: String
  ) throws(ConfigurationError) -> Network {
    do {
      return try configuration.makeNetwork()
    } catch {
      throw .contradiction(error, file: file)
    }
  }

  private static func weights(in folder: String) throws -> any CheckpointReader {
    let single = folder + "model.safetensors"
    let index = folder + "model.safetensors.index.json"
    do {
      return try SafetensorsFile(path: single)
    } catch CheckpointError.notFound {
      do {
        return try ShardedSafetensors(indexPath: index)
      } catch CheckpointError.notFound(let path) where path == index {
        try explainMissingWeights(in: folder)
      }
    }
    throw CheckpointError.notFound(path: single)
  }

  private static func explainMissingWeights(in folder: String) throws {
    let files = FileManager.default
    for other in ["pytorch_model.bin", "pytorch_model.bin.index.json"]
    where files.fileExists(atPath: folder + other) {
      throw CheckpointError.unsupportedForm(
        path: folder, found: "only \(other)",
        hint: "Save it as safetensors with transformers: model.save_pretrained(folder)")
    }
    guard files.fileExists(atPath: folder) else { throw CheckpointError.notFound(path: folder) }
  }

  private static func optionalFile(_ path: String) throws -> Data? {
    do {
      return Data(try FileReader.contents(ofFile: path, limit: 1 << 20))
    } catch CheckpointError.notFound {
      return nil
    }
  }

  private static func warning(_ unused: [String], file: String) -> String {
    let shown = unused.prefix(3).joined(separator: ", ")
    let more = unused.count > 3 ? " and \(unused.count - 3) more" : ""
    return "\(file): nothing uses the tensor\(unused.count == 1 ? "" : "s") \(shown)\(more)"
  }
}
