/// A pretrained BiT model as timm lists it (`default_cfgs` in `timm/models/resnetv2.py`).
public struct TimmEntry: Hashable, Sendable {
  public let member: FamilyMember
  public let tag: String
  public let classCount: Int
  public let preprocessing: TimmPreprocessing

  /// timm's name of the network, such as `resnetv2_50x1_bit`.
  public var architecture: String { "resnetv2_\(member.rawValue.dropFirst())_bit" }

  /// As hub ids and file names say it: `resnetv2_50x1_bit.goog_in21k`.
  public var name: String { "\(architecture).\(tag)" }

  private init(
    _ member: FamilyMember, _ tag: String, classes: Int = 1000, size: Int = 224,
    crop: Double = 0.875, _ interpolation: String = "bilinear"
  ) {
    self.member = member
    self.tag = tag
    classCount = classes
    var preprocessing = TimmPreprocessing()
    preprocessing.height = size
    preprocessing.width = size
    preprocessing.cropFraction = crop
    preprocessing.interpolation = interpolation
    preprocessing.mean = [0.5, 0.5, 0.5]
    preprocessing.standardDeviation = [0.5, 0.5, 0.5]
    self.preprocessing = preprocessing
  }

  public static let all: [TimmEntry] =
    [
      TimmEntry(.r50x1, "goog_distilled_in1k", "bicubic"),
      TimmEntry(.r152x2, "goog_teacher_in21k_ft_in1k", "bicubic"),
      TimmEntry(.r152x2, "goog_teacher_in21k_ft_in1k_384", size: 384, crop: 1, "bicubic"),
    ]
    + FamilyMember.allCases.map {
      TimmEntry($0, "goog_in21k_ft_in1k", size: $0 == .r152x4 ? 480 : 448, crop: 1)
    }
    + FamilyMember.allCases.map { TimmEntry($0, "goog_in21k", classes: 21_843) }

  /// Names from before timm had tags, with the tag that each is now.
  private static let formerSuffixes = [
    "_bitm_in21k": "goog_in21k", "_bitm": "goog_in21k_ft_in1k",
    "_bit_distilled": "goog_distilled_in1k", "_bit_teacher": "goog_teacher_in21k_ft_in1k",
    "_bit_teacher_384": "goog_teacher_in21k_ft_in1k_384",
  ]

  /// Names by which the entry went before timm had tags.
  var formerNames: [String] {
    let network = architecture.dropLast("_bit".count)
    return Self.formerSuffixes.filter { $0.value == tag }.map { network + $0.key }
  }

  /// The BiT architecture that a name of `config.json` means, with or without a tag, and what timm
  /// calls it today; `nil` for any other.
  static func architecture(named name: String) -> FamilyMember? {
    let base = name.prefix { $0 != "." }
    return all.first { $0.architecture == base || $0.formerNames.contains(String(base)) }?.member
  }

  /// The entry whose name a file or folder bears, the longest if several fit.
  static func named(in path: String) -> TimmEntry? {
    let entries = all.flatMap { entry in
      ([entry.name] + entry.formerNames).map { (name: $0, entry: entry) }
    }
    return entries.filter { path.contains($0.name) }.max { $0.name.count < $1.name.count }?.entry
  }

  /// The entry that a network without any name is taken for: the one trained on ImageNet-21k where
  /// it has its classes, else the one fine-tuned on ImageNet-1k.
  static func likely(member: FamilyMember?, classCount: Int) -> TimmEntry {
    let tag = classCount == 21_843 ? "goog_in21k" : "goog_in21k_ft_in1k"
    let member = member ?? .r50x1
    return all.first { $0.member == member && $0.tag == tag } ?? all[0]
  }
}
