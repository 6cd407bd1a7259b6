import BiTModel

/// A network after fusion: steps of one kernel each (a norm's statistics apart), in order.
///
/// Tensors are named by the node whose value they hold; a convolution that adds a residual writes
/// the sum's node.
struct FusedNetwork: Sendable {
  /// What a step reads: a tensor, normalised on the way in if a norm is named.
  struct Source: Hashable, Sendable {
    let tensor: Network.NodeID
    /// The group norm applied while reading, with its activation.
    var norm: Network.NodeID?
  }

  enum Step: Sendable {
    case convolution(
      Convolution, source: Source, residual: Network.NodeID?, gathersMoments: Bool,
      output: Network.NodeID)
    /// Moments of a tensor that no convolution wrote.
    case moments(of: Network.NodeID)
    /// From moments to what normalising readers need.
    case coefficients(GroupNorm, node: Network.NodeID, tensor: Network.NodeID)
    /// A norm that is written out.
    case groupNorm(GroupNorm, node: Network.NodeID, tensor: Network.NodeID)
    /// `border`: zeros around the input, beside those of the pooling itself.
    case maxPool(MaxPool, source: Source, border: Int, output: Network.NodeID)
    case zeroPad(border: Int, source: Network.NodeID, output: Network.NodeID)
    case add(Activation?, Source, Source, output: Network.NodeID)
    case globalAveragePool(source: Source, output: Network.NodeID)
    case linear(Linear, source: Network.NodeID, output: Network.NodeID)
  }

  private(set) var steps: [Step] = []

  /// - Parameters:
  ///   - kept: Nodes whose tensors are asked for, which fusion must leave alone.
  ///   - fuses: Whether anything is fused at all; the reference kernels fuse nothing.
  init(_ network: Network, shapes: [TensorShape], kept: Set<Network.NodeID>, fuses: Bool) {
    var planner = FusionPlanner(network: network, shapes: shapes, kept: kept, fuses: fuses)
    steps = planner.makeSteps()
  }
}

extension FusedNetwork.Step {
  /// The tensors that the step reads.
  var reads: [Network.NodeID] {
    switch self {
    case .convolution(_, let source, let residual, _, _):
      [source.tensor] + (residual.map { [$0] } ?? [])
    case .moments(let tensor), .coefficients(_, _, let tensor): [tensor]
    case .groupNorm(_, _, let tensor): [tensor]
    case .maxPool(_, let source, _, _), .globalAveragePool(let source, _): [source.tensor]
    case .zeroPad(_, let source, _), .linear(_, let source, _): [source]
    case .add(_, let a, let b, _): [a.tensor, b.tensor]
    }
  }

  /// The norms whose coefficients the step reads.
  var norms: [Network.NodeID] {
    switch self {
    case .convolution(_, let source, _, _, _), .maxPool(_, let source, _, _),
      .globalAveragePool(let source, _):
      source.norm.map { [$0] } ?? []
    case .groupNorm(_, let node, _): [node]
    case .add(_, let a, let b, _): [a.norm, b.norm].compactMap { $0 }
    case .moments, .coefficients, .zeroPad, .linear: []
    }
  }

  /// Every region of the plan's memory that the step reads, and every one that it writes.
  var regions: (read: [PlanBuffers.Role], written: [PlanBuffers.Role]) {
    var read = reads.map(PlanBuffers.Role.tensor) + norms.map(PlanBuffers.Role.coefficients)
    var written = writes.map { [PlanBuffers.Role.tensor($0)] } ?? []
    switch self {
    case .convolution(_, _, _, true, let output): written.append(.moments(output))
    case .moments(let tensor): written.append(.moments(tensor))
    case .coefficients(_, let node, let tensor):
      // Of the tensor itself only the moments are read.
      read = [.moments(tensor)]
      written.append(.coefficients(node))
    default: break
    }
    return (read, written)
  }

  /// The tensor that the step writes.
  var writes: Network.NodeID? {
    switch self {
    case .convolution(_, _, _, _, let output), .maxPool(_, _, _, let output),
      .zeroPad(_, _, let output), .add(_, _, _, let output), .globalAveragePool(_, let output),
      .linear(_, _, let output), .groupNorm(_, let output, _):
      output
    case .moments, .coefficients: nil
    }
  }
}
