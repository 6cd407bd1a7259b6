import BiTModel
import FoundationEssentials
import ImageInput

enum ConfigurationProperties {
  /// Networks of more layers are made, but not written and read again.
  private static let layerLimit = 64

  static func examine(_ bytes: [UInt8]) throws(BrokenProperty) {
    for hasClassifier in [false, true] {
      let configuration = try parsedTwice("config.json", comparingErrors: false) {
        try ModelConfiguration(
          json: Data(bytes), hasClassifier: hasClassifier, file: "config.json")
      }
      if let configuration { try examine(configuration, from: bytes) }
    }
    try examineTimm(bytes)
    let images = try parsedTwice("preprocessor_config.json", comparingErrors: false) {
      try ImageProcessorConfiguration(json: bytes, file: "preprocessor_config.json")
    }
    if let images {
      try examine(images)
      let written = Array(images.document.compactText.utf8)
      let again = try? ImageProcessorConfiguration(json: written, file: "written")
      try require(again == images, "preprocessor_config.json changes when it is written")
    }
  }

  private static func examine(
    _ configuration: ModelConfiguration, from json: [UInt8]
  ) throws(BrokenProperty) {
    guard let network = try? configuration.makeNetwork() else { return }
    for parameter in network.parameters {
      try require(parameter.count > 0, "parameter \(parameter.name) is \(parameter.shape)")
    }
    _ = try? network.shapes(
      forInput: TensorShape(
        batch: 1, height: 224, width: 224, channels: configuration.channels))
    guard configuration.depths.reduce(0, +) <= layerLimit, configuration.labels.count <= 4096
    else { return }
    // What is written can be read, and changes no further.
    let written = try rewritten(configuration, keeping: json)
    try require(written.task == configuration.task, "the task changes when it is written")
    let again = try rewritten(written, keeping: json)
    try require(again == written, "config.json changes when it is written again")
  }

  private static func rewritten(
    _ configuration: ModelConfiguration, keeping json: [UInt8]
  ) throws(BrokenProperty) -> ModelConfiguration {
    let document = configuration.document(dtype: .float32, keeping: Data(json)).compactText
    do {
      return try ModelConfiguration(
        json: Data(document.utf8), hasClassifier: configuration.task == .imageClassification,
        file: "written")
    } catch {
      throw BrokenProperty(description: "config.json as written is refused: \(error)")
    }
  }

  private static func examineTimm(_ bytes: [UInt8]) throws(BrokenProperty) {
    guard TimmConfiguration.describes(Data(bytes)) else { return }
    let preprocessing = try parsedTwice("timm's config.json", comparingErrors: false) {
      try TimmConfiguration(json: Data(bytes), file: "config.json").preprocessing
    }
    if let preprocessing,
      let images = try? ImageProcessorConfiguration(preprocessing, source: "config.json")
    {
      try examine(images)
    }
  }

  /// Prepares a small picture: an input within the limits, or an error.
  private static func examine(
    _ configuration: ImageProcessorConfiguration
  ) throws(BrokenProperty) {
    let limits = ImageLimits(maximumPixels: 1 << 14)
    let preprocessor = ImagePreprocessor(configuration, limits: limits, concurrency: .callingThread)
    guard let image = try? RGBImage(width: 5, height: 3, pixels: Array(0..<45)),
      configuration.cropSize.height * configuration.cropSize.width <= 1 << 16,
      configuration.padSize.map({ $0.height * $0.width <= 1 << 16 }) ?? true,
      let tensor = try? preprocessor.tensor(image)
    else { return }
    try require(tensor.shape.batch == 1 && tensor.shape.channels == 3, "\(tensor.shape)")
  }
}
