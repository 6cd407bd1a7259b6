/// Whether a device still answers, as far as one use of it can tell: a context and all that is in
/// it, and every thread that makes calls for it. What is lost stays lost.
final class DeviceLife: Sendable {
  /// How much is over.
  enum Loss: Int, Comparable {
    /// Nobody waits any more; what the driver still has comes back and is released.
    case unwanted = 1
    /// The driver does not answer: no call is made again, not even to release something, for that
    /// may not return either.
    case unresponsive

    static func < (left: Loss, right: Loss) -> Bool { left.rawValue < right.rawValue }
  }

  private struct State {
    var loss: (kind: Loss, error: OpenCLError)?
    var watches: [ObjectIdentifier: CallWatch] = [:]
    var contexts = 0
    var whenLost: (@Sendable (OpenCLError) -> Void)?
  }

  private let state = Monitor(State())
  private let limits: DeviceTimeLimits

  init(limits: DeviceTimeLimits = .current) { self.limits = limits }

  /// Why the device is lost, if it is.
  var error: OpenCLError? { state.withLock { $0.loss?.error } }

  /// Whether what is in use may be released.
  var allowsReleases: Bool { state.withLock { $0.loss?.kind != .unresponsive } }

  /// Runs `body`, whose calls on this thread are watched: one that exceeds its limit ends this life.
  func observe<Result>(on device: String?, _ body: () throws -> Result) rethrows -> Result {
    let watch = CallWatch(limits) { [weak self] call, limit in
      let seconds = limit / .seconds(1)
      self?.end(
        .unresponsive,
        OpenCLError(.timedOut(waitingFor: call, seconds: seconds), device: device))
    }
    let loss = state.withLock { state in
      state.watches[ObjectIdentifier(watch)] = watch
      return state.loss
    }
    if let loss { watch.revoke(releases: loss.kind == .unresponsive) }
    defer { _ = state.withLock { $0.watches.removeValue(forKey: ObjectIdentifier(watch)) } }
    return try watch.observe(body)
  }

  /// What is told, at most once, of the end.
  func whenLost(_ action: @escaping @Sendable (OpenCLError) -> Void) {
    let error = state.withLock { state in
      state.whenLost = action
      return state.loss?.error
    }
    if let error { action(error) }
  }

  func end(_ kind: Loss, _ error: OpenCLError) {
    let change = state.update { state -> (isFirst: Bool, told: State, contexts: Int)? in
      if let loss = state.loss, loss.kind >= kind { return nil }
      let isFirst = state.loss == nil
      let contexts = kind == .unresponsive ? state.contexts : 0
      state.contexts -= contexts
      state.loss = (kind, state.loss?.error ?? error)
      return (isFirst, state, contexts)
    }
    guard let change else { return }
    for watch in change.told.watches.values { watch.revoke(releases: kind == .unresponsive) }
    if kind == .unresponsive {
      AbandonedWork.begin()
      OutstandingWork.contextsEnded(change.contexts)
    }
    if change.isFirst { change.told.whenLost?(error) }
  }

  func contextBegan() {
    state.withLock { $0.contexts += 1 }
    OutstandingWork.contextBegan()
  }

  /// Released, or left behind.
  func contextEnded() {
    let isCounted = state.withLock { state in
      guard state.contexts > 0 else { return false }
      state.contexts -= 1
      return true
    }
    if isCounted { OutstandingWork.contextsEnded(1) }
  }
}
