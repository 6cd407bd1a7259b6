import FoundationEssentials

extension ModelConfiguration {
  /// The largest `config.json` that is read, in bytes: 21,843 labels with their synsets need 2 MB.
  static let fileSizeLimit = 8 << 20

  /// Reads transformers' `config.json`.
  /// - Parameters:
  ///   - hasClassifier: Whether the checkpoint holds a classifier, which decides what it is where
  ///     the file names no architecture.
  ///   - file: The file's name, for errors.
  /// - Throws: `ConfigurationError`.
  public init(
    json: Data, hasClassifier: Bool, file: String
  ) throws(ConfigurationError) {
    guard json.count <= Self.fileSizeLimit else {
      throw .malformed(file: file, reason: "it is larger than \(Self.fileSizeLimit) bytes")
    }
    let document: Document
    do {
      let type = try JSONDecoder().decode(ModelType.self, from: json)
      guard type.modelType == "bit" else {
        throw ConfigurationError.wrongModelType(type.modelType, file: file)
      }
      document = try JSONDecoder().decode(Document.self, from: json)
    } catch let error as ConfigurationError {
      throw error
    } catch {
      throw .malformed(file: file, reason: DecodingFailure.explain(error))
    }
    try self.init(document, hasClassifier: hasClassifier, file: file)
  }

  private struct ModelType: Decodable {
    let modelType: String?

    private enum CodingKeys: String, CodingKey { case modelType = "model_type" }
  }

  /// The keys of `config.json` that matter.
  private struct Document: Decodable {
    let architectures: [String]?
    let numChannels: WholeNumber?
    let embeddingSize: WholeNumber?
    let hiddenSizes: [WholeNumber]?
    let depths: [WholeNumber]?
    let layerType: String?
    let hiddenAct: String?
    let globalPadding: String?
    let numGroups: WholeNumber?
    let embeddingDynamicPadding: Bool?
    let outputStride: WholeNumber?
    let widthFactor: WholeNumber?
    let outFeatures: [String]?
    let outIndices: [WholeNumber]?
    let numLabels: WholeNumber?
    let id2label: [String: LabelName]?
    let problemType: String?

    /// Spelled out and not converted, so that errors name a key as the file does.
    private enum CodingKeys: String, CodingKey {
      case architectures, depths, id2label
      case numChannels = "num_channels"
      case embeddingSize = "embedding_size"
      case hiddenSizes = "hidden_sizes"
      case layerType = "layer_type"
      case hiddenAct = "hidden_act"
      case globalPadding = "global_padding"
      case numGroups = "num_groups"
      case embeddingDynamicPadding = "embedding_dynamic_padding"
      case outputStride = "output_stride"
      case widthFactor = "width_factor"
      case outFeatures = "out_features"
      case outIndices = "out_indices"
      case numLabels = "num_labels"
      case problemType = "problem_type"
    }
  }

  /// A number whose error names its key, where Foundation's own says only that a number in the
  /// document does not fit.
  private struct WholeNumber: Decodable {
    let value: Int

    init(from decoder: any Decoder) throws {
      guard let value = try? decoder.singleValueContainer().decode(Int.self) else {
        throw DecodingError.typeMismatch(
          Int.self, .init(codingPath: decoder.codingPath, debugDescription: ""))
      }
      self.value = value
    }
  }

