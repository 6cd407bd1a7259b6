#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A folder that is there as long as this object.
final class TemporaryFolder: Sendable {
  let url: URL

  /// - Throws: `CommandFailure` where none can be made.
  init(_ purpose: String) throws {
    let parent = FileManager.default.temporaryDirectory.path
    guard let path = makeFolder(template: "\(parent)/bitcl-\(purpose)-XXXXXX") else {
      throw CommandFailure(
        .unexpected,
        "cannot make a folder in \(parent): \(lastErrorText()). Set TMPDIR to a folder that can be"
          + " written to")
    }
    url = URL(filePath: path, directoryHint: .isDirectory)
  }

  /// - Throws: `CommandFailure` where the file cannot be written.
  func write(_ data: Data, to name: String) throws {
    do {
      try data.write(to: url.appending(path: name))
    } catch {
      throw CommandFailure(.unexpected, "cannot write to the folder \(url.path): \(error)")
    }
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
