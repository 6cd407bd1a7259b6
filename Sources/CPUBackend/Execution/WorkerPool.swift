import Dispatch
import Synchronization

/// Divides work among the processor's cores.
struct WorkerPool: Sendable {
  /// How many items are worked on at a time.
  let threads: Int

  /// Each thread needs room for its inputs.
  private static let threadLimit = 512

  /// - Parameter threads: `nil` for as many as the process may use processors.
  init(threads: Int?) {
    let wanted = threads ?? Machine.processors
    self.threads = min(max(wanted, 1), Self.threadLimit)
  }

  /// Calls `body` once for each item of `0..<count`, in no order, and returns when all are done.
  /// - Parameter body: Takes the item and the worker, `0..<threads`, that does it: no two calls at
  ///   the same time have the same worker.
  func forEach(_ count: Int, _ body: (_ item: Int, _ worker: Int) -> Void) {
    let workers = min(threads, count)
    guard workers > 1 else {
      for item in 0..<count { body(item, 0) }
      return
    }
    let next = Atomic(0)
    withoutActuallyEscaping(body) { body in
      // Items write to places of their own, as callers see to; pointers cannot say so.
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        while true {
          let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard item < count else { return }
          body(item, worker)
        }
      }
    }
  }
}
