#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The golden inputs and outputs in `Tests/Fixtures`; its README describes every file.
package enum Fixtures {
  /// `Tests/Fixtures` of the sources that the tests were compiled from.
  package static let root = URL(filePath: #filePath)
    .deletingLastPathComponent()
    .deletingLastPathComponent()
    .appending(path: "Fixtures", directoryHint: .isDirectory)

  /// The file or folder at `relative`, a path inside `Tests/Fixtures` such as
  /// `models/01_preact_default`. It need not exist.
  package static func url(_ relative: String) -> URL {
    root.appending(path: relative)
  }

  /// Every folder of `models`, ordered by name; each holds one checkpoint and its goldens.
  package static var modelFolders: [URL] {
    get throws {
      let models = root.appending(path: "models", directoryHint: .isDirectory)
      return try FileManager.default.contentsOfDirectory(atPath: models.path)
        .sorted()
        .map { models.appending(path: $0, directoryHint: .isDirectory) }
    }
  }
}
