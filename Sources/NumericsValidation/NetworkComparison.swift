import BiTModel
import ReferenceBackend

/// Every node of a network on a backend beside the oracle, layer by layer.
public struct NetworkComparison: Sendable {
  /// A row per node, in the network's order.
  public let rows: [TensorComparison]

  public var passed: Bool { rows.allSatisfy(\.passed) }

  /// The first layer that is wrong; the ones after it suffer from it.
  public var firstFailure: TensorComparison? { rows.first { !$0.passed } }

  /// Prepares the network on both and runs it, every node's output kept.
  /// - Throws: What the weight source and the backend throw.
  public init(
    _ network: Network, weights: any WeightSource, input: HostTensor, backend: any Backend
  ) async throws {
    let nodes = Array(network.nodes.indices.dropFirst())
    let expected = try await ReferenceBackend().makeRunner(network, weights: weights)
      .evaluate(input, returning: nodes)
    let found = try await backend.prepare(network, weights: weights)
      .run(input, returning: nodes)
    rows = nodes.indices.map { index in
      let isResult = [network.logits, network.pooledFeatures].contains(nodes[index])
      return TensorComparison(
        network.nodes[nodes[index]].name, expected: expected[index], found: found[index],
        tolerance: isResult ? .logits : .innerTensor)
    }
  }
}
