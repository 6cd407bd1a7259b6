import BiTModel
import OpenCLRuntime

/// Feeds a device: one run at a time, in the order they come, on the device's own thread.
package final class InferenceScheduler: ProfilingRunner {
  private let thread: DeviceThread
  private let context: Context
  private let resident: ThreadConfined<ResidentNetwork>

  /// Makes the network's weights resident.
  /// - Throws: `OpenCLError`; what the weight source throws.
  init(
    _ network: Network, weights: any WeightSource, on lease: DeviceLease, timeLimit: Duration,
    guards: PlanGuards? = nil
  ) async throws {
    (thread, context) = (lease.thread, lease.programs.context)
    resident = try await thread.prepare {
      ThreadConfined(
        try ResidentNetwork(
          network, weights: weights, programs: lease.programs, kernels: lease.kernels,
          timeLimit: timeLimit, guards: guards), on: lease.thread)
    }
  }

  /// What passed between host and device so far, in all networks of the same backend.
  package var counters: RuntimeCounters { context.counters }

  package func run(
    _ input: HostTensor, returning nodes: [Network.NodeID]
  ) async throws -> [HostTensor] {
    try Task.checkCancellation()
    return try await thread.perform { [resident] in
      try resident.use { try $0.run(input, returning: nodes) }
    }
  }

  package func profile(
    _ input: HostTensor, returning nodes: [Network.NodeID]
  ) async throws -> [StepProfile] {
    try Task.checkCancellation()
    return try await thread.perform { [resident] in
      try resident.use { try $0.profile(input, returning: nodes) }
    }
  }

  package func provenance(
    of nodes: [Network.NodeID], input: TensorShape, kept: [Network.NodeID]
  ) async -> [String?] {
    let kernels = try? await thread.perform { [resident] in
      resident.use { $0.kernels(input: input, kept: Set(kept)) }
    }
    return nodes.map { kernels?[$0] }
  }
}
