import Glibc
import Synchronization

/// The jobs of a device's thread. Each is answered exactly once: by its result, or by the error
/// that ended the device's life.
final class JobQueue: Sendable {
  final class Job: Sendable {
    /// Does it; what is returned tells the result.
    let run: @Sendable () -> @Sendable () -> Void
    let fail: @Sendable (OpenCLError) -> Void

    init(
      run: @escaping @Sendable () -> @Sendable () -> Void,
      fail: @escaping @Sendable (OpenCLError) -> Void
    ) {
      self.run = run
      self.fail = fail
    }
  }

  private struct State {
    var waiting: [Job] = []
    var current: Job?
    var loss: OpenCLError?
    var isEnding = false
    /// Jobs are run by whoever brings them.
    var hasNoThread = false
  }

  private let state = Monitor(State())
  private let thread = Atomic<UInt>(0)

  /// Whether the caller is one of this queue's jobs.
  var isCurrentThread: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

  /// - Parameter isRelease: What a lost device's thread still does, once it comes back.
  /// - Returns: Why the job will not be done, if so.
  func add(_ job: Job, isRelease: Bool) -> OpenCLError? {
    let (loss, runsHere) = state.update { state -> (OpenCLError?, Bool) in
      if let loss = state.loss, !isRelease { return (loss, false) }
      if state.hasNoThread { return (nil, true) }
      OutstandingWork.jobBegan()
      state.waiting.append(job)
      return (nil, false)
    }
    if runsHere { job.run()() }
    return loss
  }

  /// Takes jobs until `end`.
  /// - Parameter observe: Is given each job to run, and to drop: what a job held ends with it.
  func work(_ observe: (() -> Void) -> Void) {
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    while waitForJob() {
      var isWanted = true
      observe {
        guard let job = takeJob() else { return }
        let tell = job.run()
        isWanted = finish(job)
        if isWanted { tell() }
      }
      if isWanted { OutstandingWork.jobEnded() } else { AbandonedWork.end() }
    }
  }

  func workWithoutThread() { state.withLock { $0.hasNoThread = true } }

  /// No job comes any more; those that wait are still done.
  func end() { state.update { $0.isEnding = true } }

  /// Answers all jobs with an error, also the one that is under way.
  func fail(_ error: OpenCLError) {
    let jobs = state.update { state -> [Job] in
      let jobs = [state.current].compactMap { $0 } + state.waiting
      if state.current != nil { AbandonedWork.begin() }
      (state.current, state.waiting, state.loss) = (nil, [], error)
      return jobs
    }
    for job in jobs {
      job.fail(error)
      OutstandingWork.jobEnded()
    }
  }

  /// - Returns: False where none will come.
  private func waitForJob() -> Bool {
    state.wait { !$0.waiting.isEmpty || $0.isEnding }
    return state.withLock { !$0.waiting.isEmpty }
  }

  private func takeJob() -> Job? {
    state.withLock { state in
      guard !state.waiting.isEmpty else { return nil }
      let job = state.waiting.removeFirst()
      state.current = job
      return job
    }
  }

  /// - Returns: Whether the job is still unanswered.
  private func finish(_ job: Job) -> Bool {
    state.withLock { state in
      guard state.current === job else { return false }
      state.current = nil
      return true
    }
  }
}
