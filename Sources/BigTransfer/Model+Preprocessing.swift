import BiTModel
import ImageInput

extension Model {
  /// How the checkpoint wants its images prepared; transformers' defaults where it does not say.
  /// - Throws: `ImageConfigurationError`.
  public func imageProcessorConfiguration() throws -> ImageProcessorConfiguration {
    guard let preprocessorConfiguration else { return .default }
    return try ImageProcessorConfiguration(
      json: [UInt8](preprocessorConfiguration), file: "\(name)/preprocessor_config.json")
  }
}

extension ImageError: ClassifiedFailure {
  public var failureKind: FailureKind { .image }
}

extension ImageConfigurationError: ClassifiedFailure {
  public var failureKind: FailureKind { .invalidData }
}
