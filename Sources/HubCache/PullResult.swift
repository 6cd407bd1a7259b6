/// What a pull came to.
package struct PullResult: Sendable {
  package struct File: Sendable {
    package let name: String
    /// `nil` where the hub does not say.
    package let byteCount: Int?
    /// Was there before.
    package let isCached: Bool
    /// Where it was looked at again.
    package var verdict: Verdict?

    package init(name: String, byteCount: Int?, isCached: Bool, verdict: Verdict? = nil) {
      self.name = name
      self.byteCount = byteCount
      self.isCached = isCached
      self.verdict = verdict
    }
  }

  package enum Verdict: Sendable, Hashable {
    case sound
    /// It was removed.
    case damaged(expected: String, found: String)
    /// It is a copy, and nobody could be asked for its hash.
    case unknown
  }

  /// The snapshot.
  package let folder: String
  package let files: [File]
  /// Why what is in the cache has to do, where the hub should have been asked.
  package var setback: String?

  package init(folder: String, files: [File]) {
    self.folder = folder
    self.files = files
  }
}
