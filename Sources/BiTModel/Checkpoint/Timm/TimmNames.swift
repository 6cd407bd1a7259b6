/// timm's names of the tensors of its `ResNetV2` (`timm/models/resnetv2.py`).
enum TimmNames {
  private static let stem = "stem.conv.weight"

  /// What stands before all names, such as `module.` or `timm_model.`; `nil` if the tensors are not
  /// named as timm names those of a BiT network.
  static func prefix(in names: [String]) -> String? {
    names.lazy.filter { $0.hasSuffix(stem) }
      .map { String($0.dropLast(stem.count)) }
      .filter { $0.isEmpty || $0.hasSuffix(".") }
      .min { $0.utf8.count < $1.utf8.count }
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
