internal import COpenCL
import Glibc

extension CommandQueue {
  /// How long a wait may take before the device is given up.
  package static var defaultTimeout: Duration { DeviceTimeLimits.current.work }

  /// Waits until everything enqueued so far is done.
  ///
  /// Throws if a command failed, or `.timedOut` after the limit: `clFinish` on a hung device would
  /// never return.
  package func finish(timeout: Duration = defaultTimeout) throws(OpenCLError) {
    let end = try marker()
    try wait(for: end, timeout: timeout)
  }

  /// Flushes, then waits until the command of `event` is done, with a limit. If it is exceeded,
  /// the context counts as given up.
  ///
  /// Looks often at first and then ever more rarely, so that short work is noticed soon and long
  /// work costs no processor time, which a device of CPU type needs itself.
  package func wait(
    for event: borrowing Event, timeout: Duration = defaultTimeout
  ) throws(OpenCLError) {
    try flush()
    let clock = ContinuousClock()
    let start = clock.now
    while try !event.isComplete {
      let elapsed = start.duration(to: clock.now)
      if elapsed < Self.spinTime {
        sched_yield()
        continue
      }
      if let limit = exceededLimit(elapsed, timeout: timeout) {
        let seconds = limit / .seconds(1)
        let error = OpenCLError(
          .timedOut(waitingFor: "the device", seconds: seconds), device: label)
        context.giveUp(error)
        throw error
      }
      Thread.sleep(min(elapsed / Self.patience, Self.longestPause))
    }
  }

  private func exceededLimit(_ elapsed: Duration, timeout: Duration) -> Duration? {
    if elapsed >= timeout { return timeout }
    // A device of CPU type computes in this process: while that is idle, nothing will come.
    let idle = DeviceTimeLimits.current.idle
    guard context.device.kind == .cpu, elapsed > idle, Watchdog.shared.idleTime > idle else {
      return nil
    }
    return idle
  }

  private static var spinTime: Duration { .microseconds(50) }
  /// A pause is this fraction of the time waited so far: the most by which a wait is prolonged.
  private static var patience: Int { 100 }
  private static var longestPause: Duration { .milliseconds(10) }
}
