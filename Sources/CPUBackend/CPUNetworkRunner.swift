import BiTModel
import Synchronization

/// A network with its packed weights. Runs take turns.
final class CPUNetworkRunner: NetworkRunner {
  private let queue = ComputeQueue()
  private let executor: Mutex<PlanExecutor>
  private let network: Network
  private let tile: String

  init(
    _ prepared: PreparedNetwork, kernels: VectorKernels, instructionSet: InstructionSet,
    workers: WorkerPool
  ) {
    network = prepared.network
    tile =
      "\(instructionSet), tile of \(kernels.tilePixels) pixels x \(kernels.panelWidth) channels"
    executor = Mutex(PlanExecutor(prepared, kernels: kernels, workers: workers))
  }

  func run(_ input: HostTensor, returning nodes: [Network.NodeID]) async throws -> [HostTensor] {
    try await queue.perform { cancellation in
      try self.executor.withLock {
        try $0.run(input, returning: nodes, cancellation: cancellation)
      }
    }
  }

  func provenance(
    of nodes: [Network.NodeID], input: TensorShape, kept: [Network.NodeID]
  ) async -> [String?] {
    nodes.map { "\(network.nodes[$0].operation.word) (\(tile))" }
  }
}
