import FoundationEssentials

/// Opens the model that a path leads to, whatever form it has: a folder of Hugging Face's or timm's,
/// one weights file, an archive of Google's.
///
/// A folder's weights are the first of `standardNames` that is there, else the only file that holds
/// such a network.
/// Their form is told by their tensors' names, and `config.json` beside them must be of that form.
public enum ModelFiles {
  /// Reads the configuration and the table of tensors, but no weights yet.
  /// - Throws: `CheckpointError`, `ConfigurationError`.
  public static func open(path: String) throws -> Model {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CheckpointError.notFound(path: path)
    }
    if isFolder {
      return try model(name: path, weights: try weightsFile(in: path))
    }
    let folder = parent(of: path)
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let folderName = folder.isEmpty ? "." : folder
    if ["config.json", "preprocessor_config.json"].contains(file) {
      return try model(name: folderName, weights: try weightsFile(in: folder))
    }
    return try model(name: standardNames.contains(file) ? folderName : path, weights: path)
  }

  /// What transformers and timm call their weights, the safer form first.
  static let standardNames = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
    "pytorch_model.bin.index.json",
  ]

  /// How other weights files end.
  private static let endings = [".safetensors", ".npz", ".bin", ".pth", ".pt", ".pth.tar"]
  /// More such files than this are not looked into.
  private static let candidateLimit = 64

  private static func weightsFile(in folder: String) throws(CheckpointError) -> String {
    let prefix = folder.hasSuffix("/") || folder.isEmpty ? folder : folder + "/"
    for name in standardNames where FileManager.default.fileExists(atPath: prefix + name) {
      return prefix + name
    }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(
        atPath: folder.isEmpty ? "." : folder
      ).sorted()
    } catch {
      throw .unreadable(file: folder, reason: "its files cannot be listed")
    }
    let candidates = names.filter { name in endings.contains { name.hasSuffix($0) } }
    if candidates.count == 1 { return prefix + candidates[0] }
    // Other tensors may lie beside the weights, such as an optimiser's.
    let networks = candidates.prefix(candidateLimit).filter { isNetwork(prefix + $0) }
    guard networks.count <= 1 else {
      throw .unsupportedForm(
        path: folder,
        found: "\(networks.count) weights files (\(networks.prefix(5).joined(separator: ", ")))",
        hint: "Name the one that is meant")
    }
    guard let name = networks.first else { throw .noWeights(folder: folder, found: names) }
    return prefix + name
  }

  /// Whether a file holds tensors with the names of a BiT network.
  private static func isNetwork(_ path: String) -> Bool {
    guard let names = try? WeightsFile.open(path: path).tensorNames else { return false }
    return HuggingFaceFolder.hasItsNames(names) || TimmNames.prefix(in: names) != nil
      || GoogleNames.prefix(in: names) != nil
  }

  private static func model(name: String, weights path: String) throws -> Model {
    let reader = try WeightsFile.open(path: path)
    let names = reader.tensorNames
    if let archive = reader as? GoogleArchive, let prefix = GoogleNames.prefix(in: names) {
      return try GoogleCheckpoint.model(name: name, reader: archive, prefix: prefix)
    }
    let folder = parent(of: path)
    let beside = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
    let configurationFile = beside + "config.json"
    let json = try optionalFile(configurationFile, limit: ModelConfiguration.fileSizeLimit)
    let timmPrefix =
      TimmNames.prefix(in: names) ?? (json.map(TimmConfiguration.describes) == true ? "" : nil)
    if let timmPrefix {
      return try TimmCheckpoint.model(
        name: name, reader: reader, prefix: timmPrefix,
        configuration: json.map { ($0, configurationFile) })
    }
    // Where a configuration names another kind of model, that is what to say.
    guard json != nil || HuggingFaceFolder.hasItsNames(names) else {
      throw CheckpointError.unsupportedForm(
        path: path, found: unknownNames(names),
        hint: "Tensors named as by Hugging Face's BiT models, timm's resnetv2_*_bit or Google's"
          + " release are read")
    }
    guard let json else {
      throw CheckpointError.missingConfiguration(weights: path, path: configurationFile)
    }
    return try HuggingFaceFolder.model(
      name: name, reader: reader, configuration: json, configurationFile: configurationFile,
      preprocessorConfiguration: try optionalFile(
        beside + "preprocessor_config.json", limit: 1 << 20))
  }

  private static func unknownNames(_ names: [String]) -> String {
    names.isEmpty
      ? "no tensors"
      : "tensors of another kind of network, such as \(names.prefix(3).joined(separator: ", "))"
  }

  private static func optionalFile(_ path: String, limit: Int) throws -> Data? {
    do {
      return Data(try FileReader.contents(ofFile: path, limit: limit))
    } catch CheckpointError.notFound {
      return nil
    }
  }

  /// The folder that a file lies in; empty for the current one.
  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
