import BiTModel

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where a model comes from.
public enum ModelSource: Hashable, Sendable, CustomStringConvertible {
  /// A folder of Hugging Face's or timm's, a weights file of theirs, or one of Google's `.npz`.
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
    case .path(let path): return try ModelFiles.open(path: path)
    case .hub(let id):
      guard let folder = HubCache.folder(of: id) else {
        throw ClassifierError.modelNotDownloaded(id: id)
      }
      return try ModelFiles.open(path: folder)
    case .demo: return try DemoModel.open()
    case .random(let model): return try model.makeModel()
    }
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
