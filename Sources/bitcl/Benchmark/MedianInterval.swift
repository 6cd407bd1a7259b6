/// Where the median of many runs lies, told by their ranks alone: whatever the distribution of the
/// times, the median of all possible runs is below the k-th smallest of n only if fewer than k of
/// them came out below it, which has the probability of fewer than k heads in n throws of a coin.
/// (Conover, Practical Nonparametric Statistics, 3.2: confidence interval for a quantile.)
///
/// That takes runs for independent. On a machine that does other things too, those near one another
/// are alike; so the medians of a dozen stretches of the measurement are looked at in the same way,
/// and the interval holds both.
struct MedianInterval: Codable, Hashable {
  private(set) var low: Double
  private(set) var high: Double
  /// The probability that the interval holds the median; less than 0.95 for fewer than 6 runs.
  let confidence: Double

  static let wantedConfidence = 0.95

  private static let stretches = 12
  private static let leastStretch = 5

  /// - Parameter times: At least one, in the order in which they were measured.
  init(_ times: [Double]) {
    self.init(sorted: times.sorted())
    let length = times.count / Self.stretches
    guard length >= Self.leastStretch else { return }
    let medians = (0..<Self.stretches).map { stretch in
      times[(stretch * length)..<((stretch + 1) * length)].sorted()[length / 2]
    }
    let slow = MedianInterval(sorted: medians.sorted())
    low = min(low, slow.low)
    high = max(high, slow.high)
  }

  /// - Parameter sorted: At least one time, the smallest first.
  private init(sorted: [Double]) {
    let (rank, confidence) = Self.rank(count: sorted.count)
    low = sorted[rank - 1]
    high = sorted[sorted.count - rank]
    self.confidence = confidence
  }

  /// How far the median may be from `median`, as a part of it.
  func spread(around median: Double) -> Double {
    guard median > 0 else { return high > low ? .infinity : 0 }
    return max(high - median, median - low) / median
  }

  /// The rank from either end that leaves the wanted confidence, or else the first.
  private static func rank(count: Int) -> (rank: Int, confidence: Double) {
    // 2 to the power of −1022 is the smallest normal number.
    guard count <= 1000 else { return approximateRank(count: count) }
    // The probabilities of exactly 0, 1, 2 … heads, and of at most so many.
    var probability = 1.0
    for _ in 0..<count { probability /= 2 }
    var tail = probability
    var rank = 1
    while true {
      let next = probability * Double(count - rank + 1) / Double(rank)
      guard 1 - 2 * (tail + next) >= wantedConfidence else { break }
      probability = next
      tail += next
      rank += 1
    }
    return (rank, max(0, 1 - 2 * tail))
  }

  /// The binomial distribution as a normal one: 1.96 standard deviations, of √count / 2 each.
  private static func approximateRank(count: Int) -> (rank: Int, confidence: Double) {
    let rank = (Double(count) / 2 - 0.98 * Double(count).squareRoot()).rounded(.down)
    return (max(1, Int(rank)), wantedConfidence)
  }
}
