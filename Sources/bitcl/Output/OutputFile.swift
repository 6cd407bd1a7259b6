#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file that a command writes as a whole at its end.
struct OutputFile {
  let path: String

  /// Looks before the work begins whether the file can be written at its end.
  /// - Throws: `OutputError.unwritable`.
  init(path: String) throws(OutputError) {
    self.path = path
    let files = FileManager.default
    var isFolder = false
    if files.fileExists(atPath: path, isDirectory: &isFolder) {
      guard !isFolder else { throw .unwritable(name: path, reason: "it is a folder") }
      guard files.isWritableFile(atPath: path) else {
        throw .unwritable(name: path, reason: "permission denied")
      }
      return
    }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    guard files.fileExists(atPath: folder, isDirectory: &isFolder), isFolder else {
      throw .unwritable(name: path, reason: "there is no folder \(folder)")
    }
    guard files.isWritableFile(atPath: folder) else {
      throw .unwritable(name: path, reason: "permission denied for the folder \(folder)")
    }
  }

  /// The whole file or none: what was there stays until the new contents are complete.
  func write(_ data: Data) throws(OutputError) {
    var failure: OutputError?
    data.withUnsafeBytes { bytes in
      do throws(OutputError) {
        try replaceFile(bytes, path: path)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
