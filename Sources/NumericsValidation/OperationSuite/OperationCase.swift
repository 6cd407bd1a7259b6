import BiTModel

/// A small network with weights and an input: one operation, or a few that a backend may fuse.
public struct OperationCase: Sendable, CustomStringConvertible {
  /// A node that is compared.
  public struct Output: Hashable, Sendable {
    public let node: Network.NodeID
    public let tolerance: Tolerance
  }

  public let name: String
  public let network: Network
  public let weights: any WeightSource
  public let input: HostTensor
  public let outputs: [Output]

  public var description: String { name }

  /// - Parameters:
  ///   - shape: The input's.
  ///   - input: The input; uniform in −1 … 1 where `nil`.
  ///   - build: Appends nodes to the network and returns those to compare.
  init(
    _ name: String, input shape: TensorShape, values input: HostTensor? = nil,
    weights: any WeightSource = RandomWeights(), build: (inout Network) -> [Output]
  ) {
    var network = Network(inputChannels: shape.channels)
    outputs = build(&network)
    self.name = name
    self.network = network
    self.weights = weights
    self.input = input ?? HostTensor(shape: shape, uniform: name)
  }

  /// A network of one node.
  init(
    _ name: String, _ operation: Operation, input shape: TensorShape,
    values input: HostTensor? = nil, weights: any WeightSource = RandomWeights(),
    tolerance: Tolerance
  ) {
    self.init(name, input: shape, values: input, weights: weights) { network in
      [Output(node: network.append("node", operation, 0), tolerance: tolerance)]
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
