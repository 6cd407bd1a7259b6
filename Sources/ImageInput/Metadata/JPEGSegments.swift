/// The application segments of a JPEG before its first scan (ISO/IEC 10918-1, annex B).
struct JPEGSegments {
  /// EXIF data; data split over several segments is joined.
  private(set) var exif: [UInt8]?
  /// The XMP packet.
  private(set) var xmp: [UInt8]?

  /// A segment holds 64 KB at most; files with more than a few are not worth joining.
  private static let maximumExifBytes = 1 << 20

  private static let app1: UInt8 = 0xE1
  private static let startOfScan: UInt8 = 0xDA
  private static let xmpPrefix = Array("http://ns.adobe.com/xap/1.0/\0".utf8)

  init(_ bytes: [UInt8]) {
    let reader = ByteReader(bytes)
    var offset = 2
    while let marker = JPEGSegments.nextMarker(in: reader, from: &offset) {
      if JPEGSegments.standsAlone(marker) { continue }
      guard marker != JPEGSegments.startOfScan,
        let length = reader.integer(at: offset, size: 2, bigEndian: true), length >= 2,
        let segment = reader.slice(at: offset + 2, count: length - 2)
      else { return }
      if marker == JPEGSegments.app1 { read(segment) }
      offset += length
    }
  }

  /// Skips to the byte after the next 0xFF that is neither padding nor an escaped 0xFF.
  private static func nextMarker(in reader: ByteReader, from offset: inout Int) -> UInt8? {
    while let byte = reader.byte(at: offset) {
      offset += 1
      guard byte == 0xFF else { continue }
      while reader.byte(at: offset) == 0xFF { offset += 1 }
      guard let marker = reader.byte(at: offset) else { return nil }
      offset += 1
      if marker != 0 { return marker }
    }
    return nil
  }

  /// Restart markers, start and end of image, and TEM have no length.
  private static func standsAlone(_ marker: UInt8) -> Bool {
    marker == 0x01 || (0xD0...0xD9).contains(marker)
  }

  private mutating func read(_ segment: ArraySlice<UInt8>) {
    if segment.starts(with: TIFFDirectory.exifPrefix),
      (exif?.count ?? 0) < JPEGSegments.maximumExifBytes
    {
      exif = exif ?? []
      exif?.append(contentsOf: segment.dropFirst(TIFFDirectory.exifPrefix.count))
    } else if segment.starts(with: JPEGSegments.xmpPrefix) {
      xmp = Array(segment.dropFirst(JPEGSegments.xmpPrefix.count))
    }
  }
}
