import HubCache

/// Brings one file into the cache.
struct FileDownload {
  let file: RemoteFile
  let storage: Storage
  let client: HubClient
  /// Is told how many bytes of this file are there.
  let progress: (Int) -> Void

  /// So many more bytes are progress, after which setbacks are counted anew.
  private static let progressStep = 1 << 20

  /// - Throws: `HubError`, `CancellationError`.
  func run() throws {
    let lock = try storage.lockFile(file.hash)
    let onWait = { client.report(.waiting(file: file.name.description)) }
    try FileLock.hold(path: lock, client.cancellation, onWait: onWait, place)
  }

  /// With the lock.
  private func place() throws {
    // Another may have been faster.
    guard !StorageFile.isFile(storage.pointer(file.name, file.commit)) else { return }
    let blob = storage.blob(file.hash)
    let isNew = !StorageFile.isFile(blob)
    if isNew { try download(to: blob) }
    try storage.link(file, isNew: isNew)
  }

  private func download(to blob: String) throws {
    let partial = try PartialFile(path: "\(blob).incomplete", file, client.cancellation)
    try checkSpace(for: partial, beside: blob)
    try receive(partial)
    if partial.isResumed, try !partial.isSound() {
      // What an earlier process left may be at fault.
      try partial.restart()
      try receive(partial)
    }
    try partial.finish(as: blob)
  }

  private func checkSpace(for partial: PartialFile, beside blob: String) throws(HubError) {
    guard let size = file.size, let free = StorageFile.freeBytes(at: partial.path),
      free < size - partial.count
    else { return }
    throw .noSpace(path: blob, needed: size - partial.count, available: free)
  }

  /// Asks until all is there.
  private func receive(_ partial: PartialFile) throws {
    var retries = client.retries
    var mark = partial.count
    progress(partial.count)
    while file.size == nil || partial.count < file.size ?? 0 {
      let setback = try ask(partial)
      if partial.count - mark >= Self.progressStep {
        mark = partial.count
        retries.madeProgress()
      }
      guard let setback else { break }
      if file.size == nil { try partial.restart() }
      try retries.wait(after: setback)
    }
    if let size = file.size, partial.count != size {
      StorageFile.remove(partial.path)
      throw HubError.wrongContent(
        file: file.name.description, expected: "\(size) bytes", found: "\(partial.count)")
    }
  }

  /// Asks once for what is missing.
  /// - Returns: What went wrong, where it may go right next time; `nil` at the end of the bytes.
  private func ask(_ partial: PartialFile) throws -> Setback? {
    let start = partial.count
    do {
      let response = try client.bytes(
        of: file, in: storage.id, from: start, accept: partial.accepts
      ) { bytes in
        guard partial.append(bytes) else { return false }
        progress(partial.count)
        return true
      }
      if response.isSuccess { return nil }
      return try judge(response, partial)
    } catch HTTPClient.Failure.transport(let url, let code, let reason) {
      return try Setback(transport: url, code: code, reason: reason)
    } catch HTTPClient.Failure.badRedirect(let url, let reason) {
      throw HubError.badAnswer(url: url, reason: reason)
    } catch HTTPClient.Failure.refused {
      return try judgeRefusal(partial, isRest: start > 0)
    }
  }

  private func judge(_ response: HTTPResponse, _ partial: PartialFile) throws -> Setback? {
    if let setback = Setback(response) { return setback }
    let url = HubError.excerpt(response.url.split(separator: "?").first ?? "")
    if response.status == 416 {
      try partial.restart()
      return Setback(
        url: url, reason: "the server cannot go on where the download was broken off",
        advice: "Try again", attempts: .max)
    }
    // The hub gave an address and its storage does not keep the promise: the next one may.
    if Origin(response.url) != Origin(client.settings.endpoint) {
      return Setback(
        url: url, reason: "the hub's storage answered HTTP \(response.status)",
        advice: "Try again later", attempts: 3)
    }
    try client.check(response, storage.id, Revision(file.commit), file: file.name)
    return nil
  }

  /// - Parameter isRest: Only what is missing was asked for.
  private func judgeRefusal(_ partial: PartialFile, isRest: Bool) throws -> Setback? {
    guard let problem = partial.problem else { return nil }
    guard case .wrongContent(_, _, let found) = problem else { throw problem }
    // Half a file from a server that does not understand ranges is thrown away, and asked for whole.
    try partial.restart()
    guard isRest else {
      StorageFile.remove(partial.path)
      throw problem
    }
    return Setback(
      url: file.name.description,
      reason: "the server sent something else than was asked for: \(found)",
      advice: "Try again later", attempts: 3)
  }
}
