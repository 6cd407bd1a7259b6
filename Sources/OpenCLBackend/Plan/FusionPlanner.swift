import BiTModel

/// Decides what is fused. BiT's pre-activation block becomes three or four convolutions and as many
/// statistics steps: norms go into the convolutions that read them, the sum into the last.
struct FusionPlanner {
  let network: Network
  let shapes: [TensorShape]
  let kept: Set<Network.NodeID>
  let fuses: Bool

  private let needed: Set<Network.NodeID>
  private let readers: [[Network.NodeID]]
  private var steps: [FusedNetwork.Step] = []
  /// Tensors whose moments a convolution gathers or a step has gathered.
  private var haveMoments = Set<Network.NodeID>()

  init(
    network: Network, shapes: [TensorShape], kept: Set<Network.NodeID>, fuses: Bool
  ) {
    self.network = network
    self.shapes = shapes
    self.kept = kept
    self.fuses = fuses
    let needed = network.ancestors(of: kept)
    self.needed = needed
    readers = network.readers.map { $0.filter(needed.contains) }
  }

  mutating func makeSteps() -> [FusedNetwork.Step] {
    for id in network.nodes.indices where needed.contains(id) { append(id) }
    return steps
  }

  private mutating func append(_ id: Network.NodeID) {
    let node = network.nodes[id]
    switch node.operation {
    case .input: break
    case .convolution(let convolution): append(convolution, id)
    case .groupNorm(let norm): append(norm, id)
    case .zeroPad(let border):
      if !isAbsorbed(pad: id) {
        steps.append(.zeroPad(border: border, source: node.inputs[0], output: id))
      }
    case .maxPool(let pool):
      if isAbsorbed(pad: node.inputs[0]), case .zeroPad(let border) = operation(node.inputs[0]) {
        let source = FusedNetwork.Source(tensor: network.nodes[node.inputs[0]].inputs[0])
        steps.append(.maxPool(pool, source: source, border: border, output: id))
      } else {
        steps.append(.maxPool(pool, source: source(node.inputs[0]), border: 0, output: id))
      }
    case .add(let activation):
      if convolutionAbsorbing(sum: id) == nil {
        steps.append(
          .add(activation, source(node.inputs[0]), source(node.inputs[1]), output: id))
      }
    case .globalAveragePool:
      steps.append(.globalAveragePool(source: source(node.inputs[0]), output: id))
    case .linear(let linear):
      steps.append(.linear(linear, source: node.inputs[0], output: id))
    }
  }

  private mutating func append(_ convolution: Convolution, _ id: Network.NodeID) {
    var output = id
    var residual: Network.NodeID?
    if let sum = readers[id].first, convolutionAbsorbing(sum: sum) == id {
      output = sum
      residual = network.nodes[sum].inputs.first { $0 != id }
    }
    let gathers = fuses && readers[output].contains { isNorm($0) }
    if gathers { haveMoments.insert(output) }
    steps.append(
      .convolution(
        convolution, source: source(network.nodes[id].inputs[0]), residual: residual,
        gathersMoments: gathers, output: output))
  }

  private mutating func append(_ norm: GroupNorm, _ id: Network.NodeID) {
    let tensor = network.nodes[id].inputs[0]
    if fuses {
      if haveMoments.insert(tensor).inserted { steps.append(.moments(of: tensor)) }
      steps.append(.coefficients(norm, node: id, tensor: tensor))
    }
    if !isAbsorbed(norm: id) || kept.contains(id) {
      steps.append(.groupNorm(norm, node: id, tensor: tensor))
    }
  }

  /// Where a reader finds the value of a node: in its tensor, or in its norm's input.
  private func source(_ id: Network.NodeID) -> FusedNetwork.Source {
    isAbsorbed(norm: id)
      ? FusedNetwork.Source(tensor: network.nodes[id].inputs[0], norm: id)
      : FusedNetwork.Source(tensor: id)
  }

  private func operation(_ id: Network.NodeID) -> Operation { network.nodes[id].operation }

  private func isNorm(_ id: Network.NodeID) -> Bool {
    if case .groupNorm = operation(id) { true } else { false }
  }

  /// Whether every reader of a norm applies it while reading. A kept norm is written out besides.
  private func isAbsorbed(norm id: Network.NodeID) -> Bool {
    guard fuses, case .groupNorm(let norm) = operation(id), !readers[id].isEmpty else {
      return false
    }
    // The image's pixels are not padded to whole vectors, as normalising readers want them.
    guard network.nodes[id].inputs[0] != 0 else { return false }
    return readers[id].allSatisfy {
      switch operation($0) {
      case .convolution, .maxPool, .globalAveragePool: true
      case .add: norm.activation.function == .linear
      case .input, .zeroPad, .groupNorm, .linear: false
      }
    }
  }

  /// Whether a border of zeros is left to the pooling that reads it.
  private func isAbsorbed(pad id: Network.NodeID) -> Bool {
    guard fuses, !kept.contains(id), case .zeroPad = operation(id), !readers[id].isEmpty else {
      return false
    }
    return readers[id].allSatisfy { if case .maxPool = operation($0) { true } else { false } }
  }

  /// The convolution that adds the other branch before it stores, if the sum is of that kind.
  private func convolutionAbsorbing(sum id: Network.NodeID) -> Network.NodeID? {
    guard fuses, case .add(nil) = operation(id) else { return nil }
    let inputs = network.nodes[id].inputs
    // The later of the two, so that the other branch is there already.
    guard let candidate = inputs.max(), let other = inputs.min(), candidate != other,
      case .convolution = operation(candidate), readers[candidate].count == 1,
      !kept.contains(candidate), !isNorm(other), other != 0,
      shapes[candidate] == shapes[other]
    else { return nil }
    return candidate
  }
}

extension Network {
  /// The nodes that some nodes need, themselves included.
  func ancestors(of roots: Set<NodeID>) -> Set<NodeID> {
    var needed = roots
    for id in nodes.indices.reversed() where needed.contains(id) {
      needed.formUnion(nodes[id].inputs)
    }
    return needed
  }
}
