#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The calls of the system that the cache needs, with errors that say where.
enum StorageFile {
  /// - Throws: `HubError.storage`.
  static func fail(_ path: String, _ code: Int32 = errno) -> HubError {
    .storage(path: path, reason: String(cString: strerror(code)))
  }

  /// Makes a folder and those above it.
  /// - Throws: `HubError.storage`.
  static func makeFolder(_ path: String) throws(HubError) {
    if mkdir(path, 0o777) == 0 || (errno == EEXIST && isFolder(path)) { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw fail(path)
    }
    try makeFolder(String(path[..<slash]))
    guard mkdir(path, 0o777) == 0 || (errno == EEXIST && isFolder(path)) else { throw fail(path) }
  }

  static func isFolder(_ path: String) -> Bool { kind(of: path) == S_IFDIR }

  /// Whether a path leads to a regular file, through links.
  static func isFile(_ path: String) -> Bool { kind(of: path) == S_IFREG }

  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  static func size(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// Where a symbolic link leads to; `nil` for anything else.
  static func linkTarget(of path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { buffer in
      buffer.withMemoryRebound(to: CChar.self) { text in
        text.baseAddress.map { readlink(path, $0, text.count) } ?? -1
      }
    }
    return count > 0 && count < buffer.count
      ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }

  /// Writes a small file under another name and then gives it its own.
  /// - Throws: `HubError.storage`.
  static func replace(_ path: String, with text: String) throws(HubError) {
    let temporary = "\(path).\(String(UInt32.random(in: 0...UInt32.max), radix: 16)).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw fail(temporary) }
    let bytes = Array(text.utf8)
    let isWritten = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    let isClosed = close(descriptor) == 0
    guard isWritten == bytes.count, isClosed, rename(temporary, path) == 0 else {
      let error = fail(path)
      unlink(temporary)
      throw error
    }
  }

  /// - Throws: `HubError.storage`.
  static func move(_ source: String, to target: String) throws(HubError) {
    guard rename(source, target) == 0 else { throw fail(target) }
  }

  static func remove(_ path: String) { unlink(path) }

  /// What an ordinary user may still write; `nil` where the file system does not say.
  static func freeBytes(at path: String) -> Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0, status.f_blocks > 0 else { return nil }
    let (bytes, isHuge) = Int(status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
    return isHuge ? nil : bytes
  }
}
