#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file as far as it was downloaded, `blobs/HASH.incomplete`, which the next try goes on with.
final class PartialFile {
  let path: String
  /// What is there by now.
  private(set) var count = 0
  /// Why the last piece was not taken.
  private(set) var problem: HubError?
  /// Whether bytes of an earlier process are in it.
  private(set) var isResumed = false

  private let file: RemoteFile
  private let descriptor: Int32
  private var hasher: ContentHasher

  /// What the hub does not name the size of is small.
  private static let unnamedSizeLimit = 64 << 20

  /// Opens what an earlier process left, or begins.
  /// - Throws: `HubError.storage`, `CancellationError`.
  init(path: String, _ file: RemoteFile, _ cancellation: Cancellation) throws {
    self.path = path
    self.file = file
    descriptor = open(
      path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
    guard descriptor >= 0 else { throw StorageFile.fail(path) }
    hasher = ContentHasher(like: file.hash, byteCount: file.size ?? 0)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw HubError.storage(path: path, reason: "it is not a regular file")
    }
    // Git's hash begins with the size, so without one nothing can be gone on with.
    if let size = file.size, status.st_size <= size {
      try hashExisting(Int(status.st_size), cancellation)
    } else {
      try restart()
    }
  }

  deinit { close(descriptor) }

  private func hashExisting(_ size: Int, _ cancellation: Cancellation) throws {
    isResumed = size > 0
    try StorageFile.readPieces(of: descriptor, path: path, count: size, cancellation) {
      hasher.update($0)
      count += $0.count
    }
    guard count == size else { return try restart() }
  }

  /// Begins anew.
  /// - Throws: `HubError.storage`.
  func restart() throws(HubError) {
    guard ftruncate(descriptor, 0) == 0 else { throw StorageFile.fail(path) }
    count = 0
    isResumed = false
    problem = nil
    hasher = ContentHasher(like: file.hash, byteCount: file.size ?? 0)
  }

  /// Whether an answer continues, or begins, this file.
  func accepts(_ response: HTTPResponse) -> Bool {
    do throws(HubError) {
      if response.status == 206 {
        guard let range = response.contentRange, range.start == count,
          range.total == nil || range.total == file.size
        else { throw wrongContent("bytes from \(count) on", "another part") }
      } else {
        // A server that ignores what was asked for sends all.
        if count > 0 { try restart() }
        if let size = file.size, let length = response.contentLength, length != size {
          throw wrongContent("\(size) bytes", "\(length)")
        }
      }
      return true
    } catch {
      problem = error
      return false
    }
  }

  /// Takes a piece.
  func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= (file.size ?? Self.unnamedSizeLimit) - count else {
      problem = wrongContent("\(file.size ?? Self.unnamedSizeLimit) bytes at most", "more")
      return false
    }
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let written = pwrite(descriptor, rest.baseAddress, rest.count, off_t(count + done))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        problem = errno == ENOSPC || errno == EDQUOT ? noSpace() : StorageFile.fail(path)
        return false
      }
      done += written
    }
    hasher.update(bytes)
    count += bytes.count
    return true
  }

  private func noSpace() -> HubError {
    .noSpace(
      path: path, needed: (file.size ?? count) - count,
      available: StorageFile.freeBytes(at: path) ?? 0)
  }

  private func wrongContent(_ expected: String, _ found: String) -> HubError {
    .wrongContent(file: file.name.description, expected: expected, found: found)
  }

  /// - Throws: `HubError.storage`.
  func isSound() throws(HubError) -> Bool { try foundHash() == file.hash.description }

  /// Judges the whole, and gives it its name; what is wrong is removed.
  /// - Throws: `HubError`.
  func finish(as target: String) throws(HubError) {
    let found = try foundHash()
    guard found == file.hash.description else {
      StorageFile.remove(path)
      throw wrongContent("the hash \(file.hash)", found)
    }
    // The name says for ever that the file is whole, also after a power cut.
    guard fdatasync(descriptor) == 0 else { throw StorageFile.fail(path) }
    try StorageFile.move(path, to: target)
  }

  private func foundHash() throws(HubError) -> String {
    if file.size != nil { return hasher.finalize() }
    var hasher = ContentHasher(like: file.hash, byteCount: count)
    do {
      try StorageFile.readPieces(of: descriptor, path: path, count: count, Cancellation()) {
        hasher.update($0)
      }
    } catch {
      throw (error as? HubError) ?? StorageFile.fail(path)
    }
    return hasher.finalize()
  }
}

extension StorageFile {
  private static let pieceSize = 1 << 20

  /// Reads a file from its beginning, a piece at a time.
  /// - Throws: `HubError.storage`, `CancellationError`.
  static func readPieces(
    of descriptor: Int32, path: String, count: Int, _ cancellation: Cancellation,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 64)
    defer { buffer.deallocate() }
    var done = 0
    while done < count {
      try cancellation.check()
      let taken = pread(
        descriptor, buffer.baseAddress, min(buffer.count, count - done), off_t(done))
      if taken < 0, errno == EINTR { continue }
      guard taken >= 0 else { throw fail(path) }
      if taken == 0 { return }
      body(UnsafeRawBufferPointer(rebasing: buffer[..<taken]))
      done += taken
    }
  }

  /// The hash of a whole file.
  /// - Throws: `HubError.storage`, `CancellationError`.
  static func hash(
    of path: String, like hash: ContentHash, _ cancellation: Cancellation
  ) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw fail(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw HubError.storage(path: path, reason: "it is not a regular file")
    }
    var hasher = ContentHasher(like: hash, byteCount: Int(status.st_size))
    try readPieces(of: descriptor, path: path, count: Int(status.st_size), cancellation) {
      hasher.update($0)
    }
    return hasher.finalize()
  }
}
