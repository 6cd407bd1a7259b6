import CImageCodecs

/// A text in one of PNG's three kinds of text chunk (PNG, third edition, section 11.3.3), if it
/// can hold an orientation: no other is worth expanding.
struct PNGText {
  enum Keyword: String {
    case xmp = "XML:com.adobe.xmp"
    case exifProfile = "Raw profile type exif"
  }

  let keyword: Keyword
  /// Empty if the chunk is damaged or the text too long.
  let content: [UInt8]

  /// Compressed text that is longer is ignored: Pillow's limit against expanding bombs.
  static let maximumExpandedBytes = 1 << 20

  /// tEXt: a keyword, zero, and the text.
  init?(_ chunk: ArraySlice<UInt8>) {
    guard let (keyword, rest) = PNGText.keyword(of: chunk) else { return nil }
    self.keyword = keyword
    content = Array(rest)
  }

  /// zTXt: a keyword, zero, the compression method, and the compressed text.
  init?(compressed chunk: ArraySlice<UInt8>) {
    guard let (keyword, rest) = PNGText.keyword(of: chunk) else { return nil }
    self.keyword = keyword
    content = rest.first == 0 ? PNGText.expanded(rest.dropFirst()) : []
  }

  /// iTXt: a keyword, zero, whether the text is compressed, the method, a language, zero, the
  /// keyword translated, zero, and the text.
  init?(international chunk: ArraySlice<UInt8>) {
    guard let (keyword, rest) = PNGText.keyword(of: chunk) else { return nil }
    self.keyword = keyword
    let fields = rest.dropFirst(2).split(
      separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
    guard rest.count >= 2, fields.count == 3 else {
      content = []
      return
    }
    switch (isCompressed: rest[rest.startIndex] != 0, method: rest[rest.startIndex + 1]) {
    case (false, _): content = Array(fields[2])
    case (true, 0): content = PNGText.expanded(fields[2])
    case (true, _): content = []
    }
  }

  private static func keyword(
    of chunk: ArraySlice<UInt8>
  ) -> (Keyword, rest: ArraySlice<UInt8>)? {
    // Keywords have at most 79 bytes.
    guard let end = chunk.prefix(80).firstIndex(of: 0),
      let keyword = Keyword(rawValue: String(decoding: chunk[..<end], as: UTF8.self))
    else { return nil }
    return (keyword, chunk[(end + 1)...])
  }

  private static func expanded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: maximumExpandedBytes) { target, count in
      let status = bytes.withUnsafeBufferPointer {
        cimage_inflate($0.baseAddress, $0.count, target.baseAddress, target.count, &count)
      }
      if status != CIMAGE_OK { count = 0 }
    }
  }

  /// The bytes of a "Raw profile" text: an empty line, a name, a length, then hexadecimal digits.
  var decodedProfile: [UInt8]? {
    let lines = content.split(
      separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
    guard lines.count == 4 else { return nil }
    var result: [UInt8] = []
    var high: UInt8?
    for character in lines[3] {
      guard let digit = Character(UnicodeScalar(character)).hexDigitValue.map(UInt8.init) else {
        continue
      }
      if let first = high { result.append(first << 4 | digit) }
      high = high == nil ? digit : nil
    }
    return result
  }
}
