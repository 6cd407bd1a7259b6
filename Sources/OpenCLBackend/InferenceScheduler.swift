import BiTModel
import OpenCLRuntime

/// Feeds a device: one run at a time, in the order they come, on the device's own thread.
package final class InferenceScheduler: ProfilingRunner {
  private let thread: DeviceThread
  private let context: Context
  private let resident: ThreadConfined<ResidentNetwork>
  /// How long the device's programs took to build, those of the probe and of the self-check as well.
  package let buildTime: Duration
  /// How long reading, packing and uploading the weights took.
  package let uploadTime: Duration

  /// Makes the network's weights resident.
  /// - Throws: `OpenCLError`; what the weight source throws.
  init(
    _ network: Network, weights: any WeightSource, on lease: DeviceLease, timeLimit: Duration,
    guards: PlanGuards? = nil, expecting input: TensorShape? = nil
  ) async throws {
    (thread, context) = (lease.thread, lease.programs.context)
    (resident, uploadTime) = try await thread.prepare {
      let resident = try ResidentNetwork(
        network, weights: weights, programs: lease.programs, kernels: lease.kernels,
        timeLimit: timeLimit, guards: guards, expecting: input)
      let uploadTime = resident.uploadTime
      return (ThreadConfined(resident, on: lease.thread), uploadTime)
    }
    buildTime = lease.programs.buildTime
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

  /// What the device's arithmetic gives at most, in floating-point operations a second.
  /// - Throws: `OpenCLError`.
  package func measurePeak() async throws -> Double {
    try await thread.perform { [context] in try PeakProbe(context: context).run() }
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
