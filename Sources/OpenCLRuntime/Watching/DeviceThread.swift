#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A thread of its own for the calls of one device, one job at a time in the order they come.
///
/// A driver's call may never return. Then the device is lost: whoever waits for it gets an error
/// that names the call, and the thread is left behind with all that it holds.
package final class DeviceThread: Sendable {
  /// For messages.
  private let device: String?
  let life: DeviceLife
  private let queue: JobQueue
  private let ownTurn = Turnstile(width: 1)

  package init(device: String?) {
    self.device = device
    let life = DeviceLife()
    let queue = JobQueue()
    (self.life, self.queue) = (life, queue)
    life.whenLost { queue.fail($0) }
    let isStarted = Thread.start { queue.work { job in life.observe(on: device, job) } }
    if !isStarted { queue.workWithoutThread() }
  }

  // What is queued is still done: releases among them.
  deinit { queue.end() }

  /// Why the device is lost, if it is: a call or a job exceeded its limit.
  package var loss: OpenCLError? { life.error }

  /// Whether a call did not return: then the device itself is at fault, not what it was asked for.
  package var isUnresponsive: Bool { !life.allowsReleases }

  /// Runs `body` on the thread, after what was asked for before.
  /// - Parameter limit: For the whole of it; `nil` leaves the limits of each call.
  /// - Throws: What `body` throws; why the device is lost.
  package func perform<Output: Sendable>(
    within limit: JobLimit? = nil, _ body: @escaping @Sendable () throws -> Output
  ) async throws -> Output {
    try await withCheckedThrowingContinuation { continuation in
      submit(limit, body) { continuation.resume(with: $0) }
    }
  }

  /// As `perform`, for what makes a device compile and set up: few devices do so at once, since
  /// each compiles on several threads. Others wait, without a thread, until it is their turn.
  ///
  /// The turn is awaited before the job's time begins, and never by a job. One device holds one turn
  /// at most, so that one that hangs leaves the others theirs.
  /// - Throws: As `perform`; `CancellationError`.
  package func prepare<Output: Sendable>(
    within limit: JobLimit? = nil, _ body: @escaping @Sendable () throws -> Output
  ) async throws -> Output {
    try await ownTurn.passing {
      try await Self.preparations.passing { try await perform(within: limit, body) }
    }
  }

  private static let preparations = Turnstile(
    width: max(2, ProcessInfo.processInfo.activeProcessorCount))

  /// As `perform`, blocking the caller's thread: for callers that are not asynchronous.
  package func performAndWait<Output: Sendable>(
    within limit: JobLimit? = nil, _ body: @escaping @Sendable () throws -> Output
  ) throws -> Output {
    let result = Monitor<Result<Output, any Error>?>(nil)
    submit(limit, body) { outcome in result.update { $0 = outcome } }
    result.wait { $0 != nil }
    guard let outcome = result.withLock({ $0 }) else { throw CancellationError() }
    return try outcome.get()
  }

  /// Gives something back on the thread, where a release that does not return harms nobody.
  func release(_ body: @escaping @Sendable () -> Void) {
    guard life.allowsReleases else { return }
    if queue.isCurrentThread {
      body()
    } else {
      submit(nil, isRelease: true, body) { _ in }
    }
  }

  private func submit<Output: Sendable>(
    _ limit: JobLimit?, isRelease: Bool = false, _ body: @escaping @Sendable () throws -> Output,
    _ deliver: @escaping @Sendable (Result<Output, any Error>) -> Void
  ) {
    let timer = limit.map { limit in
      JobTimer(limit) { [life, device] in
        let seconds = limit.time / .seconds(1)
        life.end(
          .unwanted,
          OpenCLError(.timedOut(waitingFor: limit.name, seconds: seconds), device: device))
      }
    }
    let job = JobQueue.Job(
      run: {
        if let timer { Watchdog.shared.add(timer) }
        let result = Result { try body() }
        if let timer { Watchdog.shared.remove(timer) }
        return { deliver(result) }
      }, fail: { deliver(.failure($0)) })
    if let error = queue.add(job, isRelease: isRelease) { deliver(.failure(error)) }
  }
}

/// How long a job may take, whatever calls it consists of.
package struct JobLimit: Sendable {
  /// What is being done, for the error.
  package let name: String
  package let time: Duration
  /// Replaces `time` as long as the process has been given less than twice `time` of processor
  /// time: a busy machine is not a slow driver.
  package let busyTime: Duration

  package init(_ name: String, _ time: Duration, busyTime: Duration? = nil) {
    self.name = name
    self.time = time
    self.busyTime = busyTime ?? time
  }

  /// Whether the process has been given so little processor time since it had used `start` that the
  /// machine is to blame for a job that takes long.
  package func isStarved(since start: Duration) -> Bool { ProcessorTime.used - start < time * 2 }
}

private final class JobTimer: Watchdog.Subject {
  private let limit: JobLimit
  private let isLate: @Sendable () -> Void
  private let processorTime = ProcessorTime.used
  private let start = Monitor<Duration?>(nil)

  init(_ limit: JobLimit, isLate: @escaping @Sendable () -> Void) {
    self.limit = limit
    self.isLate = isLate
  }

  func check(now: Duration, idle: Duration) {
    let start = start.withLock { start -> Duration in
      start = start ?? now
      return start ?? now
    }
    let isStarved = limit.isStarved(since: processorTime)
    if now - start > (isStarved ? limit.busyTime : limit.time) { isLate() }
  }
}
