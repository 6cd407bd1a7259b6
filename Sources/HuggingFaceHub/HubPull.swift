import HubCache

/// Brings what a model needs from the hub into the cache.
package struct HubPull {
  package let id: RepositoryID
  package let revision: Revision
  package let settings: HubSettings
  package let options: PullOptions

  package init(
    _ id: RepositoryID, _ revision: Revision, settings: HubSettings,
    options: PullOptions = PullOptions()
  ) {
    self.id = id
    self.revision = revision
    self.settings = settings
    self.options = options
  }

  /// - Throws: `HubError`, `CancellationError`.
  package func run(
    report: @escaping @Sendable (PullEvent) -> Void = { _ in }
  ) async throws -> PullResult {
    let pull = self
    return try await Cancellation.run { cancellation in
      try pull.run(cancellation, report)
    }
  }

  private func run(
    _ cancellation: Cancellation, _ report: @escaping (PullEvent) -> Void
  ) throws -> PullResult {
    let cached = settings.cache.snapshot(of: id, revision)
    let isCached = cached.map { $0.state != .incomplete } ?? false
    if let cached, cached.state == .complete, settings.isOffline || revision.commit != nil {
      return try local(cached, cancellation)
    }
    guard !settings.isOffline else {
      guard let cached, isCached else { throw HubError.offline(id: id.description) }
      return try local(cached, cancellation)
    }
    do {
      let client = try HubClient(settings, cancellation, report: report)
      return try Repository(id, revision, client).pull(options)
    } catch let error as HubError where error.kind == .unavailable && !options.isDryRun {
      // As huggingface_hub does: what is there will do where the hub does not answer.
      guard let cached, isCached else { throw error }
      var result = try local(cached, cancellation)
      result.setback = error.description
      return result
    }
  }

  /// What is in the cache, without a word to anybody.
  private func local(_ snapshot: Snapshot, _ cancellation: Cancellation) throws -> PullResult {
    let names = (snapshot.needed?.all ?? []).compactMap { FileName($0) }
    let shards =
      snapshot.needed?.index.flatMap { ShardIndex.files(in: snapshot.path(of: $0)) } ?? []
    let all = names + shards.compactMap { FileName($0) }.filter { !names.contains($0) }
    var files = all.map { name in
      PullResult.File(
        name: name.description,
        byteCount: StorageFile.size(of: snapshot.path(of: name.description)),
        isCached: true)
    }
    if options.verifies {
      let verification = SnapshotVerification(folder: snapshot.folder, cancellation: cancellation)
      for index in files.indices {
        files[index].verdict = try verification.judge(files[index].name, hash: nil)
      }
    }
    return PullResult(folder: snapshot.folder, files: files)
  }
}
