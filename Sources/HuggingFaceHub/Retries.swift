import HubCache

/// Something that went wrong and may go right next time.
struct Setback {
  let url: String
  let reason: String
  let advice: String
  /// How often to try in all.
  let attempts: Int
  /// What the server asked for.
  var requestedDelay: Duration?

  var error: HubError { .unreachable(url: url, reason: reason, advice: advice) }
}

/// Waits after setbacks, and gives up when there were too many without progress.
struct Retries {
  private let settings: HubSettings
  private let cancellation: Cancellation
  private let report: (PullEvent) -> Void
  private var failures = 0

  init(
    _ settings: HubSettings, _ cancellation: Cancellation, report: @escaping (PullEvent) -> Void
  ) {
    self.settings = settings
    self.cancellation = cancellation
    self.report = report
  }

  mutating func madeProgress() { failures = 0 }

  /// Returns when it is time to try again.
  /// - Throws: `HubError.unreachable` when there were enough; `CancellationError`.
  mutating func wait(after setback: Setback) throws {
    failures += 1
    guard failures < min(setback.attempts, settings.retries.attempts) else { throw setback.error }
    var delay = settings.retries.delay(after: failures)
    if let requested = setback.requestedDelay {
      guard requested <= settings.retries.longestRequestedDelay else { throw setback.error }
      delay = max(delay, requested)
    }
    report(.retrying(reason: setback.reason, delay: delay))
    try cancellation.sleep(delay)
  }
}
