import BigTransfer

/// What `inspect` says of a model; its JSON is this structure.
struct ModelReport: Encodable {
  struct Configuration: Encodable {
    let layerType: String
    let depths: [Int]
    let hiddenSizes: [Int]
    let embeddingSize: Int
    let widthFactor: Int
    let groups: Int
    let hiddenActivation: String
    let globalPadding: String
    let embeddingDynamicPadding: Bool
    let outputStride: Int
    let channels: Int
    let standardizationEpsilon: Double
    let task: String

    private enum CodingKeys: String, CodingKey {
      case depths, task
      case layerType = "layer_type"
      case hiddenSizes = "hidden_sizes"
      case embeddingSize = "embedding_size"
      case widthFactor = "width_factor"
      case groups = "num_groups"
      case hiddenActivation = "hidden_act"
      case globalPadding = "global_padding"
      case embeddingDynamicPadding = "embedding_dynamic_padding"
      case outputStride = "output_stride"
      case channels = "num_channels"
      case standardizationEpsilon = "standardization_epsilon"
    }
  }

  struct Tensor: Encodable {
    let name: String
    let shape: [Int]
    let dtype: String
  }

  /// Multiply-accumulates of one image at a size.
  struct Work: Encodable {
    let height: Int
    let width: Int
    let multiplyAccumulates: Int

    private enum CodingKeys: String, CodingKey {
      case height, width
      case multiplyAccumulates = "multiply_accumulates"
    }
  }

  let schemaVersion = JSON.schemaVersion
  let model: String
  let configuration: Configuration
  let labels: [String]
  /// The list that the labels are from, where the checkpoint names none.
  let labelSource: String?
  /// Whose conventions the checkpoint follows.
  let form: String
  /// The member of the family that it is, if it is one.
  let familyMember: String?
  /// How images are prepared, in a line.
  let preprocessing: String?
  let scores: String?
  let parameters: Int
  let tensorCount: Int
  /// The bytes of the checkpoint's files; absent for weights that are computed.
  let fileBytes: Int?
  let dtypes: [String]
  let tensors: [Tensor]?
  let work: Work?

  private enum CodingKeys: String, CodingKey {
    case model, form, configuration, labels, scores, parameters, dtypes, tensors, work,
      preprocessing
    case labelSource = "label_source"
    case familyMember = "family_member"
    case schemaVersion = "schema_version"
    case tensorCount = "tensor_count"
    case fileBytes = "file_bytes"
  }

  init(_ model: Model, size: ImageSize?, listsTensors: Bool) throws {
    let network = model.network
    let hasClassifier = network.logits != nil
    self.model = model.name
    configuration = Configuration(model.configuration)
    labels = model.labels
    labelSource = model.standardLabels?.name
    form = model.form.rawValue
    familyMember = model.configuration.familyMember?.rawValue
    preprocessing = try? model.imageProcessorConfiguration().summary
    scores = hasClassifier ? ScoreFunction(for: model.configuration).rawValue : nil
    parameters = model.parameterCount
    let stored = Self.tensors(of: model)
    tensorCount = stored.count
    dtypes = Set(stored.map(\.dtype)).sorted()
    fileBytes = (model.weights as? CheckpointWeights)?.reader.byteCount
    tensors = listsTensors ? stored : nil
    let extent = size ?? Self.inputSize(of: model)
    do {
      let input = TensorShape(
        batch: 1, height: extent.height, width: extent.width, channels: network.inputChannels)
      work = Work(
        height: extent.height, width: extent.width,
        multiplyAccumulates: try network.multiplyAccumulates(forInput: input))
    } catch {
      // A size that was asked for must suit the model, the usual one need not.
      guard size == nil else { throw error }
      work = nil
    }
  }

  /// What the model's own preprocessing makes of a square image.
  private static func inputSize(of model: Model) -> ImageSize {
    (try? model.imageProcessorConfiguration())?.squareInputSize
      ?? ImageSize(side: 224)
  }

