import BiTModel

/// Walks a network node by node. Results repeat bit for bit: every element is one sequential sum.
public struct ReferenceRunner: NetworkRunner {
  let network: Network
  /// As the checkpoint holds them; kernels are standardised when a run comes to them, so that a
  /// large model does not stay in memory in Double.
  let parameters: [ParameterName: [Float]]

  public func run(
    _ input: HostTensor, returning nodes: [Network.NodeID]
  ) async throws -> [HostTensor] {
    try await evaluate(input, returning: nodes).map { output in
      HostTensor(shape: output.shape, elements: output.elements.map(Float.init))
    }
  }

  /// As `run`, with nothing rounded to Float.
  ///
  /// Only the nodes that the requested ones depend on are computed, and each tensor is released
  /// after its last reader.
  /// - Precondition: `requested` are nodes of the network.
  /// - Throws: `NetworkError` where the input does not suit a requested node;
  ///   `CancellationError`.
  public func evaluate(
    _ input: HostTensor, returning requested: [Network.NodeID]
  ) async throws -> [Tensor<Double>] {
    guard let last = requested.max() else { return [] }
    let shapes = try network.shapes(forInput: input.shape, upTo: last)
    var pendingReads = readCounts(for: requested)
    var tensors: [Network.NodeID: Tensor<Double>] = [:]
    for (id, node) in network.nodes[...last].enumerated() where pendingReads[id] > 0 {
      try Task.checkCancellation()
      if id == 0 {
        tensors[id] = Tensor(shape: input.shape, elements: input.elements.map(Double.init))
      } else {
        let operands = node.inputs.compactMap { tensors[$0] }
        tensors[id] = try await compute(node.operation, on: operands, outputShape: shapes[id])
      }
      for read in node.inputs {
        pendingReads[read] -= 1
        if pendingReads[read] == 0 { tensors[read] = nil }
      }
    }
    return requested.compactMap { tensors[$0] }
  }

  /// How often each node's output is read on the way to the requested ones, themselves included;
  /// zero where it is not needed.
  private func readCounts(for requested: [Network.NodeID]) -> [Int] {
    var counts = [Int](repeating: 0, count: network.nodes.count)
    for id in requested { counts[id] += 1 }
    for id in network.nodes.indices.reversed() where counts[id] > 0 {
      for input in network.nodes[id].inputs { counts[input] += 1 }
    }
    return counts
  }

  /// What an operation of the network makes of some tensors: of a device's, where one layer is
  /// judged by itself.
  /// - Parameter outputShape: As `Network.shapes(forInput:)` has it.
  /// - Precondition: The operation's parameters are the network's.
  /// - Throws: `CancellationError`.
  public func compute(
    _ operation: Operation, on inputs: [Tensor<Double>], outputShape: TensorShape
  ) async throws -> Tensor<Double> {
    switch operation {
    case .input:
      return inputs[0]
    case .zeroPad(let border):
      return zeroPad(inputs[0], border: border)
    case .convolution(let convolution):
      return try await convolution2D(
        inputs[0], kernel: standardizedKernel(of: convolution), convolution,
        outputShape: outputShape)
    case .groupNorm(let norm):
      return groupNorm(
        inputs[0], norm, weight: values(norm.weight), bias: values(norm.bias),
        activation: scalarFunction(norm.activation))
    case .maxPool(let pool):
      return maxPool2D(inputs[0], pool, outputShape: outputShape)
    case .add(let activation):
      let sum = add(inputs[0], inputs[1], outputShape: outputShape)
      guard let activation else { return sum }
      return Tensor(shape: sum.shape, elements: sum.elements.map(scalarFunction(activation)))
    case .globalAveragePool:
      return globalAveragePool(inputs[0])
    case .linear(let layer):
      return linear(inputs[0], layer, weight: values(layer.weight), bias: values(layer.bias))
    }
  }

  /// The standardised kernel of a convolution, [output channels, input channels, height, width].
  private func standardizedKernel(of convolution: Convolution) -> [Double] {
    standardizeWeights(
      values(convolution.weight), outputChannels: convolution.outputChannels,
      epsilon: convolution.standardizationEpsilon)
  }

  /// The function of one value that an activation of the network is, with its learnt values.
  public func scalarFunction(_ activation: Activation) -> @Sendable (Double) -> Double {
    activationFunction(
      activation.function, learnt: activation.parameters.flatMap { values($0) })
  }

  /// A learnt tensor, row-major.
  /// - Precondition: `parameter` is one of the network's.
  public func values(_ parameter: Parameter) -> [Double] {
    guard let stored = parameters[parameter.name] else {
      preconditionFailure("\(parameter.name) is not a parameter of this network")
    }
    return stored.map(Double.init)
  }
}
