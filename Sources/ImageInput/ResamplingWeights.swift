/// For every new pixel along one axis: which old pixels count, and how much.
///
/// Weights are integers with ``fractionBits`` fractional bits, rounded from Double as Pillow
/// rounds them, so that the sums over 8-bit samples are exact.
struct ResamplingWeights {
  /// An 8-bit sample times a weight must leave room in 32 bits for overshoot: 32 - 8 - 2.
  static let fractionBits: Int32 = 22

  /// The first old pixel that counts, for each new pixel.
  private(set) var starts: [Int] = []
  /// How many count from there.
  private(set) var counts: [Int] = []
  /// `stride` places for each new pixel, of which `counts` are used.
  private(set) var weights: [Int32] = []
  let stride: Int

  /// - Parameters:
  ///   - oldCount: pixels along the axis before resizing.
  ///   - newCount: pixels along the axis after resizing.
  ///   - window: those of the new pixels that are wanted.
  init(_ filter: Resampling, from oldCount: Int, to newCount: Int, window: Range<Int>) {
    let scale = Double(oldCount) / Double(newCount)
    // Shrinking stretches the kernel, so that every old pixel has its part.
    let stretch = max(scale, 1)
    let support = filter.support * stretch
    stride = min(Int(support.rounded(.up)) * 2 + 1, oldCount)
    starts.reserveCapacity(window.count)
    counts.reserveCapacity(window.count)
    weights = [Int32](repeating: 0, count: window.count * stride)
    var exact = [Double](repeating: 0, count: stride)
    for (position, index) in window.enumerated() {
      let center = (Double(index) + 0.5) * scale
      let start = max(0, Int(center - support + 0.5))
      let end = min(oldCount, Int(center + support + 0.5))
      let count = min(end - start, stride)
      ResamplingWeights.fill(
        &exact, first: start, count: count, center: center, step: 1 / stretch, filter)
      for tap in 0..<count {
        weights[position * stride + tap] = ResamplingWeights.fixedPoint(exact[tap])
      }
      starts.append(start)
      counts.append(count)
    }
  }

  /// Weights of the old pixels from `first` on, adding up to one.
  private static func fill(
    _ weights: inout [Double], first: Int, count: Int, center: Double, step: Double,
    _ filter: Resampling
  ) {
    var sum = 0.0
    for tap in 0..<count {
      weights[tap] = filter.weight((Double(first + tap) - center + 0.5) * step)
      sum += weights[tap]
    }
    guard sum != 0 else { return }
    for tap in 0..<count { weights[tap] /= sum }
  }

  private static func fixedPoint(_ weight: Double) -> Int32 {
    let scaled = weight * Double(1 << fractionBits)
    return Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
  }

  /// New pixels.
  var count: Int { starts.count }

  /// All old pixels that any of the new ones needs.
  var sources: Range<Int> {
    var range = starts.first.map { $0..<$0 } ?? 0..<0
    for (start, count) in zip(starts, counts) {
      range = min(range.lowerBound, start)..<max(range.upperBound, start + count)
    }
    return range
  }

  /// The same weights for old pixels that begin elsewhere.
  func shifted(by distance: Int) -> ResamplingWeights {
    var result = self
    result.starts = starts.map { $0 + distance }
    return result
  }
}
