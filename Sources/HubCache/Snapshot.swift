#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The files of a commit, as far as they were downloaded.
package struct Snapshot: Hashable, Sendable {
  package enum State: Hashable, Sendable {
    /// All that a model is made from.
    case complete
    /// A model can be made from it, but the repository may have a `preprocessor_config.json` that
    /// nobody has asked for yet.
    case usable
    case incomplete
  }

  package let folder: String
  /// Holds an empty file for each that the repository is known not to have.
  let absenceFolder: String

  package func path(of file: String) -> String { "\(folder)/\(file)" }

  /// Whether a file is there; a link that leads nowhere is not.
  package func has(_ file: String) -> Bool {
    FileManager.default.fileExists(atPath: path(of: file))
  }

  /// What is there of all that a model needs; `nil` without weights.
  package var needed: NeededFiles? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return try? NeededFiles(among: names.filter(has))
  }

  package var state: State {
    guard let needed,
      needed.isSelfContained || needed.descriptions.contains(NeededFiles.configuration)
    else { return .incomplete }
    if let index = needed.index {
      guard let shards = ShardIndex.files(in: path(of: index)), shards.allSatisfy(has) else {
        return .incomplete
      }
    }
    let isDescribed = NeededFiles.descriptionNames.allSatisfy { name in
      needed.descriptions.contains(name)
        || FileManager.default.fileExists(atPath: "\(absenceFolder)/\(name)")
    }
    return isDescribed ? .complete : .usable
  }
}

extension NeededFiles {
  /// Whether the weights say all by themselves.
  var isSelfContained: Bool {
    index == nil && weights.allSatisfy { name in !Self.forms.contains { $0.file == name } }
  }
}
