import HubCache

/// Reads files of a snapshot again and compares their hashes.
struct SnapshotVerification {
  let folder: String
  let cancellation: Cancellation

  /// Judges a file; one that is damaged is removed, so that it is downloaded again.
  /// - Parameter hash: `nil` for that which the link to the blob names.
  /// - Throws: `HubError.storage`, `CancellationError`.
  func judge(_ name: String, hash: ContentHash?) throws -> PullResult.Verdict {
    let path = "\(folder)/\(name)"
    let target = StorageFile.linkTarget(of: path)
    let named = target?.split(separator: "/").last.flatMap { ContentHash(entityTag: String($0)) }
    guard let expected = hash ?? named else { return .unknown }
    let found = try StorageFile.hash(of: path, like: expected, cancellation)
    guard found != expected.description else { return .sound }
    // The blob is named by its contents: whoever refers to it is better off without it.
    if let target, named == expected { StorageFile.remove("\(folder)/\(target)") }
    StorageFile.remove(path)
    return .damaged(expected: expected.description, found: found)
  }
}
