/// Where a zip archive's directory is: the record at the end of the file, or, where its fields are
/// too small, the zip64 record before it (APPNOTE.TXT 4.3.14 to 4.3.16).
struct ZipEndRecord {
  let entryCount: Int
  let directory: Range<Int>

  static let byteCount = 22
  private static let signature: UInt32 = 0x0605_4b50
  private static let commentLimit = 0xffff
  private static let locatorByteCount = 20
  private static let locatorSignature: UInt32 = 0x0706_4b50
  private static let record64ByteCount = 56
  private static let record64Signature: UInt32 = 0x0606_4b50

  init(file: FileReader) throws(CheckpointError) {
    func malformed(_ reason: String) -> CheckpointError {
      .malformed(file: file.path, reason: reason)
    }
    let tailCount = min(file.byteCount, Self.byteCount + Self.commentLimit)
    let tail = try file.bytes(at: file.byteCount - tailCount, count: tailCount)
    guard let position = Self.position(in: tail) else {
      throw malformed("it starts as a zip archive, but has no end record; it was cut off")
    }
    var recordOffset = file.byteCount - tailCount + position
    var fields = LittleEndianBytes(tail[(position + 4)...])
    let (disk, directoryDisk) = (fields.uint16(), fields.uint16())
    let (entriesHere, entries) = (fields.uint16(), fields.uint16())
    var (count, size, offset) = (UInt64(entries), UInt64(fields.uint32()), UInt64(fields.uint32()))
    var isSplit = disk != directoryDisk || entriesHere != entries || disk != 0
    if let record64 = try Self.record64(before: recordOffset, file: file) {
      (recordOffset, isSplit) = (record64.offset, record64.isSplit)
      (count, size, offset) = (record64.count, record64.size, record64.start)
    }
    guard !isSplit else { throw malformed("it is a part of a zip archive of several volumes") }
    guard size <= recordOffset, offset == UInt64(recordOffset) - size else {
      throw malformed(
        "its directory of \(size) bytes at byte \(offset) does not end at its end record, byte"
          + " \(recordOffset); something was cut off or added")
    }
    guard size <= UInt64(ZipArchive.directoryByteLimit),
      count <= UInt64(ZipArchive.memberLimit)
    else {
      throw malformed(
        "its directory lists \(count) files in \(size) bytes; at most \(ZipArchive.memberLimit)"
          + " in \(ZipArchive.directoryByteLimit) bytes are read")
    }
    entryCount = Int(count)
    directory = Int(offset)..<recordOffset
  }

  /// The last record whose comment reaches to the end of the file exactly.
  private static func position(in tail: [UInt8]) -> Int? {
    guard tail.count >= byteCount else { return nil }
    return stride(from: tail.count - byteCount, through: 0, by: -1).first { position in
      guard tail[position] == 0x50 else { return false }
      var fields = LittleEndianBytes(tail[position...])
      guard fields.uint32() == signature else { return false }
      fields.skip(byteCount - 6)
      return Int(fields.uint16()) == fields.count
    }
  }

  private struct Record64 {
    let offset: Int
    let isSplit: Bool
    let count, size, start: UInt64
  }

  private static func record64(
    before end: Int, file: FileReader
  ) throws(CheckpointError) -> Record64? {
    guard end >= locatorByteCount else { return nil }
    let bytes = try file.bytes(at: end - locatorByteCount, count: locatorByteCount)
    var locator = LittleEndianBytes(bytes[...])
    guard locator.uint32() == locatorSignature else { return nil }
    let (disk, offset, disks) = (locator.uint32(), locator.uint64(), locator.uint32())
    // The record ends where its locator starts; what it may hold beyond its fields is passed over.
    guard let start = Int(exactly: offset), end - locatorByteCount - start >= record64ByteCount
    else {
      throw .malformed(file: file.path, reason: "its zip64 end record is not at byte \(offset)")
    }
    var record = LittleEndianBytes(try file.bytes(at: start, count: record64ByteCount)[...])
    guard record.uint32() == record64Signature,
      record.uint64() == UInt64(end - locatorByteCount - start - 12)
    else {
      throw .malformed(file: file.path, reason: "its zip64 end record is not at byte \(offset)")
    }
    record.skip(4)  // The versions that made it and that it needs.
    let disksOfRecord = (record.uint32(), record.uint32())
    let (entriesHere, entries) = (record.uint64(), record.uint64())
    return Record64(
      offset: start,
      isSplit: disk != 0 || disks > 1 || disksOfRecord != (0, 0) || entriesHere != entries,
      count: entries, size: record.uint64(), start: record.uint64())
  }
}
