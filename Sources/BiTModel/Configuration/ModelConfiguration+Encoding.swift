import FoundationEssentials

extension ModelConfiguration {
  /// The configuration as transformers' `config.json`.
  /// - Parameters:
  ///   - dtype: What the weights beside it are stored as.
  ///   - original: A `config.json` whose other keys are kept.
  package func document(dtype: WeightType, keeping original: Data?) -> JSONDocument {
    var members =
      original.flatMap { try? JSONDecoder().decode(JSONDocument.self, from: $0) }?
      .members ?? [:]
    for key in Self.obsoleteKeys { members[key] = nil }
    if members["drop_path_rate"] == nil { members["drop_path_rate"] = .number(0) }
    members.merge(described(dtype: dtype)) { $1 }
    members.merge(stages) { old, new in isBackbone ? new : old }
    members.merge(labelMembers) { $1 }
    return .object(members.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) })
  }

  /// Keys of an original that would contradict what is written, or that say where it came from.
  private static let obsoleteKeys = [
    "_name_or_path", "_commit_hash", "torch_dtype", "quantization_config", "num_labels",
    "id2label", "label2id", "stage_names",
  ]

  private var isBackbone: Bool { if case .backbone = task { true } else { false } }

  private func described(dtype: WeightType) -> [String: JSONDocument] {
    let architecture =
      switch task {
      case .imageClassification: "BitForImageClassification"
      case .features: "BitModel"
      case .backbone: "BitBackbone"
      }
    return [
      "architectures": .strings([architecture]),
      "depths": .integers(depths),
      "dtype": .string(dtype.pytorchName),
      "embedding_dynamic_padding": .boolean(embeddingDynamicPadding),
      "embedding_size": .integer(embeddingSize),
      "global_padding": globalPadding == .symmetric ? .null : .string(globalPadding.rawValue),
      "hidden_act": .string(hiddenActivation.rawValue),
      "hidden_sizes": .integers(hiddenSizes),
      "layer_type": .string(layerType.rawValue),
      "model_type": .string("bit"),
      "num_channels": .integer(channels),
      "num_groups": .integer(groups),
      "output_stride": .integer(outputStride),
      "problem_type": problemType.map { .string($0.rawValue) } ?? .null,
      "width_factor": .integer(widthFactor),
    ].filter { $0.key != "problem_type" || $0.value != .null }
  }

  private var stages: [String: JSONDocument] {
    let names = ["stem"] + depths.indices.map { "stage\($0 + 1)" }
    var selected = [depths.count]
    if case .backbone(let stages) = task { selected = stages.filter(names.indices.contains) }
    return [
      "stage_names": .strings(names), "out_indices": .integers(selected),
      "out_features": .strings(selected.map { names[$0] }),
    ]
  }

  /// A name that several classes have stands for the last of them in `label2id`, as in
  /// transformers.
  private var labelMembers: [String: JSONDocument] {
    guard !isBackbone, task == .imageClassification || !labels.isEmpty else { return [:] }
    var places: [String: Int] = [:]
    for (index, label) in labels.enumerated() { places[label] = index }
    return [
      "id2label": .object(
        labels.enumerated().map { (key: "\($0)", value: JSONDocument.string($1)) }),
      "label2id": .object(
        places.sorted { $0.value < $1.value }.map {
          (key: $0.key, value: JSONDocument.integer($0.value))
        }),
    ]
  }
}
