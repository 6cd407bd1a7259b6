import BiTModel
import Dispatch
import Synchronization

/// A network with its packed weights.
///
/// Runs take turns. They compute on a queue of their own, so that they never hold the threads that
/// Swift's tasks share.
final class CPUNetworkRunner: NetworkRunner {
  private let queue = DispatchQueue(label: "CPUBackend")
  private let executor: Mutex<PlanExecutor>

  init(_ prepared: PreparedNetwork, kernels: VectorKernels, workers: WorkerPool) {
    executor = Mutex(PlanExecutor(prepared, kernels: kernels, workers: workers))
  }

  func run(_ input: HostTensor, returning nodes: [Network.NodeID]) async throws -> [HostTensor] {
    let cancellation = CancellationFlag()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        queue.async {
          continuation.resume(
            with: Result {
              try self.executor.withLock {
                try $0.run(input, returning: nodes, isCancelled: { cancellation.isSet })
              }
            })
        }
      }
    } onCancel: {
      cancellation.set()
    }
  }
}

/// Carries a task's cancellation to the queue that computes for it.
private final class CancellationFlag: Sendable {
  private let value = Atomic(false)

  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}
