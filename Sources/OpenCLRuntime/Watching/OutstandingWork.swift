/// What this process still has to do on its devices: jobs of device threads, among them releases,
/// and contexts that are not released yet.
package enum OutstandingWork {
  private struct State {
    var jobs = 0
    var contexts = 0
  }

  private static let state = Monitor(State())

  static func jobBegan() { state.withLock { $0.jobs += 1 } }
  static func jobEnded() { state.update { $0.jobs -= 1 } }
  static func contextBegan() { state.withLock { $0.contexts += 1 } }
  static func contextsEnded(_ count: Int) { state.update { $0.contexts -= count } }

  /// Waits until no job is left.
  /// - Returns: False if one is, after `limit`.
  static func finish(within limit: Duration) -> Bool {
    state.wait(milliseconds: Int(limit / .milliseconds(1))) { $0.jobs == 0 }
    return state.withLock { $0.jobs == 0 }
  }

  /// For a program that is about to end and has dropped all that it used: waits until the devices'
  /// objects are released. Those of a device that is lost are not waited for.
  package static func finishReleases(within limit: Duration) {
    state.wait(milliseconds: Int(limit / .milliseconds(1))) { $0.jobs == 0 && $0.contexts == 0 }
    // Once is enough: the exit that follows is not to wait again.
    if state.withLock({ $0.jobs > 0 }) { AbandonedWork.begin() }
  }
}
