internal import COpenCL

/// The calls that one thread makes for a device, looked at by the watchdog.
final class CallWatch: Watchdog.Subject, @unchecked Sendable {
  // Unchecked: the C side is atomic, and `seen` is touched by the watchdog's thread only.
  private let handle: OpaquePointer?
  private let limits: DeviceTimeLimits
  private let isLate: @Sendable (_ call: String, _ limit: Duration) -> Void
  private var seen: (count: UInt64, since: Duration)?

  init(
    _ limits: DeviceTimeLimits,
    isLate: @escaping @Sendable (_ call: String, _ limit: Duration) -> Void
  ) {
    self.limits = limits
    self.isLate = isLate
    handle = bitcl_call_watch_create()
  }

  deinit { bitcl_call_watch_destroy(handle) }

  /// Watches the calls that `body` makes on this thread.
  func observe<Result>(_ body: () throws -> Result) rethrows -> Result {
    let outer = bitcl_call_watch_attach(handle)
    Watchdog.shared.add(self)
    defer {
      Watchdog.shared.remove(self)
      _ = bitcl_call_watch_attach(outer)
    }
    return try body()
  }

  func check(now: Duration, idle: Duration) {
    var count: UInt64 = 0
    guard let handle, let call = bitcl_call_watch_look(handle, &count) else {
      seen = nil
      return
    }
    guard let seen, seen.count == count else {
      seen = (count, now)
      return
    }
    let name = String(cString: call)
    let elapsed = now - seen.since
    if elapsed > limits.limit(ofCall: name) {
      isLate(name, limits.limit(ofCall: name))
    } else if elapsed > limits.idle, idle > limits.idle {
      isLate(name, limits.idle)
    }
  }

  /// No further call is made; those that release something only if `releases`.
  func revoke(releases: Bool) {
    if let handle { bitcl_call_watch_revoke(handle, releases) }
  }
}
