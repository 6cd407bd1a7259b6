extension ModelConfiguration {
  /// What transformers calls classes that have no names.
  static func placeholderLabels(_ count: Int) -> [String] {
    (0..<count).map { "LABEL_\($0)" }
  }

  /// Whether the checkpoint names its classes, other than by their numbers.
  public var hasNamedLabels: Bool {
    labels.enumerated().contains { $1 != "LABEL_\($0)" }
  }
}
