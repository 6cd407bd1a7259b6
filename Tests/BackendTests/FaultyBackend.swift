import BiTModel
import ReferenceBackend
import Synchronization

/// The oracle with faults.
final class FaultyBackend: Backend {
  /// What is done to the results of one run.
  struct Run {
    /// How many runs of the network came before.
    let number: Int
    let input: HostTensor
    let nodes: [Network.NodeID]
    var tensors: [HostTensor]

    /// Changes the tensor of a node, if it was asked for.
    mutating func change(_ node: Network.NodeID, _ change: (inout HostTensor) -> Void) {
      for (index, id) in nodes.enumerated() where id == node { change(&tensors[index]) }
    }
  }

  let name = "faulty"
  private let rewrite: @Sendable (Network, Set<Network.NodeID>) -> Network
  private let fault: @Sendable (Network, inout Run) throws -> Void

  /// - Parameters:
  ///   - rewrite: What is run instead of a network when some nodes are asked for.
  ///   - fault: What goes wrong in its results.
  init(
    rewrite: @escaping @Sendable (Network, Set<Network.NodeID>) -> Network = { network, _ in network
    },
    fault: @escaping @Sendable (Network, inout Run) throws -> Void = { _, _ in }
  ) {
    self.rewrite = rewrite
    self.fault = fault
  }

  func prepare(
    _ network: Network, weights: any WeightSource
  ) async throws -> any NetworkRunner {
    Runner(network: network, weights: weights, rewrite: rewrite, fault: fault)
  }

  private final class Runner: NetworkRunner {
    let network: Network
    let weights: any WeightSource
    let rewrite: @Sendable (Network, Set<Network.NodeID>) -> Network
    let fault: @Sendable (Network, inout Run) throws -> Void
    private let runs = Mutex(0)

    init(
      network: Network, weights: any WeightSource,
      rewrite: @escaping @Sendable (Network, Set<Network.NodeID>) -> Network,
      fault: @escaping @Sendable (Network, inout Run) throws -> Void
    ) {
      self.network = network
      self.weights = weights
      self.rewrite = rewrite
      self.fault = fault
    }

    func run(
      _ input: HostTensor, returning nodes: [Network.NodeID]
    ) async throws -> [HostTensor] {
      let sound = try ReferenceBackend().makeRunner(
        rewrite(network, Set(nodes)), weights: weights)
      let number = runs.withLock { runs in
        defer { runs += 1 }
        return runs
      }
      var run = Run(
        number: number, input: input, nodes: nodes,
        tensors: try await sound.run(input, returning: nodes))
      try fault(network, &run)
      return run.tensors
    }

    func provenance(
      of nodes: [Network.NodeID], input: TensorShape, kept: [Network.NodeID]
    ) async -> [String?] {
      nodes.map { "kernel of \(network.nodes[$0].name)" }
    }
  }
}

extension Network {
  /// The same network with another operation at one node.
  func replacing(_ node: NodeID, by operation: BiTModel.Operation) -> Network {
    var copy = Network(inputChannels: inputChannels)
    for (id, old) in nodes.enumerated().dropFirst() {
      let operation = id == node ? operation : old.operation
      if old.inputs.count == 2 {
        copy.append(old.name, operation, old.inputs[0], old.inputs[1])
      } else {
        copy.append(old.name, operation, old.inputs[0])
      }
    }
    return copy
  }
}
