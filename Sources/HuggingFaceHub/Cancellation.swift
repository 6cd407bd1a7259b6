import Dispatch
import Synchronization

/// Tells blocking work to stop.
package final class Cancellation: Sendable {
  private let isRequested = Atomic(false)
  private let wakeUp = DispatchSemaphore(value: 0)

  package init() {}

  package func cancel() {
    isRequested.store(true, ordering: .relaxed)
    wakeUp.signal()
  }

  var isCancelled: Bool { isRequested.load(ordering: .relaxed) }

  /// - Throws: `CancellationError`.
  func check() throws {
    if isCancelled { throw CancellationError() }
  }

  /// - Throws: `CancellationError`, as soon as that is so.
  func sleep(_ duration: Duration) throws {
    let (seconds, attoseconds) = duration.components
    let nanoseconds =
      Int(min(seconds, 1_000_000)) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    if wakeUp.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success { wakeUp.signal() }
    try check()
  }

  /// Runs blocking work on a thread of its own, so that it holds none of those that tasks share,
  /// and tells it when the task is cancelled.
  package static func run<Result: Sendable>(
    _ work: @escaping @Sendable (Cancellation) throws -> Result
  ) async throws -> Result {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "hub").async {
          continuation.resume(with: Swift.Result { try work(cancellation) })
        }
      }
    } onCancel: {
      cancellation.cancel()
    }
  }
}