  /// As the checkpoint stores them; computed weights by the network's own names.
  private static func tensors(of model: Model) -> [Tensor] {
    guard let reader = (model.weights as? CheckpointWeights)?.reader else {
      return model.network.parameters.map {
        Tensor(name: $0.name.path, shape: $0.shape, dtype: "F32")
      }
    }
    return reader.tensorNames.map { name in
      Tensor(
        name: name, shape: reader.shape(of: name) ?? [],
        dtype: reader.elementType(of: name) ?? "unknown")
    }
  }
}

extension ModelReport.Configuration {
  fileprivate init(_ configuration: ModelConfiguration) {
    layerType = configuration.layerType.rawValue
    depths = configuration.depths
    hiddenSizes = configuration.hiddenSizes
    embeddingSize = configuration.embeddingSize
    widthFactor = configuration.widthFactor
    groups = configuration.groups
    hiddenActivation = configuration.hiddenActivation.rawValue
    globalPadding = configuration.globalPadding.rawValue
    embeddingDynamicPadding = configuration.embeddingDynamicPadding
    outputStride = configuration.outputStride
    channels = configuration.channels
    standardizationEpsilon = configuration.standardizationEpsilon
    task =
      switch configuration.task {
      case .imageClassification: "image classification"
      case .features: "features"
      case .backbone(let stages):
        "backbone ("
          + stages.map { $0 == 0 ? "stem" : "stage\($0)" }.joined(separator: ", ") + ")"
      }
  }
}

extension ModelReport {
  var text: String {
    let list = { (numbers: [Int]) in numbers.map(String.init).joined(separator: " ") }
    var rows = [
      ["model", model],
      ["form", form + (familyMember.map { ", BiT \($0)" } ?? "")],
      ["task", configuration.task + (scores.map { ", scores by \($0)" } ?? "")],
      ["layers", "\(configuration.layerType), depths \(list(configuration.depths))"],
      [
        "widths",
        "stem \(configuration.embeddingSize), stages \(list(configuration.hiddenSizes))"
          + (configuration.widthFactor == 1 ? "" : ", times \(configuration.widthFactor)"),
      ],
      [
        "norm", "\(configuration.groups) groups, then \(configuration.hiddenActivation)",
      ],
      [
        "padding",
        configuration.globalPadding
          + (configuration.embeddingDynamicPadding ? ", dynamic in the stem's pool" : ""),
      ],
      ["output stride", "\(configuration.outputStride)"],
      ["standardised", "with an epsilon of \(configuration.standardizationEpsilon)"],
      ["parameters", Text.grouped(parameters)],
      ["tensors", "\(tensorCount), \(dtypes.joined(separator: " and "))"],
    ]
    if let fileBytes { rows.append(["files", Text.bytes(fileBytes)]) }
    if let work {
      let giga = Text.fixed(Double(work.multiplyAccumulates) / 1e9, decimals: 3)
      rows.append(["work", "\(giga) GMAC an image at \(work.height)x\(work.width)"])
    }
    if let preprocessing { rows.append(["images", preprocessing]) }
    if !labels.isEmpty {
      rows.append([
        "labels", shortList(of: labels) + (labelSource.map { ", the names of \($0)" } ?? ""),
      ])
    }
    var text = Text.table(rows)
    if let tensors {
      text += "\n" + Text.table(tensors.map { [$0.name, "\($0.shape)", $0.dtype] })
    }
    return text
  }

  /// The first few, quoted where a comma or a line break would mislead.
  private func shortList(of labels: [String]) -> String {
    let shown = labels.prefix(5).map { label in
      label.contains { ",\"\n\r".contains($0) } ? String(reflecting: label) : Text.printable(label)
    }
    let rest = labels.count > 5 ? ", … (\(labels.count))" : ""
    return shown.joined(separator: ", ") + rest
  }
}
