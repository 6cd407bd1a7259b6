import Glibc

/// Looks, every few milliseconds, at whatever may take too long.
///
/// Its time goes on only while it is itself given a processor: a process that was stopped, or that
/// starves on a busy machine, has not waited for a device all the while. It rests while there is
/// nothing to look at.
final class Watchdog: Sendable {
  /// What is looked at.
  protocol Subject: AnyObject, Sendable {
    /// - Parameters:
    ///   - now: The watchdog's time.
    ///   - idle: For how long the process has computed nothing.
    func check(now: Duration, idle: Duration)
  }

  static let shared = Watchdog()

  private struct State {
    var subjects: [ObjectIdentifier: any Subject] = [:]
    var isRunning = false
    var time = Duration.zero
    var busyUntil = Duration.zero
  }

  private static let period = Duration.milliseconds(20)
  /// The share of one processor below which a process computes nothing: looking and polling take
  /// less than a thousandth.
  private static let idleShare = 0.05

  private let state = Monitor(State())

  private init() {}

  func add(_ subject: any Subject) {
    let mustStart = state.update { state in
      state.subjects[ObjectIdentifier(subject)] = subject
      defer { state.isRunning = true }
      return !state.isRunning
    }
    // Without a thread nothing is limited, and nothing else is different.
    if mustStart, !Thread.start({ self.run() }) { state.withLock { $0.isRunning = false } }
  }

  func remove(_ subject: any Subject) {
    _ = state.withLock { $0.subjects.removeValue(forKey: ObjectIdentifier(subject)) }
  }

  /// For how long the process has computed nothing.
  var idleTime: Duration { state.withLock { $0.time - $0.busyUntil } }

  private func run() {
    var last = (wall: ContinuousClock.now, processor: ProcessorTime.used)
    while true {
      if state.withLock({ $0.subjects.isEmpty }) {
        state.wait { !$0.subjects.isEmpty }
        state.withLock { $0.busyUntil = $0.time }
        last = (.now, ProcessorTime.used)
      }
      Thread.sleep(Self.period)
      let (wall, processor) = (ContinuousClock.now, ProcessorTime.used)
      let passed = last.wall.duration(to: wall)
      let computed = processor - last.processor
      last = (wall, processor)
      let (subjects, now, idle) = state.withLock { state in
        state.time += min(passed, Self.period * 5)
        let isBusy = computed / passed >= Self.idleShare || ChildProcesses.exist
        if isBusy { state.busyUntil = state.time }
        return (Array(state.subjects.values), state.time, state.time - state.busyUntil)
      }
      for subject in subjects { subject.check(now: now, idle: idle) }
    }
  }
}
