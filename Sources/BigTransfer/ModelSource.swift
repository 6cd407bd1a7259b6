import BiTModel
import HubCache

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where a model comes from.
public enum ModelSource: Hashable, Sendable, CustomStringConvertible {
  /// A folder of Hugging Face's or timm's, a weights file of theirs, or one of Google's `.npz`.
  case path(String)
  /// A repository of the Hugging Face hub, such as `google/bit-50`, at a branch, tag or commit.
  ///
  /// It is opened from the cache that the hub's tools share; `download()` brings it there.
  case hub(id: String, revision: String = "main")
  /// The digits classifier that is part of the program.
  case demo
  /// Full-size networks with weights from a hash.
  case random(RandomModel)

  /// Understands what a user writes: a path, a hub id, a hub id with a revision as in
  /// `google/bit-50@refs/pr/1`, `demo`, or `random:R50x1@224`.
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
    } else if let (id, revision) = HubReference.parse(name) {
      self = .hub(id: id.description, revision: revision.description)
    } else {
      throw ClassifierError.modelNotFound(name: name)
    }
  }

  /// Reads the configuration and the table of tensors; weights are read when a backend wants them.
  /// - Throws: `CheckpointError`, `ConfigurationError`, `ClassifierError`.
  public func open() throws -> Model {
    switch self {
    case .path(let path): return try ModelFiles.open(path: path)
    case .hub(let id, let revision):
      guard let snapshot = try HubReference(id, revision).snapshot(), snapshot.state != .incomplete
      else { throw ClassifierError.modelNotDownloaded(id: description) }
      return try ModelFiles.open(path: snapshot.folder)
    case .demo: return try DemoModel.open()
    case .random(let model): return try model.makeModel()
    }
  }

  public var description: String {
    switch self {
    case .path(let path): path
    case .hub(let id, let revision): revision == "main" ? id : "\(id)@\(revision)"
    case .demo: "demo"
    case .random(let model): "random:\(model.member.rawValue)@\(model.inputSize)"
    }
  }
}
