import CImageCodecs
import ImageInput

enum ImageProperties {
  /// Far below what users may open, so that the search finds what is just within and just beyond.
  private static let limits = ImageLimits(
    maximumPixels: 1 << 16, maximumSide: 1 << 12, maximumDecodingBytes: 1 << 20)

  static func examine(_ bytes: [UInt8]) throws(BrokenProperty) {
    let picture = try parsedTwice("the picture") { () throws(ImageError) in
      try ImageDecoder(limits: limits).decode(bytes, name: "fuzzed").image
    }
    guard let picture else { return }
    let (width, height) = (picture.width, picture.height)
    try require(width > 0 && height > 0, "\(width)x\(height) pixels")
    try require(width * height <= limits.maximumPixels, "more pixels than the limit")
    try require(picture.pixels.count == width * height * 3, "not 3 samples a pixel")
    let kind = ImageKind(bytes)
    if kind == .jpeg { try examine(bytes, cimage_jpeg_read_header, cimage_jpeg_decode) }
    if kind == .png { try examine(bytes, cimage_png_read_header, cimage_png_decode) }
  }

  private typealias HeaderReader = (
    UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<cimage_header>?,
    UnsafeMutablePointer<cimage_message>?
  ) -> cimage_status
  private typealias Decoder = (
    UnsafePointer<UInt8>?, Int, UnsafePointer<cimage_header>?, cimage_target,
    UnsafeMutablePointer<cimage_message>?
  ) -> cimage_status

  /// An accepted picture's decoder writes every sample, and nothing beside them, also where the
  /// picture is turned on its way.
  private static func examine(
    _ bytes: [UInt8], _ readHeader: HeaderReader, _ decode: Decoder
  ) throws(BrokenProperty) {
    var header = cimage_header()
    var message = cimage_message()
    let status = bytes.withUnsafeBufferPointer {
      readHeader($0.baseAddress, $0.count, &header, &message)
    }
    try require(status == CIMAGE_OK, "a header is read only once")
    let (width, height) = (Int(header.width), Int(header.height))
    for isTurned in [false, true] {
      let steps = isTurned ? (column: -3 * height, row: 3) : (column: 3, row: 3 * width)
      let origin = isTurned ? 3 * height * (width - 1) : 0
      let filled = [0, 255].map { filler in
        decoded(bytes, &header, filler: filler, origin: origin, steps: steps, decode)
      }
      try require(filled[0].status == CIMAGE_OK, "a picture is decoded only once")
      try require(
        filled[0].samples == filled[1].samples, "samples of a picture are left unwritten")
      try require(
        filled.allSatisfy(\.isWithin), "samples are written outside of a picture")
    }
  }

  private static let margin = 64

  private static func decoded(
    _ bytes: [UInt8], _ header: inout cimage_header, filler: UInt8, origin: Int,
    steps: (column: Int, row: Int), _ decode: Decoder
  ) -> (status: cimage_status, samples: ArraySlice<UInt8>, isWithin: Bool) {
    let count = Int(header.width) * Int(header.height) * 3
    var memory = [UInt8](repeating: filler, count: count + 2 * margin)
    var message = cimage_message()
    let status = memory.withUnsafeMutableBufferPointer { memory in
      bytes.withUnsafeBufferPointer { bytes in
        let target = cimage_target(
          origin: memory.baseAddress.map { $0 + margin + origin }, column_step: steps.column,
          row_step: steps.row)
        return decode(bytes.baseAddress, bytes.count, &header, target, &message)
      }
    }
    let margins = memory.prefix(margin) + memory.suffix(margin)
    return (
      status, memory[margin..<(margin + count)], margins.allSatisfy { $0 == filler }
    )
  }
}
