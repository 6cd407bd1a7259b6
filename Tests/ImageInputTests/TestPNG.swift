/// Writes PNG files of any depth and colour type, without compression.
struct TestPNG {
  var width: Int
  var height = 1
  var depth = 8
  /// 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
  var colorType = 0
  /// Packed samples of all rows.
  var samples: [UInt8] = []
  /// Chunks before the samples, such as PLTE and tRNS.
  var chunks: [(name: String, content: [UInt8])] = []

  /// Signature and IHDR.
  var header: [UInt8] {
    let content =
      Self.bigEndian(UInt32(width)) + Self.bigEndian(UInt32(height))
      + [UInt8(depth), UInt8(colorType), 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", content)
  }

  var bytes: [UInt8] {
    header + chunks.flatMap { Self.chunk($0.name, $0.content) }
      + Self.chunk("IDAT", Self.stored(filteredRows)) + Self.chunk("IEND", [])
  }

  /// Each row behind a zero: it is not filtered.
  private var filteredRows: [UInt8] {
    let rowBytes = height == 0 ? 0 : samples.count / height
    return (0..<height).flatMap { [0] + samples[$0 * rowBytes..<($0 + 1) * rowBytes] }
  }

  /// A zlib stream of one stored block, of at most 65535 bytes.
  private static func stored(_ content: [UInt8]) -> [UInt8] {
    var low: UInt32 = 1
    var high: UInt32 = 0
    for byte in content {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    let count = UInt16(content.count)
    let lengths = [count, ~count].flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    return [0x78, 0x01, 0x01] + lengths + content + bigEndian(high << 16 | low)
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + content
    return bigEndian(UInt32(content.count)) + body + bigEndian(checkSum(body))
  }

  private static func checkSum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF as UInt32) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
        value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
      }
    }
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
