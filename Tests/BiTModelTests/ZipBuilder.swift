import BiTModel
import FoundationEssentials

/// Writes zip archives byte by byte, sound ones and ones that lie.
struct ZipBuilder {
  struct Member {
    var name: [UInt8]
    var content: [UInt8]
    /// What stands in the archive.
    var stored: [UInt8]
    var method: UInt16 = 0
    var flags: UInt16 = 0
    var checksum: UInt32
    var byteCount: UInt64
    var storedByteCount: UInt64
    /// Sizes and offset as 64-bit extra fields, though they are small.
    var isWide = false
    /// Sizes behind the data, as PyTorch writes them.
    var hasDescriptor = false
    /// Extra bytes of the local header, such as the padding that aligns PyTorch's tensors.
    var localExtra: [UInt8] = []
    /// What the local header says instead.
    var localName: [UInt8]?
    var offset: UInt64?

    init(_ name: String, _ content: [UInt8], deflated: [UInt8]? = nil) {
      self.name = Array(name.utf8)
      self.content = content
      stored = deflated ?? content
      method = deflated == nil ? 0 : 8
      checksum = ZipBuilder.checksum(content)
      byteCount = UInt64(content.count)
      storedByteCount = UInt64(stored.count)
    }

    /// As a stream of blocks that are not compressed.
    init(deflating name: String, _ content: [UInt8]) {
      self.init(name, content, deflated: ZipBuilder.deflated(content))
    }
  }

  var members: [Member] = []
  var comment: [UInt8] = []
  var hasRecord64 = false
  var entryCount: UInt64?
  var directoryByteCount: UInt64?
  var directoryOffset: UInt64?
  var disk: UInt16 = 0

  init(_ members: [Member]) { self.members = members }

  var bytes: [UInt8] {
    var file: [UInt8] = []
    var offsets: [UInt64] = []
    for member in members {
      offsets.append(member.offset ?? UInt64(file.count))
      file += localHeader(member) + member.stored
      if member.hasDescriptor {
        file += Self.little(0x0807_4b50, 4) + Self.little(UInt64(member.checksum), 4)
        file += Self.little(member.storedByteCount, 4) + Self.little(member.byteCount, 4)
      }
    }
    let start = directoryOffset ?? UInt64(file.count)
    let before = file.count
    for (member, offset) in zip(members, offsets) { file += entry(member, offset: offset) }
    return file
      + end(start: start, size: directoryByteCount ?? UInt64(file.count - before), at: file.count)
  }

  private func localHeader(_ member: Member) -> [UInt8] {
    let name = member.localName ?? member.name
    var header = Self.little(0x0403_4b50, 4) + Self.little(20, 2)
    header += Self.little(UInt64(member.flags | (member.hasDescriptor ? 8 : 0)), 2)
    header += Self.little(UInt64(member.method), 2) + Self.little(0, 4)
    if member.hasDescriptor {
      header += Self.little(0, 12)
    } else {
      header += Self.little(UInt64(member.checksum), 4)
      header += Self.little(member.isWide ? 0xffff_ffff : member.storedByteCount, 4)
      header += Self.little(member.isWide ? 0xffff_ffff : member.byteCount, 4)
    }
    header += Self.little(UInt64(name.count), 2) + Self.little(UInt64(member.localExtra.count), 2)
    return header + name + member.localExtra
  }

  private func entry(_ member: Member, offset: UInt64) -> [UInt8] {
    var extra: [UInt8] = []
    if member.isWide {
      extra =
        Self.little(0x9999, 2) + Self.little(1, 2) + [7] + Self.little(1, 2) + Self.little(24, 2)
      extra += Self.little(member.byteCount, 8) + Self.little(member.storedByteCount, 8)
      extra += Self.little(offset, 8)
    }
    var entry = Self.little(0x0201_4b50, 4) + Self.little(20, 2) + Self.little(20, 2)
    entry += Self.little(UInt64(member.flags | (member.hasDescriptor ? 8 : 0)), 2)
    entry += Self.little(UInt64(member.method), 2) + Self.little(0, 4)
    entry += Self.little(UInt64(member.checksum), 4)
    entry += Self.little(member.isWide ? 0xffff_ffff : member.storedByteCount, 4)
    entry += Self.little(member.isWide ? 0xffff_ffff : member.byteCount, 4)
    entry += Self.little(UInt64(member.name.count), 2) + Self.little(UInt64(extra.count), 2)
    entry += Self.little(2, 2) + Self.little(0, 2) + Self.little(0, 6)
    entry += Self.little(member.isWide ? 0xffff_ffff : offset, 4)
    return entry + member.name + extra + [0x23, 0x23]
  }

  private func end(start: UInt64, size: UInt64, at position: Int) -> [UInt8] {
    let count = entryCount ?? UInt64(members.count)
    var end: [UInt8] = []
    if hasRecord64 {
      end += Self.little(0x0606_4b50, 4) + Self.little(44, 8) + Self.little(45, 2)
      end += Self.little(45, 2) + Self.little(UInt64(disk), 4) + Self.little(UInt64(disk), 4)
      end += Self.little(count, 8) + Self.little(count, 8) + Self.little(size, 8)
      end += Self.little(start, 8)
      end += Self.little(0x0706_4b50, 4) + Self.little(0, 4) + Self.little(UInt64(position), 8)
      end += Self.little(1, 4)
    }
    end += Self.little(0x0605_4b50, 4) + Self.little(UInt64(disk), 2) + Self.little(UInt64(disk), 2)
    for _ in 0..<2 { end += Self.little(hasRecord64 ? 0xffff : count, 2) }
    end += Self.little(hasRecord64 ? 0xffff_ffff : size, 4)
    end += Self.little(hasRecord64 ? 0xffff_ffff : start, 4)
    return end + Self.little(UInt64(comment.count), 2) + comment
  }

  /// The lowest bytes of a number.
  static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) : 0 }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var checksum: UInt32 = .max
    for byte in bytes {
      checksum ^= UInt32(byte)
      for _ in 0..<8 {
        let isOdd = checksum & 1 == 1
        checksum >>= 1
        if isOdd { checksum ^= 0xedb8_8320 }
      }
    }
    return ~checksum
  }

  /// A deflate stream of stored blocks.
  static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = []
    var rest = bytes[...]
    repeat {
      let block = rest.prefix(0xffff)
      rest = rest.dropFirst(block.count)
      let count = UInt64(block.count)
      stream += [rest.isEmpty ? 1 : 0] + little(count, 2) + little(~count, 2) + block
    } while !rest.isEmpty
    return stream
  }
}
