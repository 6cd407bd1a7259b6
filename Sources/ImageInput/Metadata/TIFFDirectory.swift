/// The part of EXIF data that matters here: the orientation in the first directory of what is a
/// small TIFF file (TIFF 6.0, section 2).
package enum TIFFDirectory {
  private static let orientationTag = 0x0112

  /// The orientation tag's number, if there is one, however odd.
  ///
  /// Damaged data ends the search without an error: a picture is worth more than its metadata.
  package static func orientation(in exif: [UInt8]) -> Int? {
    let bytes = ByteReader(withoutExifPrefix(exif))
    guard let isBigEndian = byteOrder(of: bytes),
      let directory = bytes.integer(at: 4, size: 4, bigEndian: isBigEndian),
      let count = bytes.integer(at: directory, size: 2, bigEndian: isBigEndian)
    else { return nil }
    var found: Int?
    for entry in 0..<count {
      let offset = directory + 2 + 12 * entry
      guard let tag = bytes.integer(at: offset, size: 2, bigEndian: isBigEndian) else { break }
      guard tag == orientationTag else { continue }
      found = firstInteger(ofEntryAt: offset, in: bytes, bigEndian: isBigEndian) ?? found
    }
    return found
  }

  /// Writers put the words `Exif\0\0` before the data once, sometimes twice, sometimes not.
  private static func withoutExifPrefix(_ exif: [UInt8]) -> ArraySlice<UInt8> {
    var rest = exif[...]
    for _ in 0..<2 where rest.starts(with: exifPrefix) { rest = rest.dropFirst(exifPrefix.count) }
    return rest
  }

  static let exifPrefix = Array("Exif\0\0".utf8)

  /// True for big-endian data, nil if it is no TIFF. The second bytes of the version may be in
  /// either order: some writers get it wrong.
  private static func byteOrder(of bytes: ByteReader) -> Bool? {
    guard let order = bytes.integer(at: 0, size: 2, bigEndian: true),
      let version = bytes.integer(at: 2, size: 2, bigEndian: true),
      version == 0x002A || version == 0x2A00
    else { return nil }
    switch order {
    case 0x4D4D: return true
    case 0x4949: return false
    default: return nil
    }
  }

  private static func firstInteger(
    ofEntryAt offset: Int, in bytes: ByteReader, bigEndian: Bool
  ) -> Int? {
    guard let type = bytes.integer(at: offset + 2, size: 2, bigEndian: bigEndian),
      let count = bytes.integer(at: offset + 4, size: 4, bigEndian: bigEndian), count > 0
    else { return nil }
    let size: Int
    switch type {
    case 3, 8: size = 2  // SHORT, SSHORT
    case 4, 9: size = 4  // LONG, SLONG
    default: return nil
    }
    var place = offset + 8
    if size * count > 4 {
      guard let pointer = bytes.integer(at: place, size: 4, bigEndian: bigEndian) else {
        return nil
      }
      place = pointer
    }
    return bytes.integer(at: place, size: size, bigEndian: bigEndian)
  }
}
