/// Lets so many in at once, the others in the order they came.
actor Turnstile {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(width: Int) { free = width }

  nonisolated func passing<Output: Sendable>(
    _ body: @Sendable () async throws -> Output
  ) async throws -> Output {
    await enter()
    do {
      let output = try await body()
      await leave()
      return output
    } catch {
      await leave()
      throw error
    }
  }

  private func enter() async {
    guard free == 0 else {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  private func leave() {
    guard waiting.isEmpty else { return waiting.removeFirst().resume() }
    free += 1
  }
}
