import Dispatch
import Synchronization

/// Computes one thing after the other, away from the threads that Swift's tasks share: those must
/// not be held for long.
struct ComputeQueue: Sendable {
  private let queue = DispatchQueue(label: "CPUBackend")

  /// Does the work and returns its result.
  /// - Parameter work: Should look at the flag now and then; it is set when the caller's task is
  ///   cancelled.
  func perform<Result: Sendable>(
    _ work: @escaping @Sendable (CancellationFlag) throws -> Result
  ) async throws -> Result {
    let cancellation = CancellationFlag()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        queue.async {
          continuation.resume(with: Swift.Result { try work(cancellation) })
        }
      }
    } onCancel: {
      cancellation.set()
    }
  }
}

/// Carries a task's cancellation to the thread that computes for it.
final class CancellationFlag: Sendable {
  private let isSet = Atomic(false)

  func set() { isSet.store(true, ordering: .relaxed) }

  /// - Throws: `CancellationError` once the flag is set.
  func check() throws {
    guard !isSet.load(ordering: .relaxed) else { throw CancellationError() }
  }
}
