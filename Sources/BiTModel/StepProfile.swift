/// One step of a network on a device: what it computes, the least that this takes, and its time.
public struct StepProfile: Hashable, Sendable {
  /// The node's name and the kernel's.
  public let name: String
  public let multiplyAccumulates: Int
  /// Of the tensors and weights that are read and written, each once.
  public let bytes: Int
  /// By the device's own clock.
  public let seconds: Double

  public init(name: String, multiplyAccumulates: Int, bytes: Int, seconds: Double) {
    self.name = name
    self.multiplyAccumulates = multiplyAccumulates
    self.bytes = bytes
    self.seconds = seconds
  }
}

/// A runner that can time each step of a run.
public protocol ProfilingRunner: NetworkRunner {
  /// Runs a batch and times its steps, in the order in which they run.
  /// - Throws: As `run(_:returning:)`.
  func profile(
    _ input: HostTensor, returning nodes: [Network.NodeID]
  ) async throws -> [StepProfile]
}
