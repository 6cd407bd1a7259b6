/// Bytes that are read once, from the first to the last.
package protocol ByteSource: AnyObject {
  /// Fills `buffer` with the bytes that follow.
  /// - Throws: `CheckpointError`, also if there are not as many.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CheckpointError)
}

extension ByteSource {
  /// The bytes that follow. The caller bounds `count`.
  package func bytes(count: Int) throws(CheckpointError) -> [UInt8] {
    var failure: CheckpointError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(CheckpointError) {
        try read(into: UnsafeMutableRawBufferPointer(buffer))
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads `count` bytes for nothing.
  package func skip(_ count: Int) throws(CheckpointError) {
    var scratch = [UInt8](repeating: 0, count: min(count, 1 << 16))
    var left = count
    while left > 0 {
      let length = min(left, scratch.count)
      var failure: CheckpointError?
      scratch.withUnsafeMutableBytes { bytes in
        do throws(CheckpointError) {
          try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<length]))
        } catch { failure = error }
      }
      if let failure { throw failure }
      left -= length
    }
  }
}

/// The bytes of a file from an offset on.
final class FileStream: ByteSource {
  private let file: FileReader
  private var offset: Int

  init(_ file: FileReader, at offset: Int) {
    self.file = file
    self.offset = offset
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    try file.read(at: offset, into: buffer)
    offset += buffer.count
  }
}
