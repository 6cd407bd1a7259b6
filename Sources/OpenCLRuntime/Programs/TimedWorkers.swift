import Glibc

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
  private let body: @Sendable (Int) -> Output
  private let state = Monitor(State())

  private init(_ count: Int, _ body: @escaping @Sendable (Int) -> Output) {
    self.count = count
    self.body = body
  }

  /// Calls `body` with 0 ..< `count` on at most `width` threads at once. A result is nil where the
  /// call took longer than `limit`.
  ///
  /// - Parameter busyLimit: Replaces `limit` as long as the process has been given less than twice
  ///   `limit` of processor time: a busy machine is not a slow driver.
  package static func run(
    count: Int, width: Int, limit: Duration, busyLimit: Duration? = nil,
    body: @escaping @Sendable (Int) -> Output
  ) -> [Output?] {
    let workers = TimedWorkers(count, body)
    let threads = (0..<min(width, count)).count { _ in workers.startThread() }
    // Without a single thread the calls are made here, where nothing can limit them.
    if threads == 0 { workers.work() }
    return workers.results(limit: limit, busyLimit: busyLimit ?? limit)
  }

  private func results(limit: Duration, busyLimit: Duration) -> [Output?] {
    let before = ProcessorTime.used
    while true {
      let isBusy = ProcessorTime.used - before < limit * 2
      let limit = isBusy ? busyLimit : limit
      let (finished, abandoned) = state.withLock { state -> (Int, Int) in
        let now = ContinuousClock.now
        let late = state.started.filter { $0.value.duration(to: now) > limit }.map(\.key)
        for index in late {
          state.started[index] = nil
          state.finished[index] = .some(nil)
          AbandonedWork.begin()
        }
        return (state.finished.count, late.count)
      }
      if finished == count { break }
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
      let output = body(index)
      guard end(index, output) else { return AbandonedWork.end() }
    }
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

  private func startThread() -> Bool {
    let start = Unmanaged.passRetained(ThreadStart { self.work() })
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, runThread, start.toOpaque())
    guard status == 0 else {
      start.release()
      return false
    }
    pthread_detach(thread)
    return true
  }
}

/// What a new thread is to do, as one pointer can carry it.
private final class ThreadStart {
  let run: () -> Void

  init(_ run: @escaping () -> Void) { self.run = run }
}

private func runThread(_ start: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let start else { return nil }
  Unmanaged<ThreadStart>.fromOpaque(start).takeRetainedValue().run()
  return nil
}
