import BiTModel

/// Every node of a network on a backend, each judged on what the backend itself gave it to read.
public struct NetworkComparison: Sendable {
  /// A row per node, in the network's order.
  public let rows: [TensorResult]

  public var passed: Bool { rows.allSatisfy(\.passed) }

  /// The first layer that is wrong.
  public var firstFailure: TensorResult? { rows.first { !$0.passed } }

  /// Prepares the network on the backend and runs it, every node's output kept.
  /// - Throws: What the weight source and the backend throw.
  public init(
    _ network: Network, weights: any WeightSource, input: HostTensor, backend: any Backend
  ) async throws {
    let runner = try await backend.prepare(network, weights: weights)
    let evidence = try await Evidence(
      of: Array(network.nodes.indices.dropFirst()), from: runner, input: input)
    rows = try await CutJudge(network, weights: weights).judge(evidence, measuresDrift: true)
  }
}
