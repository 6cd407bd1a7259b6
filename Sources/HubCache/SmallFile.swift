#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files of which nobody knows what they are.
package enum SmallFile {
  /// The contents of a regular file of at most `limit` bytes, else `nil`.
  package static func read(_ path: String, limit: Int) -> [UInt8]? {
    // O_NONBLOCK: opening a pipe without a writer must not wait.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: min(max(Int(status.st_size), 64) + 1, 1 << 20))
    while bytes.count <= limit {
      let count = buffer.withUnsafeMutableBytes { pread($0.count, descriptor, $0, bytes.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
    return nil
  }

  private static func pread(
    _ count: Int, _ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, _ offset: Int
  ) -> Int {
    #if canImport(Glibc)
      Glibc.pread(descriptor, buffer.baseAddress, count, off_t(offset))
    #elseif canImport(Musl)
      Musl.pread(descriptor, buffer.baseAddress, count, off_t(offset))
    #else
      Darwin.pread(descriptor, buffer.baseAddress, count, off_t(offset))
    #endif
  }
}
