import BiTModel

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where a model comes from.
public enum ModelSource: Hashable, Sendable, CustomStringConvertible {
  /// A folder as transformers' `save_pretrained` writes it, or its `model.safetensors`.
  case path(String)
  /// A repository of the Hugging Face hub, such as `google/bit-50`, that its tools have downloaded
  /// to the cache on this machine.
  case hub(id: String)
  /// The digits classifier that is part of the program.
  case demo
  /// Full-size networks with weights from a hash.
  case random(RandomModel)

  /// Understands what a user writes: a path, a hub id, `demo`, or `random:R50x1@224`.
  ///
  /// A folder or file of the same name goes before a built-in name or a hub id.
  /// - Throws: `ClassifierError.modelNotFound`, `.unknownRandomModel`.
  public init(_ name: String) throws {
    let files = FileManager.default
    if name.hasPrefix("random:") {
      guard let model = RandomModel(name.dropFirst("random:".count)) else {
        throw ClassifierError.unknownRandomModel(name: name)
      }
      self = .random(model)
    } else if files.fileExists(atPath: name) {
      self = .path(name)
    } else if name == "demo" {
      self = .demo
    } else if HubCache.isRepositoryID(name) {
      self = .hub(id: name)
    } else {
      throw ClassifierError.modelNotFound(name: name)
    }
  }

  /// Reads the configuration and the table of tensors; weights are read when a backend wants them.
  /// - Throws: `CheckpointError`, `ConfigurationError`, `ClassifierError`.
  public func open() throws -> Model {
    switch self {
    case .path(let path): return try HuggingFaceFolder.open(path: Self.folder(of: path))
    case .hub(let id):
      guard let folder = HubCache.folder(of: id) else {
        throw ClassifierError.modelNotDownloaded(id: id)
      }
      return try HuggingFaceFolder.open(path: folder)
    case .demo: return try DemoModel.open()
    case .random(let model): return try model.makeModel()
    }
  }

  /// The folder that a path means: itself, or that of the file which it names.
  private static func folder(of path: String) throws -> String {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder else {
      return path
    }
    let url = URL(filePath: path)
    let names = ["model.safetensors", "model.safetensors.index.json", "config.json"]
    guard names.contains(url.lastPathComponent) else {
      throw CheckpointError.unsupportedForm(
        path: path, found: "a name that says no known form",
        hint: "Give the folder that holds config.json and model.safetensors")
    }
    return url.deletingLastPathComponent().path
  }

  public var description: String {
    switch self {
    case .path(let path): path
    case .hub(let id): id
    case .demo: "demo"
    case .random(let model): "random:\(model.member.rawValue)@\(model.inputSize)"
    }
  }
}
