/// timm's names of the tensors of its `ResNetV2` (`timm/models/resnetv2.py`).
enum TimmNames {
  /// Tensors that every network of the class has, those of BiT first; others lack the stem's.
  private static let marks = ["stem.conv.weight", "stages.0.blocks.0.conv1.weight"]

  /// What stands before all names, such as `module.` or `timm_model.`; `nil` if the tensors are not
  /// named as timm names those of such a network.
  static func prefix(in names: [String]) -> String? {
    for mark in marks {
      let prefixes = names.filter { $0.hasSuffix(mark) }
        .map { String($0.dropLast(mark.count)) }
        .filter { $0.isEmpty || $0.hasSuffix(".") }
      if let prefix = prefixes.min(by: { $0.utf8.count < $1.utf8.count }) { return prefix }
    }
    return nil
  }

  static func storedName(of parameter: ParameterName, prefix: String) -> String {
    let path = parameter.path
    for (ours, theirs) in [
      ("embedder.convolution.", "stem.conv."), ("classifier.1.", "head.fc."),
      ("encoder.stages.", "stages."),
    ] where path.hasPrefix(ours) {
      let rest = path.dropFirst(ours.count).replacing(".layers.", with: ".blocks.")
      return prefix + theirs + rest
    }
    return prefix + path
  }

  /// What tensors of timm's other residual networks show: why they are not BiT's.
  static func difference(in names: [String]) -> String? {
    if names.contains(where: { $0.hasSuffix("running_mean") }) {
      return "batch normalisation (\(example("running_mean", names)))"
    }
    if names.contains(where: { $0.hasSuffix("stem.conv1.weight") }) {
      return "a stem of three convolutions (\(example("stem.conv1.weight", names)))"
    }
    if names.contains(where: { $0.hasSuffix("stem.norm.weight") }) {
      return "a norm in its stem, so that its blocks are not pre-activated"
    }
    return nil
  }

  private static func example(_ suffix: String, _ names: [String]) -> String {
    names.first { $0.hasSuffix(suffix) } ?? suffix
  }
}
