#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An open regular file. Pipes and devices are refused, so that no path can make the program
/// wait.
struct ImageFileReader: ~Copyable {
  private let descriptor: CInt
  let byteCount: Int

  init(_ path: String) throws(ImageError.Reason) {
    // Without O_NONBLOCK, opening a pipe waits for its writer.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(Self.lastErrorText()) }
    do throws(ImageError.Reason) {
      byteCount = try Self.size(ofRegularFile: descriptor)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  private static func size(ofRegularFile descriptor: CInt) throws(ImageError.Reason) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(lastErrorText()) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return Int(status.st_size)
    case S_IFDIR: throw .isDirectory
    default: throw .notRegularFile
    }
  }

  /// The first `count` bytes; fewer if the file is, or has become, shorter.
  func prefix(_ count: Int) throws(ImageError.Reason) -> [UInt8] {
    let wanted = min(count, byteCount)
    var failure: ImageError.Reason?
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, done in
      while done < wanted, let start = buffer.baseAddress {
        let step = pread(descriptor, start + done, wanted - done, off_t(done))
        if step < 0 && errno == EINTR { continue }
        if step < 0 { failure = .unreadable(Self.lastErrorText()) }
        if step <= 0 { return }
        done += step
      }
    }
    if let failure { throw failure }
    return bytes
  }

  private static func lastErrorText() -> String {
    String(cString: strerror(errno))
  }
}
