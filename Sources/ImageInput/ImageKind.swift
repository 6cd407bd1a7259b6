/// What the first bytes of a file say that it is.
///
/// Files that are often offered as images are named, so that an error can say what came instead.
public enum ImageKind: String, Sendable, CaseIterable {
  case jpeg = "JPEG"
  case png = "PNG"
  case webP = "WebP"
  case gif = "GIF"
  case bmp = "BMP"
  case tiff = "TIFF"
  case heif = "HEIC/HEIF"
  case avif = "AVIF"
  case jpegXL = "JPEG XL"
  case jpeg2000 = "JPEG 2000"
  case icon = "ICO"
  case photoshop = "Photoshop"
  case svg = "SVG"
  case pdf = "PDF"
  case html = "HTML"
  case zip = "ZIP"
  case gzip = "gzip"
  case text = "text"
  case unknown = "unknown"

  /// How many bytes of a file are enough to tell.
  static let signatureBytes = 1024

  /// - Parameter bytes: the file, or its first kilobyte.
  public init(_ bytes: [UInt8]) {
    if let known = ImageKind.signatures.first(where: { $0.matches(bytes) }) {
      self = known.kind
    } else if let brand = ImageKind.isoBrand(bytes) {
      self = brand
    } else {
      self = ImageKind.textKind(bytes)
    }
  }

  private struct Signature {
    let kind: ImageKind
    let start: [UInt8]
    /// Bytes that must follow at an offset, for containers that hold several kinds.
    var offset = 0
    var rest: [UInt8] = []

    func matches(_ bytes: [UInt8]) -> Bool {
      bytes.starts(with: start) && bytes.dropFirst(offset).starts(with: rest)
    }
  }

  private static let signatures = [
    Signature(kind: .jpeg, start: [0xFF, 0xD8, 0xFF]),
    Signature(kind: .png, start: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
    Signature(kind: .webP, start: Array("RIFF".utf8), offset: 8, rest: Array("WEBP".utf8)),
    Signature(kind: .gif, start: Array("GIF87a".utf8)),
    Signature(kind: .gif, start: Array("GIF89a".utf8)),
    Signature(kind: .bmp, start: Array("BM".utf8), offset: 6, rest: [0, 0, 0, 0]),
    Signature(kind: .tiff, start: [0x49, 0x49, 0x2A, 0x00]),
    Signature(kind: .tiff, start: [0x4D, 0x4D, 0x00, 0x2A]),
    Signature(kind: .jpegXL, start: [0xFF, 0x0A]),
    Signature(kind: .jpegXL, start: [0, 0, 0, 12] + Array("JXL ".utf8)),
    Signature(kind: .jpeg2000, start: [0, 0, 0, 12] + Array("jP  ".utf8)),
    Signature(kind: .icon, start: [0, 0, 1, 0]),
    Signature(kind: .photoshop, start: Array("8BPS".utf8)),
    Signature(kind: .pdf, start: Array("%PDF-".utf8)),
    Signature(kind: .zip, start: Array("PK\u{3}\u{4}".utf8)),
    Signature(kind: .gzip, start: [0x1F, 0x8B]),
  ]

  /// HEIC, HEIF and AVIF are ISO base media files; their brand follows the word `ftyp`.
  private static func isoBrand(_ bytes: [UInt8]) -> ImageKind? {
    guard bytes.count >= 12, bytes[4..<8].elementsEqual("ftyp".utf8) else { return nil }
    let brand = String(decoding: bytes[8..<12], as: UTF8.self)
    if ["avif", "avis"].contains(brand) { return .avif }
    return ["heic", "heix", "heim", "heis", "hevc", "mif1", "msf1"].contains(brand) ? .heif : nil
  }

  private static func textKind(_ bytes: [UInt8]) -> ImageKind {
    let start = bytes.prefix(signatureBytes)
    let isText = start.allSatisfy { $0 >= 0x20 && $0 != 0x7F || [0x09, 0x0A, 0x0D].contains($0) }
    guard isText, !start.isEmpty else { return .unknown }
    let words = String(decoding: start, as: UTF8.self).lowercased()
    if words.contains("<svg") { return .svg }
    return words.contains("<html") || words.contains("<!doctype html") ? .html : .text
  }
}
