/// When enough has been measured.
struct StoppingRule {
  enum Reason: String, Codable {
    /// The median is known closely enough.
    case spread
    /// As many runs as were asked for.
    case iterations
    /// Time was up.
    case limit
  }

  /// Exactly so many runs; without it, until the spread is reached.
  let iterations: Int?
  /// How far the median may be off, as a part of it.
  let spread: Double
  /// From the start of the warm-up on.
  let limit: Duration?

  /// Where no number is asked for.
  static let leastRuns = 10
  /// Less says nothing of a machine that is busy now and then.
  static let leastTime = Duration.seconds(1)
  static let mostRuns = 100_000
  static let defaultLimit = Duration.seconds(20)
}

/// Runs as they are measured, and whether there are enough.
struct Repetitions {
  let rule: StoppingRule
  private let start: ContinuousClock.Instant
  private(set) var times: [Duration] = []
  /// The interval is not looked at after each run: who looks often enough finds it narrow by chance.
  private var nextLook = StoppingRule.leastRuns

  /// - Parameter start: When the warm-up began.
  init(_ rule: StoppingRule, since start: ContinuousClock.Instant) {
    self.rule = rule
    self.start = start
  }

  /// - Returns: Why no further run is needed; `nil` where one is.
  mutating func add(_ time: Duration) -> StoppingRule.Reason? {
    times.append(time)
    if times.count == rule.iterations ?? StoppingRule.mostRuns { return .iterations }
    if rule.iterations == nil, times.count >= nextLook, elapsed >= StoppingRule.leastTime {
      nextLook = times.count * 5 / 4
      if TimeStatistics(times).spread <= rule.spread { return .spread }
    }
    return isTimeUp ? .limit : nil
  }

  /// Whether nothing more is to be measured, the warm-up's runs included.
  var isTimeUp: Bool { rule.limit.map { elapsed >= $0 } ?? false }

  private var elapsed: Duration { start.duration(to: .now) }
}
