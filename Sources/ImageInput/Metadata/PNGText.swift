import CImageCodecs

/// A keyword and its text, from any of PNG's three kinds of text chunk (PNG, third edition,
/// section 11.3.3).
struct PNGText {
  let keyword: String
  let content: [UInt8]

  /// Longer text is ignored when it is compressed: Pillow's limit against expanding bombs.
  static let maximumExpandedBytes = 1 << 20

  /// The texts that can hold an orientation; others are not worth expanding.
  private static let keywords = ["XML:com.adobe.xmp", "Raw profile type exif"]

  init?(chunk: String, _ bytes: ArraySlice<UInt8>) {
    guard let end = bytes.firstIndex(of: 0) else { return nil }
    keyword = String(decoding: bytes[..<end], as: UTF8.self)
    guard PNGText.keywords.contains(keyword) else { return nil }
    let rest = bytes[(end + 1)...]
    let text: [UInt8]?
    switch chunk {
    case "tEXt": text = Array(rest)
    case "zTXt": text = rest.first == 0 ? PNGText.expanded(rest.dropFirst()) : nil
    default: text = PNGText.international(rest)
    }
    guard let text else { return nil }
    content = text
  }

  /// After the keyword of iTXt: compression flag, method, language, translated keyword, text.
  private static func international(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    guard bytes.count >= 2 else { return nil }
    let isCompressed = bytes[bytes.startIndex] != 0
    let method = bytes[bytes.startIndex + 1]
    let fields = bytes.dropFirst(2).split(
      separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3 else { return nil }
    if !isCompressed { return Array(fields[2]) }
    return method == 0 ? expanded(fields[2]) : nil
  }

  private static func expanded(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    let text = [UInt8](unsafeUninitializedCapacity: maximumExpandedBytes) { target, count in
      let status = bytes.withUnsafeBufferPointer {
        cimage_inflate($0.baseAddress, $0.count, target.baseAddress, target.count, &count)
      }
      if status != CIMAGE_OK { count = 0 }
    }
    return text.isEmpty ? nil : text
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
