import BiTModel

/// Turns pictures into the tensors that a network was trained on: resize, crop, rescale,
/// normalise, as Hugging Face transformers' PIL backend does (`image_processing_backends.py`,
/// `PilBackend`), or timm on PIL images, with the same rounding.
public struct ImagePreprocessor: Sendable {
  public let configuration: ImageProcessorConfiguration
  public let limits: ImageLimits
  public let concurrency: ImageConcurrency
  private let normalization: SampleNormalization

  /// - Precondition: the configuration's sides are between 1 and
  ///   ``ImageProcessorConfiguration/maximumSide``, and it has three means and deviations.
  public init(
    _ configuration: ImageProcessorConfiguration = .default, limits: ImageLimits = .default,
    concurrency: ImageConcurrency = .allCores
  ) {
    precondition(configuration.isWithinBounds, "\(configuration)")
    self.configuration = configuration
    self.limits = limits
    self.concurrency = concurrency
    normalization = SampleNormalization(configuration)
  }

  /// Reads, decodes and prepares an image file.
  ///
  /// - Returns: [1, H, W, 3]. H and W depend on the picture unless the configuration crops, pads
  ///   or resizes to an exact size.
  public func tensor(contentsOfFile path: String) throws(ImageError) -> HostTensor {
    try tensor(ImageDecoder(limits: limits).decode(contentsOfFile: path), name: path)
  }

  /// Decodes and prepares the bytes of an image file.
  ///
  /// - Parameter name: how errors name the picture.
  /// - Returns: [1, H, W, 3].
  public func tensor(decoding bytes: [UInt8], name: String) throws(ImageError) -> HostTensor {
    try tensor(ImageDecoder(limits: limits).decode(bytes, name: name), name: name)
  }

  /// Prepares pixels that are in memory already.
  ///
  /// - Parameter name: how errors name the picture.
  /// - Returns: [1, H, W, 3].
  public func tensor(_ image: RGBImage, name: String = "pixels") throws(ImageError) -> HostTensor {
    do throws(ImageError.Reason) {
      return try tensor(preparing: image)
    } catch {
      throw ImageError(file: name, reason: error)
    }
  }

  /// Prepares a decoded file, whose transparent colour becomes white.
  ///
  /// - Returns: [1, H, W, 3].
  public func tensor(_ decoded: DecodedImage, name: String) throws(ImageError) -> HostTensor {
    var image = decoded.image
    if configuration.convertsToRGB, let colorKey = decoded.colorKey { image.paintWhite(colorKey) }
    return try tensor(image, name: name)
  }

  private func tensor(preparing image: RGBImage) throws(ImageError.Reason) -> HostTensor {
    let resized =
      configuration.resizes
      ? configuration.resizeTarget.size(
        resizing: image.size, rounding: configuration.rounding) : image.size
    let crop = configuration.cropsCenter ? configuration.cropSize : resized
    let canvas = configuration.padSize ?? crop
    guard crop.height <= canvas.height, crop.width <= canvas.width else {
      throw .largerThanPadding(width: crop.width, height: crop.height, padding: canvas)
    }
    let rounding = configuration.rounding
    let rows = CropSpan(of: resized.height, crop: crop.height, rounding: rounding)
    let columns = CropSpan(of: resized.width, crop: crop.width, rounding: rounding)
    let resizer = Resizer(
      configuration.resampling, from: image.size, to: resized, columns: columns.source,
      rows: rows.source, concurrency: concurrency)
    try check(resizer, result: crop)
    let part = resizer.resize(image)
    return normalization.tensor(
      part, top: rows.offset, left: columns.offset, crop: crop, canvas: canvas)
  }

  private func check(_ resizer: Resizer, result: ImageSize) throws(ImageError.Reason) {
    let size = resizer.newSize
    guard size.height > 0, size.width > 0, size.pixelsFit(limits.maximumPixels),
      resizer.intermediatePixels <= limits.maximumPixels
    else {
      throw .impossibleResize(
        width: resizer.oldSize.width, height: resizer.oldSize.height, toWidth: size.width,
        toHeight: size.height, limit: limits.maximumPixels)
    }
    guard result.pixelsFit(ImageProcessorConfiguration.maximumPixels) else {
      throw .inputTooLarge(
        width: result.width, height: result.height,
        limit: ImageProcessorConfiguration.maximumPixels)
    }
  }
}
