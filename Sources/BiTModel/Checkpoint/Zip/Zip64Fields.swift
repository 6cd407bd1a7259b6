/// The 64-bit sizes and offsets among the extra fields of a member (APPNOTE.TXT 4.5.3).
struct Zip64Fields {
  private static let identifier: UInt16 = 1

  private var wide: LittleEndianBytes
  private let member: String
  private let file: String

  /// - Parameter extra: All of the member's extra fields.
  init(_ extra: ArraySlice<UInt8>, member: String, file: String) throws(CheckpointError) {
    self.member = member
    self.file = file
    wide = LittleEndianBytes([])
    var fields = LittleEndianBytes(extra)
    // What is too short for a field is padding, which some tools leave.
    while fields.count >= 4 {
      let (identifier, count) = (fields.uint16(), Int(fields.uint16()))
      guard count <= fields.count else { return }
      let content = fields.take(count)
      if identifier == Self.identifier {
        wide = LittleEndianBytes(content)
        return
      }
    }
  }

  /// A field's value: the next 64-bit one if `narrow` says that it did not fit.
  mutating func value(_ narrow: UInt32) throws(CheckpointError) -> Int {
    guard narrow == .max else { return Int(narrow) }
    guard wide.count >= 8, let value = Int(exactly: wide.uint64()) else {
      throw .malformed(
        file: file,
        reason: "a zip64 size or offset of \(quoted(member)) is missing or impossible")
    }
    return value
  }
}