  /// A label: text, or a number where a fine-tune's script wrote one.
  private struct LabelName: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self.text = text
      } else if let number = try? container.decode(Int.self) {
        text = String(number)
      } else {
        text = String(try container.decode(Double.self))
      }
    }
  }

  private init(
    _ document: Document, hasClassifier: Bool, file: String
  ) throws(ConfigurationError) {
    self.init()
    channels = document.numChannels?.value ?? channels
    embeddingSize = document.embeddingSize?.value ?? embeddingSize
    hiddenSizes = document.hiddenSizes?.map(\.value) ?? hiddenSizes
    depths = document.depths?.map(\.value) ?? depths
    groups = document.numGroups?.value ?? groups
    embeddingDynamicPadding = document.embeddingDynamicPadding ?? embeddingDynamicPadding
    outputStride = document.outputStride?.value ?? outputStride
    widthFactor = document.widthFactor?.value ?? widthFactor
    if let name = document.layerType {
      layerType = try Self.value(
        LayerType(rawValue: name), "layer_type", name, "preactivation, bottleneck", file)
    }
    if let name = document.hiddenAct {
      hiddenActivation = try Self.value(
        ActivationFunction(transformersName: name), "hidden_act", name,
        ActivationFunction.allCases.map(\.rawValue).joined(separator: ", "), file)
    }
    if let name = document.globalPadding {
      let padding = GlobalPadding(rawValue: name.uppercased())
      globalPadding = try Self.value(padding, "global_padding", name, "null, SAME, VALID", file)
    }
    if let name = document.problemType {
      problemType = try Self.value(
        ProblemType(rawValue: name), "problem_type", name,
        "regression, single_label_classification, multi_label_classification", file)
    }
    try checkRanges(file: file)
    labels = try Self.labels(document, file: file)
    task = try task(document, hasClassifier: hasClassifier, file: file)
  }

  private static func value<Value>(
    _ value: Value?, _ key: String, _ name: String, _ allowed: String, _ file: String
  ) throws(ConfigurationError) -> Value {
    guard let value else {
      throw .unknownValue(key: key, value: name, allowed: allowed, file: file)
    }
    return value
  }

  private func checkRanges(file: String) throws(ConfigurationError) {
    func check(
      _ key: String, _ value: Int, _ allowed: ClosedRange<Int>
    ) throws(ConfigurationError) {
      guard allowed.contains(value) else {
        throw .outOfRange(key: key, value: value, allowed: allowed, file: file)
      }
    }
    try check("num_channels", channels, 1...1024)
    try check("embedding_size", embeddingSize, 1...Limit.channels)
    try check("num_groups", groups, 1...Limit.channels)
    try check("output_stride", outputStride, 1...Int(Int32.max))
    try check("width_factor", widthFactor, 1...64)
    try check("the number of depths", depths.count, 1...Limit.stages)
    try check("the number of hidden_sizes", hiddenSizes.count, 1...Limit.stages)
    for size in hiddenSizes {
      try check("hidden_sizes", size, 1...Limit.channels)
      try check("hidden_sizes times width_factor", size * widthFactor, 1...Limit.channels)
    }
    for depth in depths { try check("depths", depth, 0...Limit.layers) }
    try check("the sum of depths", depths.reduce(0, +), 0...Limit.layers)
  }

  /// `id2label` in the order of its numbers; `LABEL_i` where a number is missing. Without it,
  /// `num_labels` such names, or transformers' default of two.
  private static func labels(
    _ document: Document, file: String
  ) throws(ConfigurationError) -> [String] {
    let named = document.id2label ?? [:]
    let count = document.id2label?.count ?? document.numLabels?.value ?? 2
    guard (0...Limit.labels).contains(count) else {
      throw .outOfRange(key: "num_labels", value: count, allowed: 0...Limit.labels, file: file)
    }
    var labels = placeholderLabels(count)
    for (key, name) in named.sorted(by: { $0.key < $1.key }) {
      guard let index = Int(key) else {
        throw .malformed(file: file, reason: "id2label has the key '\(key)', not a number")
      }
      if labels.indices.contains(index) { labels[index] = name.text }
    }
    return labels
  }

  private func task(
    _ document: Document, hasClassifier: Bool, file: String
  ) throws(ConfigurationError) -> Task {
    let architecture = document.architectures?.first
    switch architecture {
    case "BitBackbone":
      return .backbone(stages: try backboneStages(document, file: file))
    case "BitModel":
      return .features
    case "BitForImageClassification":
      return .imageClassification
    default:
      return hasClassifier ? .imageClassification : .features
    }
  }

  /// The stages that a backbone hands out, in the network's order; the last where none is named.
  private func backboneStages(
    _ document: Document, file: String
  ) throws(ConfigurationError) -> [Int] {
    let last = min(depths.count, hiddenSizes.count)
    if let names = document.outFeatures, !names.isEmpty {
      let known = ["stem"] + (1...last).map { "stage\($0)" }
      for name in names where !known.contains(name) {
        throw .unknownValue(
          key: "out_features", value: name, allowed: known.joined(separator: ", "), file: file)
      }
      return known.indices.filter { names.contains(known[$0]) }
    }
    if let indices = document.outIndices?.map(\.value), !indices.isEmpty {
      let positions = indices.map { $0 < 0 ? $0 &+ last + 1 : $0 }
      for (index, position) in zip(indices, positions) where !(0...last).contains(position) {
        throw .outOfRange(key: "out_indices", value: index, allowed: 0...last, file: file)
      }
      return (0...last).filter(positions.contains)
    }
    return [last]
  }
}
