import OpenCLRuntime
import Testing

@Suite("Turnstiles")
struct TurnstileTests {
  @Test("no more than so many are in at once, and all get in")
  func width() async throws {
    let turnstile = Turnstile(width: 3)
    let visitors = Visitors()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<100 {
        group.addTask {
          try await turnstile.passing {
            await visitors.come()
            await Task.yield()
            await visitors.go()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(await visitors.gone == 100)
    #expect(await visitors.most <= 3)
  }

  private actor Visitors {
    private var inside = 0
    private(set) var most = 0
    private(set) var gone = 0

    func come() {
      inside += 1
      most = max(most, inside)
    }

    func go() {
      inside -= 1
      gone += 1
    }
  }

  @Test("an error gives the place to the next, and who is cancelled waits no longer")
  func errors() async throws {
    struct Failure: Error {}
    let turnstile = Turnstile(width: 1)
    let failed = await Task { try await turnstile.passing { throw Failure() } }.result
    #expect(throws: Failure.self) { try failed.get() }
    let outcome = try await turnstile.passing {
      let waiting = Task { try await turnstile.passing {} }
      waiting.cancel()
      return await waiting.result
    }
    #expect(throws: CancellationError.self) { try outcome.get() }
    let last = try await turnstile.passing { 7 }
    #expect(last == 7)
  }
}
