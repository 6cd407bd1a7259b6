extension TimmConfiguration {
  /// The keys of the file that matter.
  struct Document: Decodable {
    let architecture: String
    let classCount: Int?
    let globalPool: String?
    let labels: ClassList?
    let descriptions: [String: String]?
    let arguments: [String: JSONValue]?
    let settings: Settings?
    let ownSettings: Settings

    private enum CodingKeys: String, CodingKey {
      case architecture, labels
      case classCount = "num_classes"
      case globalPool = "global_pool"
      case labelNames = "label_names"
      case descriptions = "label_descriptions"
      case arguments = "model_args"
      case settings = "pretrained_cfg"
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      architecture = try values.decode(String.self, forKey: .architecture)
      classCount = try values.decodeIfPresent(Int.self, forKey: .classCount)
      globalPool = try values.decodeIfPresent(String.self, forKey: .globalPool)
      labels =
        try values.decodeIfPresent(ClassList.self, forKey: .labelNames)
        ?? values.decodeIfPresent(ClassList.self, forKey: .labels)
      // Only text helps; anything else leaves the names.
      descriptions = try? values.decode([String: String].self, forKey: .descriptions)
      arguments = try values.decodeIfPresent([String: JSONValue].self, forKey: .arguments)
      settings = try values.decodeIfPresent(Settings.self, forKey: .settings)
      ownSettings = try Settings(from: decoder)
    }

    /// The classes' names in their order; a description goes before a name.
    func classNames(
      _ settings: Settings, file: String
    ) throws(ConfigurationError) -> [String]? {
      guard let list = labels ?? settings.labels else { return nil }
      guard let names = list.names else {
        throw .malformed(
          file: file, reason: "label_names does not number its \(list.count) classes from 0 on")
      }
      let descriptions = descriptions ?? settings.descriptions ?? [:]
      return names.map { descriptions[$0] ?? $0 }
    }
  }

  /// `pretrained_cfg`: how the weights were trained.
  struct Settings: Decodable {
    let classCount: Int?
    let labels: ClassList?
    let descriptions: [String: String]?
    private let inputSize: [Int]?
    private let interpolation: String?
    private let cropFraction: Double?
    private let cropMode: String?
    private let mean: [Double]?
    private let standardDeviation: [Double]?

    private enum CodingKeys: String, CodingKey {
      case interpolation, mean
      case classCount = "num_classes"
      case labels = "label_names"
      case descriptions = "label_descriptions"
      case inputSize = "input_size"
      case cropFraction = "crop_pct"
      case cropMode = "crop_mode"
      case standardDeviation = "std"
    }

    /// As `resolve_data_config` takes them: what is missing, null or zero has its default.
    func preprocessing(file: String) throws(ConfigurationError) -> TimmPreprocessing {
      var result = TimmPreprocessing()
      if let inputSize {
        guard inputSize.count == 3 else {
          throw .malformed(
            file: file, reason: "input_size is \(inputSize), not channels, height and width")
        }
        result.height = inputSize[1]
        result.width = inputSize[2]
      }
      if let interpolation, !interpolation.isEmpty { result.interpolation = interpolation }
      if let cropFraction, cropFraction != 0 { result.cropFraction = cropFraction }
      if let cropMode { result.cropMode = .init(rawValue: cropMode) ?? .center }
      if let mean, !mean.isEmpty { result.mean = mean }
      if let standardDeviation, !standardDeviation.isEmpty {
        result.standardDeviation = standardDeviation
      }
      return result
    }
  }

  /// Names in their order, or by their numbers.
  struct ClassList: Decodable {
    private let list: [String]?
    private let table: [String: String]

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      list = try? value.decode([String].self)
      table = list == nil ? try value.decode([String: String].self) : [:]
    }

    var count: Int { list?.count ?? table.count }

    /// `nil` if a number is missing.
    var names: [String]? {
      if let list { return list }
      var names: [String] = []
      for index in 0..<table.count {
        guard let name = table[String(index)] else { return nil }
        names.append(name)
      }
      return names
    }
  }
}
