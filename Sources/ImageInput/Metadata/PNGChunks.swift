/// The chunks of a PNG that say something about its pixels from outside (PNG, third edition,
/// sections 5 and 11).
///
/// Check sums are not looked at: the decoder refuses damage that matters.
struct PNGChunks {
  private(set) var exif: [UInt8]?
  private(set) var xmp: [UInt8]?

  private var depth = 0
  private var colorType = 0
  private var palette: ArraySlice<UInt8> = []
  private var transparency: ArraySlice<UInt8>?
  /// EXIF data as hexadecimal text, which ImageMagick wrote before PNG had a chunk for it.
  private var textualExif: [UInt8]?
  private var textCount = 0

  init(_ bytes: [UInt8]) {
    let reader = ByteReader(bytes)
    var offset = 8
    while let count = reader.integer(at: offset, size: 4, bigEndian: true),
      let name = reader.integer(at: offset + 4, size: 4, bigEndian: true),
      let content = reader.slice(at: offset + 8, count: count)
    {
      if let type = ChunkType(rawValue: name) {
        if type == .end { break }
        read(type, content)
      }
      offset += count + 12
    }
    exif = exif ?? textualExif
  }

  /// The chunks that matter, by their names' four ASCII letters.
  private enum ChunkType: Int {
    case header = 0x4948_4452  // IHDR
    case palette = 0x504C_5445  // PLTE
    case transparency = 0x7452_4E53  // tRNS
    case exif = 0x6558_4966  // eXIf
    case text = 0x7445_5874  // tEXt
    case compressedText = 0x7A54_5874  // zTXt
    case internationalText = 0x6954_5874  // iTXt
    case end = 0x4945_4E44  // IEND
  }

  private mutating func read(_ type: ChunkType, _ content: ArraySlice<UInt8>) {
    switch type {
    case .header where content.count >= 10:
      depth = Int(content[content.startIndex + 8])
      colorType = Int(content[content.startIndex + 9])
    case .palette: palette = content
    case .transparency: transparency = content
    case .exif: exif = Array(content)
    case .text: read(PNGText(content))
    case .compressedText: read(PNGText(compressed: content))
    case .internationalText: read(PNGText(international: content))
    case .header, .end: break
    }
  }

  /// Texts that are looked into, so that a file of many compressed ones takes no time.
  private static let maximumTexts = 16

  private mutating func read(_ text: @autoclosure () -> PNGText?) {
    guard textCount < PNGChunks.maximumTexts, let text = text() else { return }
    textCount += 1
    switch text.keyword {
    case .xmp: xmp = text.content
    case .exifProfile: textualExif = text.decodedProfile
    }
  }

  /// The colour that a tRNS chunk declares transparent, as Pillow carries it into the RGB picture.
  ///
  /// Pillow keeps the chunk's 16-bit numbers and compares them with 8-bit samples in a way that
  /// depends on the mode it read the file in. Each row below was observed with Pillow 13; the
  /// numbers are not scaled from the file's depth, and only a palette whose tRNS has exactly one
  /// transparent entry, all others opaque, has a key at all.
  var colorKey: RGBColor? {
    guard let transparency else { return nil }
    switch colorType {
    case 0: return greyKey(ByteReader(transparency))
    case 2: return colorKey(ByteReader(transparency))
    case 3: return paletteKey(transparency)
    default: return nil
    }
  }

  private func greyKey(_ numbers: ByteReader) -> RGBColor? {
    guard let level = numbers.integer(at: 0, size: 2, bigEndian: true) else { return nil }
    switch depth {
    case 1:
      // White's number becomes pure red, which no grey picture holds.
      return level == 0 ? RGBColor(red: 0, green: 0, blue: 0) : nil
    case 16:
      return RGBColor(red: UInt8(level & 0xFF), green: 0, blue: 0)
    default:
      let clipped = UInt8(min(level, 255))
      return RGBColor(red: clipped, green: clipped, blue: clipped)
    }
  }

  private func colorKey(_ numbers: ByteReader) -> RGBColor? {
    guard let red = numbers.byte(at: 1), let green = numbers.byte(at: 3),
      let blue = numbers.byte(at: 5)
    else { return nil }
    return RGBColor(red: red, green: green, blue: blue)
  }

  private func paletteKey(_ alpha: ArraySlice<UInt8>) -> RGBColor? {
    guard let entry = alpha.firstIndex(of: 0), alpha.filter({ $0 != 255 }).count == 1 else {
      return nil
    }
    let offset = palette.startIndex + 3 * (entry - alpha.startIndex)
    guard offset + 2 < palette.endIndex else { return RGBColor(red: 0, green: 0, blue: 0) }
    return RGBColor(red: palette[offset], green: palette[offset + 1], blue: palette[offset + 2])
  }
}
