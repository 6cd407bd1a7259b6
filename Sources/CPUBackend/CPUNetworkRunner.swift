import BiTModel
import Synchronization

/// A network with its packed weights. Runs take turns.
final class CPUNetworkRunner: NetworkRunner {
  private let queue = ComputeQueue()
  private let executor: Mutex<PlanExecutor>

  init(_ prepared: PreparedNetwork, kernels: VectorKernels, workers: WorkerPool) {
    executor = Mutex(PlanExecutor(prepared, kernels: kernels, workers: workers))
  }

  func run(_ input: HostTensor, returning nodes: [Network.NodeID]) async throws -> [HostTensor] {
    try await queue.perform { cancellation in
      try self.executor.withLock {
        try $0.run(input, returning: nodes, cancellation: cancellation)
      }
    }
  }
}
