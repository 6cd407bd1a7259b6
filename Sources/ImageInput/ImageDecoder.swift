import CImageCodecs

/// Decodes JPEG, PNG and (with the package trait WebP) WebP files to upright RGB, to the same
/// bytes as Pillow's `ImageOps.exif_transpose(image).convert("RGB")`.
///
/// Of an animation the first frame counts; alpha is dropped; colour profiles and gamma have no
/// effect. All work happens on the calling thread, and nothing is shared between calls.
public struct ImageDecoder: Sendable {
  public var limits: ImageLimits

  public init(limits: ImageLimits = .default) {
    self.limits = limits
  }

  /// Decodes a file. Of one that is no image only the beginning is read.
  ///
  /// - Throws: ``ImageError`` for anything but a sound picture within the limits.
  public func decode(contentsOfFile path: String) throws(ImageError) -> DecodedImage {
    do throws(ImageError.Reason) {
      let file = try ImageFileReader(path)
      let kind = try decodableKind(file.prefix(ImageKind.signatureBytes))
      guard file.byteCount <= limits.maximumFileBytes else {
        throw .fileTooLarge(bytes: file.byteCount, limit: limits.maximumFileBytes)
      }
      return try decode(file.prefix(file.byteCount), kind)
    } catch {
      throw ImageError(file: path, reason: error)
    }
  }

  /// Decodes a file that is in memory.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: how errors name it.
  /// - Throws: ``ImageError`` for anything but a sound picture within the limits.
  public func decode(_ bytes: [UInt8], name: String) throws(ImageError) -> DecodedImage {
    do throws(ImageError.Reason) {
      return try decode(bytes, decodableKind(bytes))
    } catch {
      throw ImageError(file: name, reason: error)
    }
  }

  private func decode(
    _ bytes: [UInt8], _ kind: ImageKind
  ) throws(ImageError.Reason) -> DecodedImage {
    let codec = ImageCodec(kind)
    let header = try codec.readHeader(bytes)
    try check(header, fileBytes: bytes.count)
    let metadata = ImageMetadata(kind, bytes)
    let (image, warning) = try codec.decode(bytes, header, metadata.orientation)
    return DecodedImage(image: image, colorKey: metadata.colorKey, warning: warning)
  }

  private func decodableKind(_ bytes: [UInt8]) throws(ImageError.Reason) -> ImageKind {
    guard !bytes.isEmpty else { throw .emptyFile }
    let kind = ImageKind(bytes)
    switch kind {
    case .jpeg, .png: return kind
    case .webP where cimage_has_webp() != 0: return kind
    default: throw .notSupported(kind)
    }
  }

  private func check(_ header: cimage_header, fileBytes: Int) throws(ImageError.Reason) {
    let width = Int(header.width)
    let height = Int(header.height)
    guard width > 0, height > 0 else { throw .emptyPicture(width: width, height: height) }
    // Sides are below 2³², so that the product fits.
    guard width <= limits.maximumSide, height <= limits.maximumSide,
      UInt64(width) * UInt64(height) <= UInt64(max(0, limits.maximumPixels))
    else {
      throw .tooManyPixels(width: width, height: height, limit: limits.maximumPixels)
    }
    let needed = header.working_bytes.addingReportingOverflow(
      UInt64(width * height * RGBImage.channels + fileBytes))
    guard !needed.overflow, needed.partialValue <= UInt64(max(0, limits.maximumDecodingBytes))
    else {
      throw .tooMuchMemory(
        bytes: Int(clamping: needed.partialValue), limit: limits.maximumDecodingBytes)
    }
  }
}

/// A decoded picture and what must be known about it afterwards.
public struct DecodedImage: Sendable {
  public var image: RGBImage

  /// The colour that the file declares transparent. It is still in the picture; Hugging Face's
  /// image processors paint it white.
  public var colorKey: RGBColor?

  /// A doubt that did not keep the decoder from finishing.
  public var warning: String?
}
