/// How often, and how long after, something that failed is tried again.
package struct RetryPolicy: Sendable {
  /// Tries without progress.
  package var attempts = 5
  package var firstDelay = Duration.milliseconds(500)
  package var longestDelay = Duration.seconds(10)
  /// What a server may ask for by `Retry-After`; beyond that the user is told.
  package var longestRequestedDelay = Duration.seconds(120)

  package init() {}

  /// Doubled each time, and jittered by half, so that many clients don't come back together.
  /// - Parameter failures: How often it failed so far, from 1.
  func delay(after failures: Int) -> Duration {
    let doublings = min(max(failures, 1) - 1, 16)
    let delay = min(firstDelay * (1 << doublings), longestDelay)
    return delay * Double.random(in: 0.5...1.5)
  }
}
