import BiTModel
import CEmbeddedData

/// The names of ImageNet's classes, which are part of the program (`Labels/README.md` says where
/// they are from).
public enum ImageNetLabels: Int, Sendable, CaseIterable {
  /// ILSVRC 2012.
  case imageNet1k = 1000
  /// What Google trained BiT-M on.
  case imageNet21k = 21_843

  /// What the list is called.
  public var name: String {
    switch self {
    case .imageNet1k: "ImageNet-1k"
    case .imageNet21k: "ImageNet-21k"
    }
  }

  private var file: String {
    switch self {
    case .imageNet1k: "Labels/imagenet-1k.tsv"
    case .imageNet21k: "Labels/imagenet-21k.tsv"
    }
  }

  /// WordNet's words for each class, such as "tench, Tinca tinca", in the order of a classifier's
  /// outputs. The text is taken apart when this is called, never before.
  public var names: [String] { fields.map(\.words) }

  /// WordNet's synset of each class, such as "n01440764".
  public var synsets: [String] { fields.map(\.synset) }

  private var fields: [(synset: String, words: String)] {
    var length = 0
    guard let start = bitcl_embedded_file(file, &length) else { return [] }
    return UnsafeBufferPointer(start: start, count: length)
      .split(separator: UInt8(ascii: "\n"))
      .map { line in
        let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1)
        let synset = String(decoding: parts[0], as: UTF8.self)
        return (synset, parts.count == 2 ? String(decoding: parts[1], as: UTF8.self) : synset)
      }
  }
}

extension Model {
  /// The classes' names: the checkpoint's own; ImageNet's, where it has none and as many classes as
  /// one of ImageNet's lists; else `LABEL_0` and so on. Empty without a classifier.
  public var labels: [String] {
    guard network.classCount > 0 else { return [] }
    return standardLabels?.names ?? configuration.labels
  }

  /// The list that the names are from; `nil` for the checkpoint's own.
  public var standardLabels: ImageNetLabels? {
    // Weights from a hash know nothing of ImageNet.
    guard form != .random, !configuration.hasNamedLabels else { return nil }
    return ImageNetLabels(rawValue: network.classCount)
  }
}
