import FoundationEssentials

/// A zip archive that is read where it lies: stored and deflated members, zip64 too.
///
/// Opening it reads the directory and the members' headers and checks them against each other:
/// members that overlap, reach past the end, have one name or sizes that cannot be are refused. No
/// name is ever used as a path.
package struct ZipArchive: Sendable {
  /// A BiT-R152x4 has some thousand tensors, a checkpoint of its training four times as many.
  static let memberLimit = 1 << 16
  static let directoryByteLimit = 16 << 20

  /// Deflate can make a thousandth of what repeats, but weights don't: what all tensors together
  /// may expand to beside four times the file's own size. R152x4's classifier of zeros for 21,843
  /// classes, 716 MB, is within it.
  private static let spareByteCount = 1 << 30

  /// The members in the directory's order.
  package let members: [ZipMember]

  private let file: FileReader
  private let positions: [String: Int]

  /// - Throws: `CheckpointError`.
  package init(path: String) throws(CheckpointError) {
    try self.init(file: FileReader(path: path))
  }

  /// Reads an archive that is in memory.
  /// - Parameter name: What errors call it.
  /// - Throws: `CheckpointError`.
  package init(contents: Data, name: String) throws(CheckpointError) {
    try self.init(file: FileReader(contents: contents, name: name))
  }

  init(file: FileReader) throws(CheckpointError) {
    self.file = file
    members = try ZipDirectory(file: file).members()
    positions = Dictionary(uniqueKeysWithValues: zip(members.map(\.name), members.indices))
  }

  /// The archive's path.
  package var source: String { file.path }

  /// The archive's size.
  package var byteCount: Int { file.byteCount }

  package subscript(name: String) -> ZipMember? { positions[name].map { members[$0] } }

  /// A member's expanded bytes from the first on. They are checked against the checksum at the end.
  package func stream(_ member: ZipMember) throws(CheckpointError) -> ZipMemberStream {
    try ZipMemberStream(member, file: file)
  }

  /// A stored member's bytes from any of them on, which are not checked against its checksum.
  func rangeStream(_ member: ZipMember, at offset: Int) -> FileStream {
    precondition(member.method == .stored && offset <= member.byteCount)
    return FileStream(file, at: member.dataOffset + offset)
  }

  /// Looks at the sizes of members that hold weights, before any is expanded.
  /// - Throws: `CheckpointError` if they are a bomb's.
  func checkExpansion(of members: [ZipMember]) throws(CheckpointError) {
    // No member expands to more than 1032 times its size, and none overlap: the sum is an Int.
    let expanded = members.reduce(0) { $0 + $1.byteCount }
    guard expanded <= byteCount * 4 + Self.spareByteCount else {
      throw .malformed(
        file: source,
        reason: "its \(byteCount) bytes would expand to \(expanded), which weights cannot")
    }
  }

  /// A whole small member.
  /// - Throws: `CheckpointError`, also if it has more than `limit` bytes, before any is read.
  package func contents(of member: ZipMember, limit: Int) throws(CheckpointError) -> [UInt8] {
    guard member.byteCount <= limit else {
      throw .malformed(
        file: source,
        reason: "\(quoted(member.name)) has \(member.byteCount) bytes, more than \(limit)")
    }
    let stream = try stream(member)
    let bytes = try stream.bytes(count: member.byteCount)
    try stream.finish()
    return bytes
  }
}
