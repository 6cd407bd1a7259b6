import BiTModel

/// A network with the learnt values of each of its nodes.
struct PreparedNetwork: Sendable {
  let network: Network
  /// By node.
  let operations: [PreparedOperation]
  /// What the weights take.
  let byteCount: Int

  /// - Throws: What the source throws; `CPUBackendError`; `CancellationError`.
  init(
    _ network: Network, weights: any WeightSource, kernels: VectorKernels, workers: WorkerPool,
    cancellation: CancellationFlag
  ) throws {
    let byteCount = 4 * network.parameters.reduce(0) { $0 + $1.count }
    let memory = Machine.memory
    guard byteCount <= memory else {
      throw CPUBackendError.weightsTooLarge(byteCount: byteCount, machineMemory: memory)
    }
    self.network = network
    self.byteCount = byteCount
    operations = try network.nodes.map { node in
      try cancellation.check()
      return try PreparedOperation(
        node.operation, weights: weights, kernels: kernels, workers: workers)
    }
  }
}
