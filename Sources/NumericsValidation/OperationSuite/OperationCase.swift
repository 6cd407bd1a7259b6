import BiTModel

/// A small network with weights and an input: one operation, or a few that a backend may fuse.
public struct OperationCase: Sendable, CustomStringConvertible {
  public let name: String
  public let network: Network
  public let weights: any WeightSource
  /// Of the input.
  public let shape: TensorShape
  private let values: InputValues
  /// The nodes that are compared, in the network's order.
  public let outputs: [Network.NodeID]
  /// Takes the place of the limit that `RoundingModel` derives, which holds for any values, where a
  /// narrower one follows from those of the case.
  let tolerance: Tolerance?

  public var description: String { name }

  /// The input; other values of the same kind for another seed.
  public func input(seed: UInt64 = 0) -> HostTensor {
    values.make(shape, seed == 0 ? name : "\(name), seed \(seed)")
  }

  /// - Parameters:
  ///   - shape: The input's.
  ///   - values: What the input holds.
  ///   - build: Appends nodes to the network and returns those to compare.
  init(
    _ name: String, input shape: TensorShape, values: InputValues = .uniform(),
    weights: any WeightSource = RandomWeights(), tolerance: Tolerance? = nil,
    build: (inout Network) -> [Network.NodeID]
  ) {
    var network = Network(inputChannels: shape.channels)
    outputs = build(&network)
    self.name = name
    self.network = network
    self.weights = weights
    self.shape = shape
    self.values = values
    self.tolerance = tolerance
  }

  /// A network of one node.
  init(
    _ name: String, _ operation: Operation, input shape: TensorShape,
    values: InputValues = .uniform(), weights: any WeightSource = RandomWeights(),
    tolerance: Tolerance? = nil
  ) {
    self.init(name, input: shape, values: values, weights: weights, tolerance: tolerance) {
      network in
      [network.append(operation.word, operation, 0)]
    }
  }
}

/// What the inputs of a case hold.
struct InputValues: Sendable {
  /// - Parameter seed: Decides the values, together with the shape.
  let make: @Sendable (_ shape: TensorShape, _ seed: String) -> HostTensor

  /// Uniform in `center` ± `amplitude`.
  static func uniform(center: Float = 0, amplitude: Float = 1) -> InputValues {
    InputValues { shape, seed in
      HostTensor(shape: shape, uniform: seed, center: center, amplitude: amplitude)
    }
  }
}

extension InputValues {
  /// The same value in all pixels of a channel, and others in other channels.
  static func constantChannels(_ value: @escaping @Sendable (_ channel: Int) -> Float)
    -> InputValues
  {
    InputValues { shape, _ in
      HostTensor(
        shape: shape, elements: (0..<shape.count).map { value($0 % shape.channels) })
    }
  }
}

extension HostTensor {
  /// Values that depend on `seed` alone, uniform in `center` ± `amplitude`.
  init(shape: TensorShape, uniform seed: String, center: Float = 0, amplitude: Float = 1) {
    let extents = [shape.batch, shape.height, shape.width, shape.channels]
    let values = RandomWeights().values(of: Parameter("input of \(seed)", shape: extents))
    // Four-dimensional random weights are uniform in ±0.05.
    self.init(shape: shape, elements: values.map { center + amplitude * 20 * $0 })
  }
}
