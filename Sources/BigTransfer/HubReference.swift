import HubCache

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A revision of a repository on the hub, in words that the hub would take.
package struct HubReference: Hashable, Sendable {
  package let id: RepositoryID
  package let revision: Revision

  /// - Throws: `ClassifierError.modelNotFound`.
  init(_ id: String, _ revision: String) throws(ClassifierError) {
    guard let repository = RepositoryID(id), let revision = Revision(revision) else {
      throw .modelNotFound(name: "\(id)@\(revision)")
    }
    self.id = repository
    self.revision = revision
  }

  package init(_ id: RepositoryID, _ revision: Revision) {
    self.id = id
    self.revision = revision
  }

  /// Understands `google/bit-50` and `google/bit-50@refs/pr/1`.
  package static func parse(_ text: String) -> (id: RepositoryID, revision: Revision)? {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let id = RepositoryID(String(first)) else { return nil }
    guard parts.count == 2 else { return (id, .main) }
    return Revision(String(parts[1])).map { (id, $0) }
  }

  /// What is in the cache of it.
  package func snapshot(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> Snapshot? {
    HubCache(environment: environment)?.snapshot(of: id, revision)
  }
}
