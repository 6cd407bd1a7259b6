/// The name of a learnt tensor, in the one naming that all checkpoint forms map into:
/// transformers' module path without its leading `bit.`, such as
/// `encoder.stages.0.layers.0.conv1.weight`.
public struct ParameterName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral
{
  public let path: String

  public init(_ path: String) { self.path = path }
  public init(stringLiteral value: String) { self.init(value) }

  public var description: String { path }
}

/// A learnt tensor that a network needs.
public struct Parameter: Hashable, Sendable {
  public let name: ParameterName

  /// Extents in PyTorch's order; a convolution's kernel is [output channels, input channels,
  /// height, width].
  public let shape: [Int]

  public init(_ path: String, shape: [Int]) {
    name = ParameterName(path)
    self.shape = shape
  }

  public var count: Int { shape.reduce(1, *) }
}

/// Where the values of a network's parameters come from.
public protocol WeightSource: Sendable {
  /// - Returns: `parameter.count` finite values, row-major in the order of `parameter.shape`.
  /// - Throws: `CheckpointError` for a tensor that is missing, misshapen, not of a float type, or
  ///   that holds a NaN or an infinity.
  func values(of parameter: Parameter) throws -> [Float]
}
