/// Decides what still fits into the time that a validation may take, by what it took so far.
///
/// Checks come in the order of their work. A check is predicted to take the smallest overhead seen
/// and its work at the best rate seen: it is left out only where even that is too much.
struct TimeBudget {
  private let limit: Duration?
  private let start: ContinuousClock.Instant
  private var samples: [(work: Double, seconds: Double)] = []

  init(_ limit: Duration?, start: ContinuousClock.Instant = .now) {
    self.limit = limit
    self.start = start
  }

  mutating func note(work: Double, seconds: Double) {
    guard work > 0 else { return }
    samples.append((work, seconds))
  }

  /// Why a check is left out; `nil` if it fits.
  func refusal(work: Double, now: ContinuousClock.Instant = .now) -> String? {
    guard let limit else { return nil }
    let left = (limit - (now - start)) / .seconds(1)
    guard left > 0 else {
      return "the time limit of \(Self.text(limit / .seconds(1))) for beginning checks has passed"
    }
    guard let predicted = prediction(work: work), predicted > left else { return nil }
    return "it would take about \(Self.text(predicted)) on this device, and"
      + " \(Self.text(left)) are left of the time limit of \(Self.text(limit / .seconds(1))) for"
      + " beginning checks"
  }

  private func prediction(work: Double) -> Double? {
    guard let overhead = samples.map(\.seconds).min(),
      let largest = samples.map(\.work).max()
    else { return nil }
    let rate = samples.filter { $0.work >= largest / 4 }
      .map { max($0.seconds - overhead, 0) / $0.work }.min()
    return overhead + (rate ?? 0) * work
  }

  private static func text(_ seconds: Double) -> String {
    seconds >= 10 ? "\(Int(seconds.rounded())) s" : "\((seconds * 10).rounded() / 10) s"
  }
}
