/// What many runs took, in milliseconds.
struct TimeStatistics: Encodable {
  let min: Double
  let median: Double
  let p95: Double
  let p99: Double
  let max: Double
  let mean: Double
  /// Where the median lies.
  let interval: MedianInterval

  private enum CodingKeys: String, CodingKey {
    case min, median, p95, p99, max, mean
  }

  /// - Parameter times: At least one, in the order in which they were measured.
  init(_ times: [Duration], dividedBy divisor: Int = 1) {
    let milliseconds = times.map { $0 / .milliseconds(1) / Double(divisor) }
    let sorted = milliseconds.sorted()
    let middle = sorted.count / 2
    // The nearest rank: the smallest time that so many of 100 do not exceed.
    func percentile(_ percent: Int) -> Double { sorted[(sorted.count * percent + 99) / 100 - 1] }
    min = sorted[0]
    median =
      sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    p95 = percentile(95)
    p99 = percentile(99)
    max = sorted[sorted.count - 1]
    mean = sorted.reduce(0, +) / Double(sorted.count)
    interval = MedianInterval(milliseconds)
  }

  /// How far the median may be off, as a part of it; infinite where that cannot be told with the
  /// wanted confidence.
  var spread: Double {
    interval.confidence >= MedianInterval.wantedConfidence
      ? interval.spread(around: median) : .infinity
  }
}
