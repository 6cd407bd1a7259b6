import BiTModel

/// Runs networks in Float on the processor's vector units, without OpenCL: what the program falls
/// back to.
public struct CPUBackend: Backend {
  public let name = "cpu"

  let instructionSet: InstructionSet
  let workers: WorkerPool

  /// - Parameters:
  ///   - threads: How many threads compute; by default as many as processors are at hand. Results
  ///     do not depend on it.
  ///   - instructionSet: The widest that the processor has, by default or where it lacks the one
  ///     asked for. Results of different sets differ by rounding.
  public init(threads: Int? = nil, instructionSet: InstructionSet? = nil) {
    let available = InstructionSet.available
    self.instructionSet =
      instructionSet.flatMap { available.contains($0) ? $0 : nil } ?? available.last ?? .baseline
    workers = WorkerPool(threads: threads)
  }

  /// Reads the weights, standardises the convolutions' in Double and packs them.
  /// - Throws: What the source throws; `CPUBackendError`; `CancellationError`.
  public func prepare(
    _ network: Network, weights: any WeightSource
  ) async throws -> any NetworkRunner {
    let kernels = instructionSet.kernels
    let prepared = try PreparedNetwork(
      network, weights: weights, kernels: kernels, workers: workers)
    return CPUNetworkRunner(prepared, kernels: kernels, workers: workers)
  }
}
