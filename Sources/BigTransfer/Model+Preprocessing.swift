import BiTModel
import ImageInput

extension Model {
  /// How the checkpoint wants its images prepared; transformers' defaults where it does not say.
  /// - Throws: `ImageConfigurationError`.
  public func imageProcessorConfiguration() throws -> ImageProcessorConfiguration {
    switch preprocessing {
    case .unstated: .default
    case .transformers(let json):
      try ImageProcessorConfiguration(
        json: [UInt8](json), file: "\(name)/preprocessor_config.json")
    case .timm(let timm): try ImageProcessorConfiguration(timm, source: name)
    case .squash(let side): .squashed(side: side)
    }
  }
}

extension Model {
  /// One image of the size that preprocessing makes of a square one; `nil` where that depends on the
  /// image.
  /// - Parameter preprocessing: `nil` for the checkpoint's own.
  package func expectedInput(_ preprocessing: ImageProcessorConfiguration? = nil) -> TensorShape? {
    let preprocessing = preprocessing ?? (try? imageProcessorConfiguration())
    guard let size = preprocessing?.squareInputSize else { return nil }
    return TensorShape(
      batch: 1, height: size.height, width: size.width, channels: network.inputChannels)
  }
}

extension ImageError: ClassifiedFailure {
  public var failureKind: FailureKind { .image }
}

extension ImageConfigurationError: ClassifiedFailure {
  public var failureKind: FailureKind { .invalidData }
}

extension ImageProcessorConfiguration {
  /// The size of the tensor that a square image becomes; `nil` where that depends on the image.
  public var squareInputSize: ImageSize? {
    if let padSize { return padSize }
    if cropsCenter { return cropSize }
    guard resizes else { return nil }
    switch resizeTarget {
    case .shortestEdge(let edge, let longest):
      return ImageSize(side: min(edge, longest ?? edge))
    case .exact(let size): return size
    case .fitting(let size): return ImageSize(side: min(size.height, size.width))
    case .covering(let size): return ImageSize(side: max(size.height, size.width))
    }
  }
}

extension ImageProcessorConfiguration {
  /// Reads a `preprocessor_config.json`.
  /// - Throws: `CheckpointError` if there is no such file; `ImageConfigurationError`.
  public init(contentsOfFile path: String) throws {
    try self.init(json: try FileReader.contents(ofFile: path, limit: 1 << 20), file: path)
  }
}
