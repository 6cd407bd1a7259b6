import BiTModel
import OpenCLRuntime

/// Feeds a device: one run at a time, in the order they come.
package actor InferenceScheduler: ProfilingRunner {
  private let resident: ResidentNetwork
  private let context: Context

  /// Makes the network's weights resident.
  /// - Throws: `OpenCLError`; what the weight source throws.
  init(
    _ network: Network, weights: any WeightSource, programs: ProgramLibrary, kernels: KernelSet,
    timeLimit: Duration
  ) throws {
    context = programs.context
    resident = try ResidentNetwork(
      network, weights: weights, programs: programs, kernels: kernels, timeLimit: timeLimit)
  }

  /// What passed between host and device so far, in all networks of the same backend.
  package nonisolated var counters: RuntimeCounters { context.counters }

  package func run(
    _ input: HostTensor, returning nodes: [Network.NodeID]
  ) async throws -> [HostTensor] {
    try Task.checkCancellation()
    return try resident.run(input, returning: nodes)
  }

  package func profile(
    _ input: HostTensor, returning nodes: [Network.NodeID]
  ) async throws -> [StepProfile] {
    try Task.checkCancellation()
    return try resident.profile(input, returning: nodes)
  }

  package func provenance(
    of nodes: [Network.NodeID], input: TensorShape, kept: [Network.NodeID]
  ) async -> [String?] {
    let kernels = resident.kernels(input: input, kept: Set(kept))
    return nodes.map { kernels[$0] }
  }
}
