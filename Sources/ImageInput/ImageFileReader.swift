#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads regular files whole, with a limit. Pipes and devices are refused, so that no path can
/// make the program wait.
package enum ImageFileReader {
  /// - Throws: ``ImageError`` naming `path`.
  package static func read(_ path: String, maximumBytes: Int) throws(ImageError) -> [UInt8] {
    do throws(ImageError.Reason) {
      // Without O_NONBLOCK, opening a pipe waits for its writer.
      let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { throw .unreadable(lastErrorText()) }
      defer { close(descriptor) }
      let size = try regularFileSize(descriptor)
      guard size <= maximumBytes else {
        throw .fileTooLarge(bytes: size, limit: maximumBytes)
      }
      return try read(descriptor, size: size)
    } catch {
      throw ImageError(file: path, reason: error)
    }
  }

  private static func regularFileSize(_ descriptor: CInt) throws(ImageError.Reason) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(lastErrorText()) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return Int(status.st_size)
    case S_IFDIR: throw .isDirectory
    default: throw .notRegularFile
    }
  }

  /// Reads up to `size` bytes; fewer if the file has become shorter since.
  private static func read(
    _ descriptor: CInt, size: Int
  ) throws(ImageError.Reason) -> [UInt8] {
    var failure: ImageError.Reason?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size, let start = buffer.baseAddress {
        #if canImport(Glibc)
          let step = Glibc.read(descriptor, start + count, size - count)
        #elseif canImport(Musl)
          let step = Musl.read(descriptor, start + count, size - count)
        #else
          let step = Darwin.read(descriptor, start + count, size - count)
        #endif
        if step < 0 && errno == EINTR { continue }
        if step < 0 { failure = .unreadable(lastErrorText()) }
        if step <= 0 { return }
        count += step
      }
    }
    if let failure { throw failure }
    return bytes
  }

  private static func lastErrorText() -> String {
    String(cString: strerror(errno))
  }
}
