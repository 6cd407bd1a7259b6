import FoundationEssentials

/// timm's `config.json` (`save_config_for_hf` in `timm/models/_hub.py`).
package struct TimmConfiguration {
  /// Such as `resnetv2_50x1_bit`.
  let architecture: String
  /// 0 for a network that ends with its pooled features.
  let classCount: Int?
  /// The classes' names in their order, descriptions where there are any.
  let labels: [String]?
  package let preprocessing: TimmPreprocessing
  /// What to tell the user about.
  private(set) var warnings: [String] = []

  /// - Throws: `ConfigurationError`, also for networks of timm that are not BiT's, and for arguments
  ///   that make a BiT network another one.
  package init(json: Data, file: String) throws(ConfigurationError) {
    let document: Document
    do {
      document = try JSONDecoder().decode(Document.self, from: json)
    } catch {
      throw .malformed(file: file, reason: DecodingFailure.explain(error))
    }
    architecture = document.architecture
    guard TimmEntry.architecture(named: architecture) != nil else {
      throw .foreignArchitecture(
        architecture, reason: Self.difference(of: architecture), file: file)
    }
    if let pool = document.globalPool, pool != "avg" {
      throw .unknownValue(key: "global_pool", value: pool, allowed: "avg", file: file)
    }
    // Older files hold the settings at the top.
    let settings = document.settings ?? document.ownSettings
    classCount = document.classCount ?? settings.classCount
    guard (0...ModelConfiguration.Limit.labels).contains(classCount ?? 0) else {
      throw .outOfRange(
        key: "num_classes", value: classCount ?? 0, allowed: 0...ModelConfiguration.Limit.labels,
        file: file)
    }
    preprocessing = try settings.preprocessing(file: file)
    labels = try document.classNames(settings, file: file)
    warnings += try Self.check(document.arguments ?? [:], file: file)
  }

  /// Whether bytes look like timm's file and not like transformers'.
  package static func describes(_ json: Data) -> Bool {
    struct Kind: Decodable {
      let architecture: String?
      let modelType: String?

      enum CodingKeys: String, CodingKey {
        case architecture
        case modelType = "model_type"
      }
    }
    guard let kind = try? JSONDecoder().decode(Kind.self, from: json) else { return false }
    // transformers wraps timm's models under a type of its own.
    return kind.architecture != nil && (kind.modelType ?? "timm_wrapper") == "timm_wrapper"
  }

  /// What sets a relative of the family apart; `nil` for what is no relative.
  private static func difference(of architecture: String) -> String? {
    let base = architecture.prefix { $0 != "." }
    switch base {
    case "resnetv2_50d_gn":
      return "its stem has three convolutions, its shortcuts an average pool, and its kernels are"
        + " not those of BiT"
    case "resnetv2_50d_evos": return "it has EvoNorm instead of group normalisation"
    case "resnetv2_50d_frn":
      return "it has filter response normalisation instead of group normalisation"
    case _ where base.hasPrefix("resnetv2_"):
      return "it has batch normalisation, and its kernels are not standardised"
    default: return nil
    }
  }

  /// Arguments that only repeat what tensors show, or that count in training.
  private static let harmless: Set = [
    "layers", "channels", "num_classes", "in_chans", "width_factor", "stem_chs", "drop_rate",
    "drop_path_rate", "zero_init_last",
  ]

  /// Arguments with the one value that BiT's networks have.
  private static let required: [String: JSONValue] = [
    "global_pool": .text("avg"), "output_stride": .number(32), "stem_type": .text("fixed"),
    "avg_down": .flag(false), "preact": .flag(true), "basic": .flag(false),
    "bottle_ratio": .number(0.25), "act_layer": .text("relu"),
  ]

  private static let refused: Set = ["conv_layer", "norm_layer"]

  private static func check(
    _ arguments: [String: JSONValue], file: String
  ) throws(ConfigurationError) -> [String] {
    var unknown: [String] = []
    for (key, value) in arguments.sorted(by: { $0.key < $1.key }) where value != .null {
      if let allowed = required[key] {
        guard value == allowed else {
          throw .unknownValue(
            key: "model_args.\(key)", value: "\(value)", allowed: "\(allowed)", file: file)
        }
      } else if refused.contains(key) {
        throw .unknownValue(
          key: "model_args.\(key)", value: "\(value)", allowed: "BiT's own, unsaid", file: file)
      } else if !harmless.contains(key) {
        unknown.append(key)
      }
    }
    return unknown.isEmpty
      ? []
      : [
        "\(file): what model_args says of \(unknown.joined(separator: ", ")) is not taken"
          + " into account"
      ]
  }
}
