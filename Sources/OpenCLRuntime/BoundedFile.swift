import Glibc

/// Looking at files that may be anything: missing, a folder, a named pipe, or huge.
enum BoundedFile {
  /// Whether `path` leads to a regular file; nil if it leads nowhere.
  static func isRegular(_ path: String) -> Bool? {
    var information = stat()
    guard stat(path, &information) == 0 else { return nil }
    return information.st_mode & S_IFMT == S_IFREG
  }

  static func isFolder(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }

  /// The contents of a regular file of at most `limit` bytes, else nil.
  static func read(_ path: String, limit: Int) -> [UInt8]? {
    // Without O_NONBLOCK opening a pipe would wait for its writer.
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var information = stat()
    guard fstat(file, &information) == 0, information.st_mode & S_IFMT == S_IFREG,
      information.st_size <= limit
    else { return nil }
    let size = Int(information.st_size)
    // Files of /sys announce a page and hold less: what is read counts, not what was announced.
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let rest = UnsafeMutableRawBufferPointer(
          UnsafeMutableBufferPointer(rebasing: buffer[count...]))
        let taken = Glibc.read(file, rest.baseAddress, rest.count)
        guard taken > 0 else { return }
        count += taken
      }
    }
  }
}
