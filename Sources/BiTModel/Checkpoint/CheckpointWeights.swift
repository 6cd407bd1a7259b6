/// A network's parameters in a checkpoint: maps names, checks shapes and values.
public struct CheckpointWeights: WeightSource {
  public let reader: any CheckpointReader
  private let allowsConvolutionHead: Bool
  private let storedName: @Sendable (ParameterName) -> String

  /// - Parameters:
  ///   - allowsConvolutionHead: Whether a matrix may be stored as a 1x1 convolution's kernel.
  ///   - storedName: The format's name of a parameter.
  public init(
    reader: any CheckpointReader, allowsConvolutionHead: Bool = false,
    storedName: @escaping @Sendable (ParameterName) -> String
  ) {
    self.reader = reader
    self.allowsConvolutionHead = allowsConvolutionHead
    self.storedName = storedName
  }

  /// Checks that everything a network needs is there, without reading it.
  /// - Throws: `CheckpointError` for the first tensor that is missing or misshapen or of a type
  ///   that cannot hold weights.
  /// - Returns: The names of tensors that the network does not use.
  public func check(_ network: Network) throws(CheckpointError) -> [String] {
    var unused = Set(reader.tensorNames)
    for parameter in network.parameters {
      unused.remove(try locate(parameter))
    }
    return unused.sorted()
  }

  public func values(of parameter: Parameter) throws -> [Float] {
    let name = try locate(parameter)
    let values = try reader.read(name)
    if let index = values.firstNotFinite {
      throw CheckpointError.notFinite(tensor: name, index: index, file: reader.source)
    }
    return values
  }

  private func locate(_ parameter: Parameter) throws(CheckpointError) -> String {
    let name = storedName(parameter.name)
    guard let shape = reader.shape(of: name) else {
      throw .missingTensor(ParameterName(name), file: reader.source)
    }
    let isConvolutionHead =
      allowsConvolutionHead && parameter.shape.count == 2 && shape == parameter.shape + [1, 1]
    guard shape == parameter.shape || isConvolutionHead else {
      throw .shapeMismatch(
        ParameterName(name), expected: parameter.shape, found: shape, file: reader.source)
    }
    let type = reader.elementType(of: name) ?? "unknown"
    guard ElementType(rawValue: type) != nil else {
      throw .unsupportedType(tensor: name, type: type, file: reader.source)
    }
    return name
  }
}

extension [Float] {
  /// The place of the first infinity or NaN.
  fileprivate var firstNotFinite: Int? {
    let exponent: UInt32 = 0x7F80_0000
    // Whether there is one at all: a loop that may end at any element is not vectorised, and takes
    // as long as reading the file.
    let found = withUnsafeBufferPointer { values in
      values.reduce(0 as UInt32) { $0 | ($1.bitPattern & exponent == exponent ? 1 : 0) }
    }
    return found == 0 ? nil : firstIndex { !$0.isFinite }
  }
}
