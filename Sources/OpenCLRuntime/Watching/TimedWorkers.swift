/// Runs calls that may never return, several at once, each with a limit.
///
/// The threads are ours and not the pool's: a driver's compiler blocks for seconds, and a thread
/// whose call exceeded the limit cannot be stopped. It is left behind, and its result is dropped
/// whenever it comes.
package final class TimedWorkers<Output: Sendable>: Sendable {
  private struct State {
    var next = 0
    var started: [Int: ContinuousClock.Instant] = [:]
    /// Nil inside: the limit was exceeded.
    var finished: [Int: Output?] = [:]
  }

  private let count: Int
  private let life: DeviceLife?
  private let device: String?
  private let body: @Sendable (Int) -> Output
  private let state = Monitor(State())

  private init(
    _ count: Int, _ context: Context?, _ body: @escaping @Sendable (Int) -> Output
  ) {
    self.count = count
    life = context?.life
    device = context?.device.label
    self.body = body
  }

  /// Calls `body` with 0 ..< `count` on at most `width` threads at once. A result is nil where the
  /// call took longer than `limit`.
  ///
  /// - Parameter context: Where the calls are made; when its device is lost, all that is unfinished
  ///   is given up.
  package static func run(
    count: Int, width: Int, limit: Duration, in context: Context? = nil,
    body: @escaping @Sendable (Int) -> Output
  ) -> [Output?] {
    let workers = TimedWorkers(count, context, body)
    let threads = (0..<min(width, count)).count { _ in workers.startThread() }
    // Without a single thread the calls are made here, where nothing can limit them.
    if threads == 0 { workers.work() }
    return workers.results(limit: limit)
  }

  private func results(limit: Duration) -> [Output?] {
    while true {
      let isLost = life?.error != nil
      let (finished, abandoned) = state.withLock { state -> (Int, Int) in
        let now = ContinuousClock.now
        let late = state.started.filter { isLost || $0.value.duration(to: now) > limit }.map(\.key)
        for index in late {
          state.started[index] = nil
          state.finished[index] = .some(nil)
          AbandonedWork.begin()
        }
        // What has not begun is not begun any more.
        if isLost { state.next = count }
        return (state.finished.count, late.count)
      }
      if finished == count || isLost { break }
      // The threads left behind are replaced, so that the rest gets its turn.
      for _ in 0..<abandoned {
        let isReplaced = startThread()
        if !isReplaced { work() }
      }
      state.wait(milliseconds: 20) { $0.finished.count > finished }
    }
    return state.withLock { state in (0..<count).map { state.finished[$0] ?? nil } }
  }

  /// Takes calls until none is left, or until one took so long that it was given up.
  private func work() {
    while let index = begin() {
      let isWanted = observed {
        let output = body(index)
        return end(index, output)
      }
      guard isWanted else { return AbandonedWork.end() }
    }
  }

  /// The output is dropped in here as well, where its end's calls are watched.
  private func observed(_ body: () -> Bool) -> Bool {
    life.map { $0.observe(on: device, body) } ?? body()
  }

  private func begin() -> Int? {
    state.withLock { state in
      guard state.next < count else { return nil }
      defer { state.next += 1 }
      state.started[state.next] = .now
      return state.next
    }
  }

  private func end(_ index: Int, _ output: Output) -> Bool {
    state.update { state in
      guard state.started.removeValue(forKey: index) != nil else { return false }
      state.finished[index] = output
      return true
    }
  }

  private func startThread() -> Bool { Thread.start { self.work() } }
}
