/// A measurement beside an older one of the same thing.
struct BenchComparison: Encodable {
  enum Verdict: String, Encodable {
    case faster, slower
    /// The two differ by no more than their spread, or than two runs of the same program do.
    case undecided = "no difference can be told"
    /// Too few runs to say anything.
    case tooFewRuns = "too few runs"
    /// The older file has nothing to compare with.
    case notMeasured = "not in the old file"
  }

  let verdict: Verdict
  /// Of the old batches, in milliseconds.
  let oldMedian: Double?
  /// The new median as a part of the old one, and where this lies with a confidence of 95 %.
  let ratio: Double?
  let low: Double?
  let high: Double?

  private enum CodingKeys: String, CodingKey {
    case verdict, ratio
    case oldMedian = "old_median_ms"
    case low = "ratio_low"
    case high = "ratio_high"
  }

  /// What two processes of the same program may differ by, whatever their spreads: where their memory
  /// lies, and what the machine does meanwhile, stays the same within a process.
  static let leastDifference = 0.01

  /// - Parameter old: `nil` where the file has no such measurement.
  init(_ new: TimeStatistics, beside old: BenchBaseline.Row?) {
    guard let old else {
      (verdict, oldMedian, ratio, low, high) = (.notMeasured, nil, nil, nil, nil)
      return
    }
    let ratio = new.median / old.median
    (low, high) = Self.interval(new.median, new.interval, old.median, old.interval)
    self.ratio = ratio
    oldMedian = old.median
    let confidence = min(new.interval.confidence, old.interval.confidence)
    if confidence < MedianInterval.wantedConfidence {
      verdict = .tooFewRuns
    } else if let high, high < 1, ratio < 1 - Self.leastDifference {
      verdict = .faster
    } else if let low, low > 1, ratio > 1 + Self.leastDifference {
      verdict = .slower
    } else {
      verdict = .undecided
    }
  }

  /// Of a ratio, from the intervals of its terms: the distances to their ends add up as squares do, on
  /// a logarithmic scale. (Donner & Zou, Closed-form confidence intervals for functions of the normal
  /// mean and standard deviation, doi:10.1177/0962280210383082.)
  private static func interval(
    _ median: Double, _ new: MedianInterval, _ oldMedian: Double, _ old: MedianInterval
  ) -> (low: Double, high: Double) {
    func joined(_ first: Double, _ second: Double) -> Double {
      (first * first + second * second).squareRoot()
    }
    let down = joined(logarithm(median / new.low), logarithm(old.high / oldMedian))
    let up = joined(logarithm(new.high / median), logarithm(oldMedian / old.low))
    let ratio = median / oldMedian
    return (ratio * exponential(-down), ratio * exponential(up))
  }

  /// `0.92 (0.90–0.94) faster`
  var text: String {
    guard let ratio, let low, let high else { return verdict.rawValue }
    let numbers = [ratio, low, high].map { Text.fixed($0, decimals: 3) }
    return "\(numbers[0]) (\(numbers[1])–\(numbers[2])) \(verdict.rawValue)"
  }
}
