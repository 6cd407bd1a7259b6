#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The lock that huggingface_hub takes too, through Python's filelock: `flock` on a file that stays.
enum FileLock {
  private static let interval = Duration.milliseconds(50)

  /// Waits for the lock, and holds it while `body` runs.
  /// - Parameter onWait: Called once, when another has it.
  /// - Throws: `HubError.storage`, `CancellationError`, what `body` throws.
  static func hold(
    path: String, _ cancellation: Cancellation, onWait: () -> Void, _ body: () throws -> Void
  ) throws {
    var isWaiting = false
    while true {
      let descriptor = try openFile(path)
      defer { close(descriptor) }
      if take(descriptor) { return try body() }
      if !isWaiting { onWait() }
      isWaiting = true
      try cancellation.sleep(interval)
    }
  }

  private static func openFile(_ path: String) throws(HubError) -> Int32 {
    let flags = O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW
    let created = open(path, flags | O_CREAT | O_EXCL, 0o664)
    if created >= 0 {
      // Users who share a cache have to be able to open it, whatever the umask.
      fchmod(created, 0o664)
      return created
    }
    guard errno == EEXIST else { throw StorageFile.fail(path) }
    let descriptor = open(path, flags)
    guard descriptor >= 0 else { throw StorageFile.fail(path) }
    return descriptor
  }

  /// - Returns: Whether the lock is ours, and of a file that still has its name.
  private static func take(_ descriptor: Int32) -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      // A file system without locks: downloads are judged by their hash, so all that is lost is
      // work that is done twice.
      return [ENOSYS, ENOTSUP, ENOLCK, EINVAL].contains(errno)
    }
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_nlink > 0
  }
}
