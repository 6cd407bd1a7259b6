import BiTModel

/// Runs networks in Float on the processor's vector units, without OpenCL: what the program falls
/// back to.
public struct CPUBackend: Backend {
  public let name = "cpu"

  private let set: InstructionSet
  private let kernels: VectorKernels
  private let workers: WorkerPool

  /// - Parameters:
  ///   - threads: How many threads compute; by default as many as the process may use processors.
  ///     Results do not depend on it.
  ///   - instructionSet: By default, or where the processor lacks the one asked for, the widest
  ///     that it has. Results of different sets differ by rounding.
  public init(threads: Int? = nil, instructionSet: InstructionSet? = nil) {
    let widest = InstructionSet.available.last ?? .baseline
    set = instructionSet.flatMap { $0.isAvailable ? $0 : nil } ?? widest
    kernels = set.kernels
    workers = WorkerPool(threads: threads)
  }

  /// Reads the weights, standardises those of convolutions in Double and packs them.
  /// - Throws: What the source throws; `CPUBackendError`; `CancellationError`.
  public func prepare(
    _ network: Network, weights: any WeightSource
  ) async throws -> any NetworkRunner {
    let prepared = try await ComputeQueue().perform { cancellation in
      try PreparedNetwork(
        network, weights: weights, kernels: kernels, workers: workers, cancellation: cancellation)
    }
    return CPUNetworkRunner(
      prepared, kernels: kernels, instructionSet: set, workers: workers)
  }
}
