/// What many runs took, in milliseconds.
struct TimeStatistics: Encodable {
  let min: Double
  let median: Double
  let p95: Double
  let p99: Double
  let max: Double

  /// - Parameter times: At least one.
  init(_ times: [Duration], dividedBy divisor: Int = 1) {
    let sorted = times.map { $0 / .milliseconds(1) / Double(divisor) }.sorted()
    let middle = sorted.count / 2
    // The nearest rank: the smallest time that so many of 100 do not exceed.
    func percentile(_ percent: Int) -> Double { sorted[(sorted.count * percent + 99) / 100 - 1] }
    min = sorted[0]
    median =
      sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    p95 = percentile(95)
    p99 = percentile(99)
    max = sorted[sorted.count - 1]
  }
}
