/// The names of Google's release (`bit_pytorch/models.py`, `load_from`), such as
/// `resnet/block1/unit01/a/standardized_conv2d/kernel`.
enum GoogleNames {
  private static let stem = "root_block/standardized_conv2d/kernel"
  private static let parts = ["a", "b", "c"]

  /// What stands before all names, `resnet/` in the release; `nil` if the arrays are not named so.
  static func prefix(in names: [String]) -> String? {
    names.lazy.filter { $0.hasSuffix(stem) }
      .map { String($0.dropLast(stem.count)) }
      .filter { $0.isEmpty || $0.hasSuffix("/") }
      .min { $0.utf8.count < $1.utf8.count }
  }

  static func storedName(of parameter: ParameterName, prefix: String) -> String {
    let path = parameter.path
    switch path {
    case "embedder.convolution.weight": return prefix + stem
    case "norm.weight": return "\(prefix)group_norm/gamma"
    case "norm.bias": return "\(prefix)group_norm/beta"
    case "classifier.1.weight": return "\(prefix)head/conv2d/kernel"
    case "classifier.1.bias": return "\(prefix)head/conv2d/bias"
    default: return layerName(path).map { prefix + $0 } ?? path
    }
  }

  /// `encoder.stages.S.layers.L.conv1.weight` and its neighbours.
  private static func layerName(_ path: String) -> String? {
    let words = path.split(separator: ".")
    guard words.count >= 7, words[0] == "encoder", let stage = Int(words[2]),
      let layer = Int(words[4])
    else { return nil }
    let number = layer < 9 ? "0\(layer + 1)" : "\(layer + 1)"
    let unit = "block\(stage + 1)/unit\(number)"
    if words[5] == "downsample" { return "\(unit)/a/proj/standardized_conv2d/kernel" }
    guard let index = words[5].last?.wholeNumberValue, parts.indices.contains(index - 1) else {
      return nil
    }
    let part = "\(unit)/\(parts[index - 1])"
    if words[5].hasPrefix("conv") { return "\(part)/standardized_conv2d/kernel" }
    return words[6] == "weight" ? "\(part)/group_norm/gamma" : "\(part)/group_norm/beta"
  }
}
