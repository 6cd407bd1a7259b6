import ImageInput

enum OrientationProperties {
  static func examine(_ bytes: [UInt8]) throws(BrokenProperty) {
    // As a whole file of each kind.
    for kind in [ImageKind.jpeg, .png, .webP] {
      _ = try parsedTwice("metadata of a \(kind)") { ImageMetadata(kind, bytes) }
    }
    // As EXIF data, which says the same in whatever file it is.
    let number = TIFFDirectory.orientation(in: bytes)
    let orientation = number.flatMap(ExifOrientation.init) ?? .upright
    try require(
      ImageMetadata(.png, png([("eXIf", bytes)])).orientation == orientation,
      "EXIF data says another orientation in a PNG")
    if bytes.count <= 0xff00, !bytes.starts(with: "Exif\0\0".utf8) {
      try require(
        ImageMetadata(.jpeg, jpeg(Array("Exif\0\0".utf8) + bytes)).orientation == orientation,
        "EXIF data says another orientation in a JPEG")
    }
    let hexadecimal = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    let profile = "Raw profile type exif\0\nexif\n \(bytes.count)\n".utf8 + hexadecimal
    try require(
      ImageMetadata(.png, png([("tEXt", Array(profile))])).orientation == orientation,
      "EXIF data says another orientation as a PNG's text")
    // As an XMP packet.
    let upright = XMPPacket.orientation(in: bytes).flatMap(ExifOrientation.init) ?? .upright
    let packet = Array("http://ns.adobe.com/xap/1.0/\0".utf8) + bytes
    if packet.count <= 0xff00 {
      try require(
        ImageMetadata(.jpeg, jpeg(packet)).orientation == upright,
        "an XMP packet says another orientation in a JPEG")
    }
    for name in ["iTXt", "zTXt"] {
      let text = Array("XML:com.adobe.xmp\0".utf8) + bytes
      _ = ImageMetadata(.png, png([(name, text)]))
    }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  /// A PNG of chunks alone.
  private static func png(_ chunks: [(name: String, content: [UInt8])]) -> [UInt8] {
    chunks.reduce(into: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { bytes, chunk in
      bytes += big(chunk.content.count, 4) + chunk.name.utf8 + chunk.content + [0, 0, 0, 0]
    }
  }

  /// A JPEG of one application segment.
  private static func jpeg(_ segment: [UInt8]) -> [UInt8] {
    [0xFF, 0xD8, 0xFF, 0xE1] + big(segment.count + 2, 2) + segment + [0xFF, 0xDA]
  }

  private static func big(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
