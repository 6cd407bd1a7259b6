import BiTModel
import ImageInput

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Labels images with a Big Transfer model.
///
///     let classifier = try await ImageClassifier(.demo)
///     for prediction in try await classifier.classify(.file("digit.png"), topK: 3) {
///       print(prediction.label, prediction.score)
///     }
///
/// It is a handle: copies share one `PreparedModel`, whose actor owns the device. Calls may come
/// from anywhere, also at the same time. An image's result does not depend on which others are
/// computed with it.
public struct ImageClassifier: Sendable {
  /// What may be changed against the checkpoint.
  public struct Options: Sendable {
    /// Names for the classes, in the order of the model's outputs; `nil` for `Model.labels`.
    public var labels: [String]?
    /// `nil` for the rule of `ScoreFunction.init(for:)`.
    public var scoreFunction: ScoreFunction?
    /// `nil` for the checkpoint's own.
    public var preprocessing: ImageProcessorConfiguration?
    /// What an image may cost.
    public var imageLimits = ImageLimits.default
    /// What is asked of the device, and what happens when it fails. Counts where the classifier
    /// prepares the model; a `PreparedModel` has its own.
    public var devicePolicy = DevicePolicy()

    public init() {}
  }

  /// The model on its device.
  public let prepared: PreparedModel
  /// The classes' names; empty for a model without classifier.
  public let labels: [String]
  public let scoreFunction: ScoreFunction
  /// How images become tensors.
  public let preprocessor: ImagePreprocessor

  public var model: Model { prepared.model }

  /// Opens a model, which is downloaded if need be, and prepares it on a device.
  /// - Throws: What `ModelSource.download()` throws; `CheckpointError`, `ConfigurationError`, `ImageConfigurationError` for a model that
  ///   is missing, damaged or not Big Transfer's; `ClassifierError` where no device can run it.
  public init(
    _ source: ModelSource, device: DeviceSelection = .automatic, options: Options = Options()
  ) async throws {
    try await source.download()
    let model = try source.open()
    // What is wrong with the labels is said before a device is made busy.
    _ = try Self.labels(of: model, options: options)
    try self.init(
      try await PreparedModel(model, device: device, policy: options.devicePolicy),
      options: options)
  }

  /// Opens a model folder as transformers' `save_pretrained` writes it.
  /// - Throws: As `init(_:device:options:)`.
  public init(
    contentsOf folder: URL, device: DeviceSelection = .automatic, options: Options = Options()
  ) async throws {
    try await self.init(.path(folder.path), device: device, options: options)
  }

  /// Classifies with a model that is prepared already.
  /// - Throws: `ClassifierError.labelCount`; `ImageConfigurationError`.
  public init(_ prepared: PreparedModel, options: Options = Options()) throws {
    let model = prepared.model
    self.prepared = prepared
    labels = try Self.labels(of: model, options: options)
    scoreFunction = options.scoreFunction ?? ScoreFunction(for: model.configuration)
    preprocessor = ImagePreprocessor(
      try options.preprocessing ?? model.imageProcessorConfiguration(),
      limits: options.imageLimits)
  }

  /// Looks whether a model can label images, before it is prepared.
  /// - Throws: `ClassifierError.noClassifier`, `.labelCount`.
  public static func check(_ model: Model, options: Options = Options()) throws {
    guard model.network.classCount > 0 else {
      throw ClassifierError.noClassifier(model: model.name)
    }
    _ = try labels(of: model, options: options)
  }

  private static func labels(
    of model: Model, options: Options
  ) throws(ClassifierError) -> [String] {
    let outputs = model.network.classCount
    let labels = options.labels ?? model.labels
    guard labels.count == outputs else {
      throw .labelCount(
        expected: outputs, found: labels.count,
        source: options.labels == nil ? "\(model.name)/config.json" : "the list of labels")
    }
    return labels
  }

  /// The best labels of one image.
  /// - Parameters:
  ///   - topK: How many to return at most.
  ///   - threshold: Lower scores are left out.
  /// - Returns: Falling scores; of equal scores the lower index comes first.
  /// - Throws: `ImageError` for an image that cannot be used; `NetworkError` where its size does
  ///   not suit the model; `ClassifierError`; `CancellationError`.
  public func classify(
    _ image: ImageSource, topK: Int = 5, threshold: Double? = nil
  ) async throws -> [Prediction] {
    predictions(from: try await logits(of: image), topK: topK, threshold: threshold)
  }

  /// The best labels of several images, in their order; an image that fails does not keep the
  /// others from their labels.
  ///
  /// For more images than fit in memory, use `classifications(of:)`.
  public func classify(
    _ images: [ImageSource], topK: Int = 5, threshold: Double? = nil
  ) async -> [Result<[Prediction], any Error>] {
    var results: [Result<[Prediction], any Error>] = []
    for await classification in classifications(of: images, topK: topK, threshold: threshold) {
      results.append(classification.result)
    }
    // The stream ends early when the task is cancelled.
    let missing = images.count - results.count
    return results + Array(repeating: .failure(CancellationError()), count: missing)
  }

  /// The classifier's outputs for one image, one a label, before any function is applied.
  /// - Throws: As `classify(_:topK:threshold:)`.
  public func logits(of image: ImageSource) async throws -> [Float] {
    try await output(try classifierNode, of: image)
  }

  /// The pooled features of one image, which a classifier of one's own can be trained on: 2048
  /// numbers for R50x1.
  /// - Throws: As `classify(_:topK:threshold:)`.
  public func embed(_ image: ImageSource) async throws -> [Float] {
    try await output(model.network.pooledFeatures, of: image)
  }

  private func output(_ node: Network.NodeID, of image: ImageSource) async throws -> [Float] {
    let tensor = try preprocessor.tensor(for: image)
    let evaluation = BatchEvaluation(prepared, node: node)
    let outputs =
      await prepared.isVerificationDue()
      ? await evaluation.evaluateVerified([.success(tensor)])
      : await evaluation.evaluate([.success(tensor)])
    return try outputs[0].get().values
  }

  /// The node of the logits.
  var classifierNode: Network.NodeID {
    get throws {
      // Without labels the features stand in for logits, as in transformers: they name nothing.
      guard let logits = model.network.logits, model.network.classCount > 0 else {
        throw ClassifierError.noClassifier(model: model.name)
      }
      return logits
    }
  }

  /// - Parameter logits: One image's.
  func predictions(from logits: [Float], topK: Int, threshold: Double?) -> [Prediction] {
    Prediction.top(topK, of: logits, labels: labels, by: scoreFunction, threshold: threshold)
  }
}

extension Network {
  /// The classifier's outputs; 0 where there is none.
  var classCount: Int {
    guard let logits, case .linear(let linear) = nodes[logits].operation else { return 0 }
    return linear.outputFeatures
  }
}
