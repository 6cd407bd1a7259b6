import HubCache

/// A revision of a repository, of which the files that a model needs are fetched.
struct Repository {
  private let id: RepositoryID
  private let revision: Revision
  private let client: HubClient
  private let storage: Storage

  init(_ id: RepositoryID, _ revision: Revision, _ client: HubClient) {
    self.id = id
    self.revision = revision
    self.client = client
    storage = Storage(
      cache: client.settings.cache, id: id,
      usesSymbolicLinks: client.settings.usesSymbolicLinks)
  }

  /// A file, and what is known of it.
  private struct Entry {
    let name: FileName
    /// `nil` for one that is in the snapshot already, which nobody needs to be asked about.
    var remote: RemoteFile?
    var byteCount: Int?
    let isCached: Bool
  }

  /// - Throws: `HubError`, `CancellationError`.
  func pull(_ options: PullOptions) throws -> PullResult {
    let (commit, needed) = try contents()
    let folder = client.settings.cache.snapshotFolder(of: id, commit)
    var entries = try needed.all.map { try entry($0, commit, asks: options.verifies) }
    guard !options.isDryRun else {
      return PullResult(folder: folder, files: entries.map { file($0, nil) })
    }
    try storage.prepare(commit)
    try storage.note(revision, commit)
    for name in NeededFiles.descriptionNames where !needed.descriptions.contains(name) {
      storage.noteAbsence(of: name, commit)
    }
    if let index = needed.index {
      // It comes first, because it has the last word on which files there are.
      try fetch(entries, in: folder, upTo: needed.descriptions.count + 1)
      let named = ShardIndex.files(in: "\(folder)/\(index)") ?? []
      for shard in named where !needed.weights.contains(shard) {
        entries.append(try entry(shard, commit, asks: options.verifies))
      }
    }
    try fetch(entries, in: folder, upTo: entries.count)
    let verification = SnapshotVerification(folder: folder, cancellation: client.cancellation)
    return PullResult(
      folder: folder,
      files: try entries.map { entry in
        file(
          entry,
          options.verifies
            ? try verification.judge(entry.name.description, hash: entry.remote?.hash) : nil)
      })
  }

  private func file(_ entry: Entry, _ verdict: PullResult.Verdict?) -> PullResult.File {
    PullResult.File(
      name: entry.name.description, byteCount: entry.byteCount, isCached: entry.isCached,
      verdict: verdict)
  }

  /// - Parameter asks: Whether the hub is asked about a file that is there.
  private func entry(_ text: String, _ commit: Commit, asks: Bool) throws -> Entry {
    guard let name = FileName(text) else {
      throw HubError.unsafeName(name: text, id: id.description)
    }
    let pointer = storage.pointer(name, commit)
    let isThere = StorageFile.isFile(pointer)
    if isThere, !asks {
      return Entry(name: name, byteCount: StorageFile.size(of: pointer), isCached: true)
    }
    guard let remote = try client.metadata(of: name, in: id, Revision(commit)).file else {
      throw HubError.noFile(name: text, id: id.description)
    }
    guard remote.commit == commit else {
      throw HubError.badAnswer(
        url: "\(client.settings.endpoint)/\(id)",
        reason: "asked for commit \(commit), it answered with \(remote.commit)")
    }
    return Entry(
      name: name, remote: remote, byteCount: remote.size,
      isCached: isThere || StorageFile.isFile(storage.blob(remote.hash)))
  }

  /// The commit that the revision stands for now, and what of it is needed.
  private func contents() throws -> (Commit, NeededFiles) {
    do {
      if let (commit, names) = try client.listing(of: id, revision) {
        if let asked = revision.commit, asked != commit {
          throw HubError.badAnswer(
            url: client.settings.endpoint, reason: "asked for \(asked), it answered with \(commit)")
        }
        return (commit, try NeededFiles(among: names))
      }
      let (commit, names) = try probe()
      return (commit, try NeededFiles(among: names))
    } catch NeededFiles.Problem.noWeights {
      throw HubError.noWeights(id: id.description)
    } catch NeededFiles.Problem.ambiguous(let names) {
      throw HubError.ambiguousWeights(id: id.description, names: names.map { HubError.excerpt($0) })
    }
  }

  /// Asks for one name after the other, where the server has no listings.
  private func probe() throws -> (Commit, [String]) {
    var commit: Commit?
    var found: [String] = []
    func has(_ text: String) throws -> Bool {
      guard let name = FileName(text) else { return false }
      let answer = try client.metadata(of: name, in: id, commit.map { Revision($0) } ?? revision)
      commit = commit ?? answer.commit
      if answer.file != nil { found.append(text) }
      return answer.file != nil
    }
    for name in NeededFiles.descriptionNames { _ = try has(name) }
    for form in NeededFiles.forms {
      if try has(form.file) { break }
      if try has(form.index) { break }
    }
    guard let commit, !found.isEmpty else {
      throw HubError.noAccess(
        id: id.description, status: 404, hasToken: client.settings.token != nil, isGated: false)
    }
    return (commit, found)
  }

  private func fetch(_ entries: [Entry], in folder: String, upTo end: Int) throws {
    let missing = entries[..<end].compactMap { entry -> RemoteFile? in
      StorageFile.isFile("\(folder)/\(entry.name)") ? nil : entry.remote
    }
    guard !missing.isEmpty else { return }
    let sizes = missing.map(\.size)
    client.report(
      .began(
        files: missing.count,
        bytes: sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }, folder: folder))
    var done = 0
    for file in missing {
      var received = 0
      let report = client.report
      try FileDownload(file: file, storage: storage, client: client) { count in
        received = count
        report(.progress(done: done + count))
      }.run()
      done += max(received, file.size ?? 0)
    }
  }
}
