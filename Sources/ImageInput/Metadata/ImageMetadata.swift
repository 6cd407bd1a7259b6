/// What a file says about its picture besides the pixels.
package struct ImageMetadata: Equatable {
  package var orientation = ExifOrientation.upright
  /// The colour that stands for "transparent" in the decoded picture.
  package var colorKey: RGBColor?

  package init(_ kind: ImageKind, _ bytes: [UInt8]) {
    switch kind {
    case .jpeg:
      let segments = JPEGSegments(bytes)
      orientation = ImageMetadata.orientation(exif: segments.exif, xmp: segments.xmp)
    case .png:
      let chunks = PNGChunks(bytes)
      orientation = ImageMetadata.orientation(exif: chunks.exif, xmp: chunks.xmp)
      colorKey = chunks.colorKey
    case .webP:
      let chunks = WebPChunks(bytes)
      orientation = ImageMetadata.orientation(exif: chunks.exif, xmp: chunks.xmp)
    default:
      break
    }
  }

  /// EXIF counts before XMP; a number outside 1...8 means upright.
  private static func orientation(exif: [UInt8]?, xmp: [UInt8]?) -> ExifOrientation {
    let number = exif.flatMap(TIFFDirectory.orientation) ?? xmp.flatMap(XMPPacket.orientation)
    return number.flatMap(ExifOrientation.init) ?? .upright
  }
}
