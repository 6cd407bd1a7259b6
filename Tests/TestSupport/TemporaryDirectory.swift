#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Calls `body` with a new, empty folder and removes the folder when `body` returns or throws.
package func withTemporaryDirectory<Result>(
  _ body: (URL) throws -> Result
) throws -> Result {
  let folder = try makeTemporaryDirectory()
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// Calls `body` with a new, empty folder and removes the folder when `body` returns or throws.
package nonisolated(nonsending) func withTemporaryDirectory<Result>(
  _ body: nonisolated(nonsending) (URL) async throws -> Result
) async throws -> Result {
  let folder = try makeTemporaryDirectory()
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}

private func makeTemporaryDirectory() throws -> URL {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "bigtransfer-\(UUID().uuidString)", directoryHint: .isDirectory)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}
