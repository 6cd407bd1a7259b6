/// The metadata chunks of a WebP file (RIFF container, RFC 9649 section 2.7).
struct WebPChunks {
  private(set) var exif: [UInt8]?
  private(set) var xmp: [UInt8]?

  init(_ bytes: [UInt8]) {
    let reader = ByteReader(bytes)
    var offset = 12
    while let name = reader.slice(at: offset, count: 4),
      let count = reader.integer(at: offset + 4, size: 4, bigEndian: false),
      let content = reader.slice(at: offset + 8, count: count)
    {
      if name.elementsEqual("EXIF".utf8) { exif = Array(content) }
      if name.elementsEqual("XMP ".utf8) { xmp = Array(content) }
      offset += 8 + count + count % 2
    }
  }
}
