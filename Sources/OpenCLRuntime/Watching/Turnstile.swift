/// Lets so many in at once, the others in the order in which they came.
package actor Turnstile {
  private var free: Int
  private var arrivals = 0
  private var waiting: [(number: Int, continuation: CheckedContinuation<Void, any Error>)] = []

  package init(width: Int) { free = max(1, width) }

  /// Runs `body` when it is its turn.
  /// - Throws: What `body` throws; `CancellationError` where the task is cancelled before its turn.
  package nonisolated func passing<Output: Sendable>(
    _ body: @Sendable () async throws -> Output
  ) async throws -> Output {
    try await enter()
    do {
      let output = try await body()
      await leave()
      return output
    } catch {
      await leave()
      throw error
    }
  }

  private func enter() async throws {
    try Task.checkCancellation()
    guard free == 0 else {
      free -= 1
      return
    }
    arrivals += 1
    let number = arrivals
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<Void, any Error>) in
        // A cancellation that was handled before this line found nobody waiting.
        if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          waiting.append((number, continuation))
        }
      }
    } onCancel: {
      Task { await self.dismiss(number) }
    }
  }

  private func dismiss(_ number: Int) {
    guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
    waiting.remove(at: index).continuation.resume(throwing: CancellationError())
  }

  private func leave() {
    guard waiting.isEmpty else { return waiting.removeFirst().continuation.resume() }
    free += 1
  }
}
