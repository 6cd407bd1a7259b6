#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The folder where Hugging Face's tools keep what they download:
/// `models--ORG--NAME/snapshots/COMMIT`, the commit of a branch or tag being in `refs/NAME`
/// (huggingface_hub, `constants.py` and its guide "Understand caching").
package struct HubCache: Hashable, Sendable {
  package let root: String

  package init(root: String) { self.root = root }

  /// The cache that the environment names.
  /// - Returns: `nil` where it names neither a cache nor a home.
  package init?(environment: [String: String]) {
    let paths = EnvironmentPaths(environment)
    let cache =
      paths["HF_HUB_CACHE"] ?? paths["HUGGINGFACE_HUB_CACHE"]
      ?? Self.home(paths).map { "\($0)/hub" }
    guard let cache else { return nil }
    root = cache
  }

  /// The folder of the hub's tools, which also holds the token.
  package static func home(_ environment: EnvironmentPaths) -> String? {
    environment["HF_HOME"] ?? environment["XDG_CACHE_HOME"].map { "\($0)/huggingface" }
      ?? environment.userHome.map { "\($0)/.cache/huggingface" }
  }

  package func folder(of id: RepositoryID) -> String { "\(root)/\(id.folderName)" }

  package func snapshotFolder(of id: RepositoryID, _ commit: Commit) -> String {
    "\(folder(of: id))/snapshots/\(commit)"
  }

  /// The commit that a revision stood for when it was last asked of the hub.
  package func commit(of revision: Revision, in id: RepositoryID) -> Commit? {
    if let commit = revision.commit { return commit }
    let file = "\(folder(of: id))/refs/\(revision)"
    // A commit and perhaps a line break; anything longer is something else.
    guard let handle = SmallFile.read(file, limit: 64) else { return nil }
    return Commit(String(decoding: handle, as: UTF8.self).prefix { !$0.isWhitespace })
  }

  /// The downloaded files of a repository, `nil` if there are none.
  package func snapshot(of id: RepositoryID, _ revision: Revision) -> Snapshot? {
    guard let commit = commit(of: revision, in: id) else { return nil }
    return Snapshot(
      folder: snapshotFolder(of: id, commit),
      absenceFolder: "\(folder(of: id))/.no_exist/\(commit)")
  }
}
