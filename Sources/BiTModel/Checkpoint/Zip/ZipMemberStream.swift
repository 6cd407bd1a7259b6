import CZlib

/// The expanded bytes of a zip archive's member, from the first on, a piece of any size at a time.
///
/// Never more than the size that the directory gives: a stream that expands to more or less is
/// refused.
package final class ZipMemberStream: ByteSource {
  private let member: ZipMember
  private let file: FileReader
  /// `nil` for a stored member.
  private let inflater: OpaquePointer?
  /// Compressed bytes that were read from the file; those from `position` on are still to be used.
  private var input: [UInt8] = []
  private var position = 0
  /// Bytes of the member in the file that were read.
  private var fetched = 0
  /// Expanded bytes that were handed out.
  private var produced = 0
  private var hasEnded = false
  private var checksum: UInt32 = 0

  private static let inputCapacity = 1 << 16

  init(_ member: ZipMember, file: FileReader) throws(CheckpointError) {
    self.member = member
    self.file = file
    guard member.method == .deflated else {
      inflater = nil
      return
    }
    inflater = czlib_open()
    guard inflater != nil else {
      throw .unreadable(file: file.path, reason: "there is no memory to expand it")
    }
  }

  deinit { czlib_close(inflater) }

  /// Expanded bytes that were not read yet.
  package var remaining: Int { member.byteCount - produced }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    guard buffer.count <= remaining else {
      throw malformed("ends after \(member.byteCount) bytes, where more are needed")
    }
    if inflater == nil {
      try file.read(at: member.dataOffset + produced, into: buffer)
    } else {
      try expand(into: buffer)
    }
    produced += buffer.count
    if let bytes = buffer.baseAddress {
      checksum = czlib_crc32(checksum, bytes.assumingMemoryBound(to: UInt8.self), buffer.count)
    }
  }

  /// Reads what is left, and checks that the stream ends there and that the checksum is right.
  package func finish() throws(CheckpointError) {
    try skip(remaining)
    if inflater != nil {
      // The mark of the stream's end may follow the last byte.
      var extra: UInt8 = 0
      while !hasEnded {
        let count = try withUnsafeMutableBytes(of: &extra) { buffer throws(CheckpointError) in
          try advance(into: buffer)
        }
        guard count == 0 else {
          throw malformed("expands to more than the \(member.byteCount) bytes it says")
        }
      }
      guard fetched == member.storedByteCount, position == input.count else {
        throw malformed("ends before its compressed bytes do")
      }
    }
    // PyTorch can be told to save without checksums; it then writes zeros.
    let isUnknown = inflater == nil && member.checksum == 0
    guard checksum == member.checksum || isUnknown else {
      throw malformed("has another checksum than the archive says")
    }
  }

  private func expand(into buffer: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    var done = 0
    while done < buffer.count {
      guard !hasEnded else {
        throw malformed(
          "expands to \(produced + done) bytes instead of the \(member.byteCount) it says")
      }
      done += try advance(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
    }
  }

  /// One step of expansion, which makes progress or throws.
  /// - Returns: The bytes written.
  private func advance(into buffer: UnsafeMutableRawBufferPointer) throws(CheckpointError) -> Int {
    if position == input.count {
      let count = min(Self.inputCapacity, member.storedByteCount - fetched)
      input = try file.bytes(at: member.dataOffset + fetched, count: count)
      fetched += count
      position = 0
    }
    var (consumed, written) = (0, 0)
    let status = input.withUnsafeBufferPointer { bytes in
      czlib_inflate(
        inflater, bytes.baseAddress.map { $0 + position }, bytes.count - position, &consumed,
        buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), buffer.count, &written)
    }
    position += consumed
    switch status {
    case CZLIB_END: hasEnded = true
    case CZLIB_OK:
      // Without progress it wants more input.
      let hasMore = position == input.count && fetched < member.storedByteCount
      guard consumed > 0 || written > 0 || hasMore else {
        throw malformed("is cut off within its compressed bytes")
      }
    case CZLIB_OUT_OF_MEMORY:
      throw .unreadable(file: file.path, reason: "there is no memory to expand it")
    default: throw malformed("is no deflate stream")
    }
    return written
  }

  private func malformed(_ reason: String) -> CheckpointError {
    .malformed(file: file.path, reason: "\(quoted(member.name)) in it \(reason)")
  }
}
