import BiTModel
import ImageInput

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A model on its way into a folder as transformers' `save_pretrained` writes it: `config.json`,
/// `preprocessor_config.json` and safetensors weights, which `from_pretrained` loads.
///
///     try ModelExport(ModelSource("BiT-M-R50x1.npz").open()).write(to: "bit-m-r50x1")
///
/// It reads and writes one tensor at a time: the largest one decides what memory it takes.
public struct ModelExport: Sendable {
  /// What the weights are written as.
  public let type: WeightType
  /// What transformers will do otherwise than the checkpoint's own software, which its form has no
  /// words for, in sentences.
  public let warnings: [String]
  private let model: Model
  private let checkpoint: CheckpointExport
  private let preprocessing: ImageProcessorConfiguration

  /// - Parameters:
  ///   - type: `nil` for the type that the checkpoint has throughout, or else F32.
  ///   - shardSize: The most bytes of tensors in one file; `nil` for transformers' own limit, which
  ///     no member of the family reaches.
  /// - Throws: `ExportError.inexpressible`; `ImageConfigurationError`.
  public init(_ model: Model, type: WeightType? = nil, shardSize: Int? = nil) throws {
    let epsilon = model.configuration.groupNormEpsilon
    guard epsilon == ModelConfiguration().groupNormEpsilon else {
      throw ExportError.inexpressible(
        what: "its group norms add \(epsilon) to the variance, transformers always adds 1e-5")
    }
    self.model = model
    self.type = type ?? Self.commonType(of: model) ?? .float32
    checkpoint = CheckpointExport(
      model, type: self.type, shardSize: shardSize ?? CheckpointExport.defaultShardSize)
    preprocessing = try model.imageProcessorConfiguration()
    warnings = preprocessing.warningsForTransformers
  }

  /// Bytes of the tensors that will be written.
  public var byteCount: Int { checkpoint.byteCount }

  /// Writes the folder, which appears only when it is complete and on the disk. Blocks its caller.
  /// - Parameters:
  ///   - overwriting: Whether the folder may hold something already. Files of other names stay.
  ///   - progress: Told how many bytes of the tensors are written.
  /// - Throws: `ExportError`; what reading the weights throws; `CancellationError`.
  public func write(
    to folder: String, overwriting: Bool = false, progress: (Int) -> Void = { _ in }
  ) throws {
    try checkSource(against: folder)
    let pending = try PendingFolder(for: folder, overwriting: overwriting)
    do {
      let files = try checkpoint.write(into: pending.path, progress: progress)
      try pending.write(preprocessing.document.indentedText, to: Self.preprocessorFile)
      try pending.write(configuration.indentedText, to: Self.configurationFile)
      try Task.checkCancellation()
      try pending.publish(
        files + [Self.preprocessorFile, Self.configurationFile],
        removing: CheckpointExport.isWeightFile)
    } catch ExportError.unwritable(let path, let reason) where path.hasPrefix(pending.path) {
      // The pending folder goes away, and its name says nothing to a user.
      throw ExportError.unwritable(
        path: folder + path.dropFirst(pending.path.count), reason: reason)
    }
  }

  private static let preprocessorFile = "preprocessor_config.json"
  private static let configurationFile = "config.json"

  private var configuration: JSONDocument {
    var configuration = model.configuration
    if let standard = model.standardLabels { configuration.labels = standard.names }
    return configuration.document(
      dtype: type, keeping: model.originalConfiguration.map { Data($0) })
  }

  /// A checkpoint must not be written over while it is read.
  private func checkSource(against folder: String) throws(ExportError) {
    guard let source = (model.weights as? CheckpointWeights)?.reader.source,
      FileManager.default.fileExists(atPath: source)
    else { return }
    let parent = URL(filePath: source).deletingLastPathComponent().path
    for place in [source, parent] where PendingFolder.isSame(place, folder) {
      throw .destination(path: folder, reason: "the model is read from there. Name another folder")
    }
  }

  private static func commonType(of model: Model) -> WeightType? {
    guard let reader = (model.weights as? CheckpointWeights)?.reader else { return nil }
    let types = Set(reader.tensorNames.map { reader.elementType(of: $0) ?? "" })
    return types.count == 1 ? types.first.flatMap(WeightType.init) : nil
  }
}

extension ImageProcessorConfiguration {
  /// What `BitImageProcessor` will do otherwise.
  fileprivate var warningsForTransformers: [String] {
    guard rounding == .timm else { return [] }
    var warnings: [String] = []
    switch resizeTarget {
    case .fitting:
      warnings.append(
        "transformers fills the border around a picture with black, timm with the mean colour, and"
          + " may make the picture a pixel smaller: scores differ for pictures that are not square")
    case .covering(let size):
      warnings.append(
        "transformers cannot resize to what covers \(size.height)x\(size.width) pixels: the shorter"
          + " side becomes \(max(size.height, size.width)), so that crops show less of a picture")
    case .shortestEdge, .exact: break
    }
    if cropsCenter, resizeTarget != .exact(cropSize) {
      warnings.append(
        "where a centre crop leaves an odd number of pixels over, timm rounds half of it to the even"
          + " number and transformers down: for every other such size of a picture its crop is one"
          + " pixel off, and scores differ a little")
    }
    return warnings
  }
}

extension ExportError: ClassifiedFailure {
  public var failureKind: FailureKind {
    switch self {
    case .destination, .unwritable: .unexpected
    case .overflow, .inexpressible: .invalidData
    }
  }
}
