/// Reads the list of members at the end of a zip archive (APPNOTE.TXT 4.3.12) and the header before
/// each of them (4.3.7), and believes neither before they agree.
struct ZipDirectory {
  private let file: FileReader
  private let end: ZipEndRecord

  private static let entrySignature: UInt32 = 0x0201_4b50
  private static let entryByteCount = 46
  private static let headerSignature: UInt32 = 0x0403_4b50
  private static let headerByteCount = 30
  /// No deflate stream expands to more than this many times its size.
  private static let largestExpansion = 1032

  private enum Flag {
    static let encrypted: UInt16 = 1 << 0 | 1 << 6 | 1 << 13
    /// Sizes and checksum stand behind the data; the local header has zeros for them.
    static let sizesFollow: UInt16 = 1 << 3
  }

  init(file: FileReader) throws(CheckpointError) {
    self.file = file
    end = try ZipEndRecord(file: file)
  }

  /// The members in the order of the directory.
  func members() throws(CheckpointError) -> [ZipMember] {
    let bytes = try file.bytes(at: end.directory.lowerBound, count: end.directory.count)
    var fields = LittleEndianBytes(bytes[...])
    var members: [ZipMember] = []
    var names = Set<String>()
    while fields.count > 0 {
      let member = try entry(&fields)
      guard names.insert(member.name).inserted else {
        throw malformed("it holds the name \(quoted(member.name)) twice")
      }
      members.append(member)
    }
    guard members.count == end.entryCount else {
      throw malformed("its directory lists \(members.count) files and says \(end.entryCount)")
    }
    try checkOverlaps(members)
    return members
  }

  private func entry(_ fields: inout LittleEndianBytes) throws(CheckpointError) -> ZipMember {
    guard fields.count >= Self.entryByteCount, fields.uint32() == Self.entrySignature else {
      throw malformed("its directory is damaged")
    }
    fields.skip(4)  // The versions that made it and that it needs.
    let (flags, method) = (fields.uint16(), fields.uint16())
    fields.skip(4)  // The time.
    let checksum = fields.uint32()
    let sizes = (stored: fields.uint32(), expanded: fields.uint32())
    let lengths = (name: Int(fields.uint16()), extra: Int(fields.uint16()), fields.uint16())
    let disk = fields.uint16()
    fields.skip(6)  // Attributes.
    let offset = fields.uint32()
    guard fields.count >= lengths.name + lengths.extra + Int(lengths.2) else {
      throw malformed("its directory is damaged")
    }
    let nameBytes = fields.take(lengths.name)
    let name = Self.name(nameBytes)
    var wide = try Zip64Fields(fields.take(lengths.extra), member: name, file: file.path)
    fields.skip(Int(lengths.2))
    // In this order, each only where the field proper is too small for it.
    let byteCount = try wide.value(sizes.expanded)
    let storedByteCount = try wide.value(sizes.stored)
    let headerOffset = try wide.value(offset)
    guard disk == 0 || disk == .max else {
      throw malformed("it is a part of a zip archive of several volumes")
    }
    var member = ZipMember(
      name: name, method: try Self.method(method, flags: flags, member: name, file: file.path),
      byteCount: byteCount, storedByteCount: storedByteCount, headerOffset: headerOffset,
      dataOffset: 0, checksum: checksum)
    try checkSizes(member, nameBytes: nameBytes)
    member.dataOffset = try dataOffset(of: member, nameBytes: nameBytes, method: method)
    return member
  }

  private static func method(
    _ method: UInt16, flags: UInt16, member: String, file: String
  ) throws(CheckpointError) -> ZipMember.Method {
    guard flags & Flag.encrypted == 0 else {
      throw .malformed(
        file: file,
        reason: "\(quoted(member)) in it is encrypted. Extract it, and zip it without a password")
    }
    switch method {
    case 0: return .stored
    case 8: return .deflated
    default:
      throw .malformed(
        file: file,
        reason: "\(quoted(member)) in it is compressed by zip's method \(method); only stored (0)"
          + " and deflated (8) files are read")
    }
  }

  private func checkSizes(
    _ member: ZipMember, nameBytes: ArraySlice<UInt8>
  ) throws(CheckpointError) {
    let shown = quoted(member.name)
    guard !nameBytes.isEmpty, !nameBytes.contains(0) else {
      throw malformed("\(shown) is no name of a file")
    }
    let room = end.directory.lowerBound - Self.headerByteCount - nameBytes.count
    guard member.headerOffset <= room, member.storedByteCount <= room - member.headerOffset else {
      throw malformed(
        "\(shown) claims \(member.storedByteCount) bytes behind byte \(member.headerOffset) of"
          + " \(file.byteCount)")
    }
    switch member.method {
    case .stored:
      guard member.byteCount == member.storedByteCount else {
        throw malformed(
          "\(shown) is stored, but in \(member.storedByteCount) bytes instead of"
            + " \(member.byteCount)")
      }
    case .deflated:
      guard member.byteCount / Self.largestExpansion <= member.storedByteCount else {
        throw malformed(
          "\(shown) cannot expand from \(member.storedByteCount) to \(member.byteCount) bytes")
      }
    }
  }

  /// Reads the local header.
  private func dataOffset(
    of member: ZipMember, nameBytes: ArraySlice<UInt8>, method: UInt16
  ) throws(CheckpointError) -> Int {
    let bytes = try file.bytes(
      at: member.headerOffset, count: Self.headerByteCount + nameBytes.count)
    var fields = LittleEndianBytes(bytes[...])
    let signature = fields.uint32()
    fields.skip(2)
    let (flags, localMethod) = (fields.uint16(), fields.uint16())
    fields.skip(4)
    let checksum = fields.uint32()
    let sizes = (fields.uint32(), fields.uint32())
    let (nameCount, extraCount) = (Int(fields.uint16()), Int(fields.uint16()))
    func agrees(_ size: UInt32, _ listed: Int) -> Bool { size == .max || Int(size) == listed }
    let sizesAgree =
      flags & Flag.sizesFollow != 0
      || (agrees(sizes.0, member.storedByteCount) && agrees(sizes.1, member.byteCount)
        && checksum == member.checksum)
    guard signature == Self.headerSignature, flags & Flag.encrypted == 0, localMethod == method,
      sizesAgree, nameCount == nameBytes.count, fields.take(nameCount) == nameBytes
    else {
      throw malformed(
        "its directory and the header at byte \(member.headerOffset) disagree about"
          + " \(quoted(member.name))")
    }
    let offset = member.headerOffset + Self.headerByteCount + nameCount + extraCount
    guard offset <= end.directory.lowerBound - member.storedByteCount else {
      throw malformed("\(quoted(member.name)) reaches into the directory")
    }
    return offset
  }

  private func checkOverlaps(_ members: [ZipMember]) throws(CheckpointError) {
    let extents = members.map(\.extent).sorted { $0.lowerBound < $1.lowerBound }
    for (before, after) in zip(extents, extents.dropFirst())
    where before.upperBound > after.lowerBound {
      throw malformed("two files in it overlap at byte \(after.lowerBound)")
    }
  }

  /// Names are UTF-8. Other bytes, of old tools, are taken one by one: names stay different.
  private static func name(_ bytes: ArraySlice<UInt8>) -> String {
    String(validating: bytes, as: UTF8.self)
      ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  private func malformed(_ reason: String) -> CheckpointError {
    .malformed(file: file.path, reason: reason)
  }
}
