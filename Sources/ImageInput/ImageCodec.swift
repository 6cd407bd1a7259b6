import CImageCodecs

/// The C decoder of one kind of file.
struct ImageCodec {
  private typealias HeaderReader =
    @convention(c) (
      UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<cimage_header>?,
      UnsafeMutablePointer<cimage_message>?
    ) -> cimage_status
  private typealias Decoder =
    @convention(c) (
      UnsafePointer<UInt8>?, Int, UnsafePointer<cimage_header>?, cimage_target,
      UnsafeMutablePointer<cimage_message>?
    ) -> cimage_status

  private let kind: ImageKind
  private let headerReader: HeaderReader
  private let decoder: Decoder

  /// - Parameter kind: `.jpeg`, `.png` or `.webP`.
  init(_ kind: ImageKind) {
    self.kind = kind
    switch kind {
    case .jpeg: (headerReader, decoder) = (cimage_jpeg_read_header, cimage_jpeg_decode)
    case .png: (headerReader, decoder) = (cimage_png_read_header, cimage_png_decode)
    default: (headerReader, decoder) = (cimage_webp_read_header, cimage_webp_decode)
    }
  }

  /// Reads the size without allocating for it.
  func readHeader(_ bytes: [UInt8]) throws(ImageError.Reason) -> cimage_header {
    var header = cimage_header()
    var message = cimage_message()
    let status = bytes.withUnsafeBufferPointer {
      headerReader($0.baseAddress, $0.count, &header, &message)
    }
    try check(status, message)
    return header
  }

  /// Decodes to an upright picture.
  func decode(
    _ bytes: [UInt8], _ header: cimage_header, _ orientation: ExifOrientation
  ) throws(ImageError.Reason) -> (image: RGBImage, warning: String?) {
    let width = Int(header.width)
    let height = Int(header.height)
    var status = CIMAGE_OK
    var message = cimage_message()
    let byteCount = width * height * RGBImage.channels
    let pixels = [UInt8](unsafeUninitializedCapacity: byteCount) { pixels, count in
      guard let start = pixels.baseAddress else { return }
      let target = ImageCodec.target(start, width: width, height: height, orientation)
      status = bytes.withUnsafeBufferPointer { bytes in
        withUnsafePointer(to: header) {
          decoder(bytes.baseAddress, bytes.count, $0, target, &message)
        }
      }
      // What a failed decoder left unwritten is never shown to anyone.
      count = status == CIMAGE_OK ? byteCount : 0
    }
    try check(status, message)
    let (uprightWidth, uprightHeight) =
      orientation.exchangesSides ? (height, width) : (width, height)
    let image = RGBImage(
      uncheckedWidth: uprightWidth, height: uprightHeight, pixels: pixels)
    let warning = message.string
    return (image, warning.isEmpty ? nil : warning)
  }

  /// Where decoded pixels must be put for the picture at `start` to stand upright.
  private static func target(
    _ start: UnsafeMutablePointer<UInt8>, width: Int, height: Int, _ orientation: ExifOrientation
  ) -> cimage_target {
    let uprightWidth = orientation.exchangesSides ? height : width
    func offset(_ column: Int, _ row: Int) -> Int {
      let place = orientation.uprightPlace(
        column: column, row: row, width: width, height: height)
      return (place.row * uprightWidth + place.column) * RGBImage.channels
    }
    let origin = offset(0, 0)
    return cimage_target(
      origin: start + origin,
      column_step: offset(1, 0) - origin,
      row_step: offset(0, 1) - origin)
  }

  private func check(
    _ status: cimage_status, _ message: cimage_message
  ) throws(ImageError.Reason) {
    switch status {
    case CIMAGE_OK: return
    case CIMAGE_TRUNCATED: throw .truncated(kind, detail: message.string)
    case CIMAGE_CORRUPT: throw .corrupt(kind, detail: message.string)
    default: throw .unsupportedVariety(kind, detail: message.string)
    }
  }
}

extension cimage_message {
  /// The text up to its terminating zero.
  fileprivate var string: String {
    withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
