import BiTModel

/// What is wrong with a preprocessor configuration, in which file and under which key.
public struct ImageConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file, or the option, that said so.
  public var source: String
  /// The key, with dots between nested ones; nil when the whole is not understood.
  public var key: String?
  /// What was found, and what was expected.
  public var problem: String

  public init(source: String, key: String?, problem: String) {
    self.source = source
    self.key = key
    self.problem = problem
  }

  public var description: String {
    abridged("\(source): \(key.map { "\($0): " } ?? "")\(problem)")
  }
}
