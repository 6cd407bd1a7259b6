import BiTModel

extension ImageProcessorConfiguration {
  /// What timm's `create_transform` does for evaluation (`timm/data/transforms_factory.py`,
  /// `transforms_imagenet_eval`).
  ///
  /// - Parameter source: how errors name the configuration.
  public init(_ timm: TimmPreprocessing, source: String) throws(ImageConfigurationError) {
    self.init()
    rounding = .timm
    cropSize = try Self.inputSize(timm, source)
    resampling = try Self.filter(timm.interpolation, source)
    mean = try Self.channels(timm.mean, key: "mean", source)
    standardDeviation = try Self.channels(timm.standardDeviation, key: "std", source)
    guard !standardDeviation.contains(where: { Float($0) == 0 }) else {
      throw ImageConfigurationError(
        source: source, key: "std", problem: "contains zero, by which nothing can be divided")
    }
    let resized = ImageSize(
      height: try Self.resizedSide(cropSize.height, timm, source),
      width: try Self.resizedSide(cropSize.width, timm, source))
    switch timm.cropMode {
    case .squash: resizeTarget = .exact(resized)
    case .border:
      resizeTarget = .fitting(resized)
      fillColor = mean.map {
        UInt8(min(max((255 * $0).rounded(.toNearestOrEven), 0), 255))
      }
    case .center:
      resizeTarget =
        resized.height == resized.width
        ? .shortestEdge(resized.height, longest: nil) : .covering(resized)
    }
  }

  /// Both sides become `side`, whatever the proportion, by the bilinear filter; samples between −1
  /// and 1: how Google's own code evaluates (`bit_pytorch/train.py`).
  public static func squashed(side: Int) -> Self {
    var configuration = Self()
    configuration.resizeTarget = .exact(ImageSize(side: side))
    configuration.resampling = .bilinear
    configuration.cropsCenter = false
    configuration.cropSize = ImageSize(side: side)
    configuration.mean = [0.5, 0.5, 0.5]
    configuration.standardDeviation = [0.5, 0.5, 0.5]
    return configuration
  }

  private static func inputSize(
    _ timm: TimmPreprocessing, _ source: String
  ) throws(ImageConfigurationError) -> ImageSize {
    let size = ImageSize(height: timm.height, width: timm.width)
    guard (1...maximumSide).contains(size.height), (1...maximumSide).contains(size.width),
      size.pixelsFit(maximumPixels)
    else {
      throw ImageConfigurationError(
        source: source, key: "input_size",
        problem: "\(size.height)x\(size.width) is not between 1x1 and \(maximumPixels) pixels, "
          + "no side above \(maximumSide)")
    }
    return size
  }

  private static func filter(
    _ name: String, _ source: String
  ) throws(ImageConfigurationError) -> Resampling {
    switch name {
    case "nearest": return .nearest
    case "lanczos": return .lanczos
    case "bilinear": return .bilinear
    case "bicubic": return .bicubic
    case "box": return .box
    case "hamming": return .hamming
    default:
      throw ImageConfigurationError(
        source: source, key: "interpolation",
        problem: "'\(name)' is no filter; there are nearest, lanczos, bilinear, bicubic, box and "
          + "hamming")
    }
  }

  /// One number for all channels, or one for each.
  private static func channels(
    _ numbers: [Double], key: String, _ source: String
  ) throws(ImageConfigurationError) -> [Double] {
    let values = numbers.count == 1 ? Array(repeating: numbers[0], count: 3) : numbers
    guard values.count == RGBImage.channels, values.allSatisfy({ Float($0).isFinite }) else {
      throw ImageConfigurationError(
        source: source, key: key,
        problem: "is \(numbers), expected one finite number for each of \(RGBImage.channels) "
          + "channels")
    }
    return values
  }

  /// `floor(side / crop_pct)`: what the picture is resized to before the crop.
  private static func resizedSide(
    _ side: Int, _ timm: TimmPreprocessing, _ source: String
  ) throws(ImageConfigurationError) -> Int {
    let exact = (Double(side) / timm.cropFraction).rounded(.down)
    guard timm.cropFraction > 0, exact >= 1, exact <= Double(maximumSide) else {
      throw ImageConfigurationError(
        source: source, key: "crop_pct",
        problem: "\(timm.cropFraction) would resize pictures to \(exact) pixels before the crop; "
          + "1 to \(maximumSide) can be")
    }
    return Int(exact)
  }
}
