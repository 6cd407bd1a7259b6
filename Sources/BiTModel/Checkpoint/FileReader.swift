#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A regular file that is read piece by piece, or bytes in memory that stand for one.
///
/// Reads go through `pread` and not through a mapping: a file that shrinks or a disk that fails
/// while weights are read is then an error, where a mapping would end the program with SIGBUS.
package final class FileReader: Sendable {
  private enum Storage {
    case descriptor(Int32)
    case memory(Data)
  }

  let path: String
  let byteCount: Int
  private let storage: Storage

  /// - Throws: `CheckpointError.notFound` or `.unreadable`.
  init(path: String) throws(CheckpointError) {
    // O_NONBLOCK: opening a pipe without a writer must not wait.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw .notFound(path: path) }
      throw .unreadable(file: path, reason: String(cString: strerror(errno)))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .unreadable(file: path, reason: "it is not a regular file")
    }
    self.path = path
    storage = .descriptor(descriptor)
    byteCount = Int(status.st_size)
  }

  /// - Parameter name: What errors call the bytes.
  init(contents: Data, name: String) {
    path = name
    storage = .memory(contents)
    byteCount = contents.count
  }

  /// - Parameter name: What errors call the bytes.
  convenience init(bytes: [UInt8], name: String) {
    self.init(contents: Data(bytes), name: name)
  }

  deinit {
    if case .descriptor(let descriptor) = storage { close(descriptor) }
  }

  /// Fills `buffer` from `offset` on.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    switch storage {
    case .descriptor(let descriptor): try read(descriptor, at: offset, into: buffer)
    case .memory(let contents):
      guard offset >= 0, offset <= contents.count - buffer.count else {
        throw .unreadable(file: path, reason: "it ended early")
      }
      let start = contents.startIndex + offset
      contents.copyBytes(to: buffer, from: start..<(start + buffer.count))
    }
  }

  private func read(
    _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        guard count < 0 else {
          throw .malformed(file: path, reason: "it became shorter while it was read")
        }
        throw .unreadable(file: path, reason: String(cString: strerror(errno)))
      }
      done += count
    }
  }

  /// The bytes from `offset` on.
  func bytes(at offset: Int, count: Int) throws(CheckpointError) -> [UInt8] {
    var failure: CheckpointError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(CheckpointError) {
        try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// A whole small file, such as a configuration.
  package static func contents(
    ofFile path: String, limit: Int
  ) throws(CheckpointError) -> [UInt8] {
    let file = try FileReader(path: path)
    guard file.byteCount <= limit else {
      throw .malformed(file: path, reason: "\(file.byteCount) bytes, more than \(limit)")
    }
    return try file.bytes(at: 0, count: file.byteCount)
  }
}
