#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A new file that is written from its beginning to its end.
final class FileWriter {
  private let descriptor: Int32
  private let path: String
  private var isOpen = true

  /// - Throws: `ExportError.unwritable`, also where there is such a file already.
  init(creating path: String) throws(ExportError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.failure(path) }
  }

  deinit { if isOpen { close(descriptor) } }

  /// Takes the room that the file will need, so that a full disk shows before anything is written.
  /// File systems that cannot do so tell later.
  func reserve(_ byteCount: Int) throws(ExportError) {
    #if os(Linux)
      guard byteCount > 0 else { return }
      let status = posix_fallocate(descriptor, 0, off_t(byteCount))
      guard [ENOSPC, EDQUOT, EFBIG].contains(status) else { return }
      throw .unwritable(
        path: path,
        reason: "\(String(cString: strerror(status))); the file needs \(byteCount) bytes")
    #endif
  }

  func write(_ bytes: RawSpan) throws(ExportError) {
    var done = 0
    while done < bytes.byteCount {
      let count = bytes.extracting(done...).withUnsafeBytes {
        systemWrite(descriptor, $0.baseAddress, $0.count)
      }
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw Self.failure(path)
      }
    }
  }

  /// Until the disk has it.
  func finish() throws(ExportError) {
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw Self.failure(path) }
    isOpen = false
    // Some file systems tell only now that there was no room.
    guard close(descriptor) == 0 else { throw Self.failure(path) }
  }

  private static func failure(_ path: String) -> ExportError {
    .unwritable(path: path, reason: String(cString: strerror(errno)))
  }
}

/// Out of reach of the method of the same name.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
