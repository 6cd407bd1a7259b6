import CResampling

/// For every new pixel along one axis: which old pixels count, and how much.
///
/// Weights are integers with ``fractionBits`` fractional bits, rounded from Double as Pillow
/// rounds them, so that the sums over 8-bit samples are exact.
struct ResamplingWeights {
  private static let fractionBits = RESAMPLING_FRACTION_BITS

  /// The first old pixel that counts, for each new pixel, in ascending order.
  private var starts: [Int32] = []
  /// `taps` for each new pixel. Where fewer old pixels count the rest are zeros, which change no
  /// sum; at the far end they come first, so that no old pixel beyond the last is looked at.
  private var weights: [Int32] = []
  /// Old pixels that are looked at for each new one.
  let taps: Int

  /// - Parameters:
  ///   - oldCount: pixels along the axis before resizing.
  ///   - newCount: pixels along the axis after resizing.
  ///   - window: those of the new pixels that are wanted.
  init(_ filter: Resampling, from oldCount: Int, to newCount: Int, window: Range<Int>) {
    let scale = Double(oldCount) / Double(newCount)
    // Shrinking stretches the kernel, so that every old pixel has its part.
    let stretch = max(scale, 1)
    let support = filter.support * stretch
    let most = min(Int(support.rounded(.up)) * 2 + 1, oldCount)
    func center(_ index: Int) -> Double { (Double(index) + 0.5) * scale }
    let sources = window.map { index in
      let start = max(0, Int(center(index) - support + 0.5))
      let end = min(oldCount, Int(center(index) + support + 0.5))
      return start..<start + max(0, min(end - start, most))
    }
    taps = sources.reduce(0) { max($0, $1.count) }
    starts.reserveCapacity(window.count)
    weights = [Int32](repeating: 0, count: window.count * taps)
    var exact = [Double](repeating: 0, count: taps)
    for (position, source) in sources.enumerated() {
      ResamplingWeights.fill(
        &exact, first: source.lowerBound, count: source.count,
        center: center(window.lowerBound + position),
        step: 1 / stretch, filter)
      let start = min(source.lowerBound, oldCount - taps)
      let skipped = source.lowerBound - start
      for tap in 0..<source.count {
        weights[position * taps + skipped + tap] = ResamplingWeights.fixedPoint(exact[tap])
      }
      starts.append(Int32(start))
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

  /// All old pixels that any of the new ones looks at.
  var sources: Range<Int> {
    guard let first = starts.first, let last = starts.last else { return 0..<0 }
    return Int(first)..<Int(last) + taps
  }

  /// The same weights for old pixels that begin elsewhere.
  func shifted(by distance: Int) -> ResamplingWeights {
    var result = self
    result.starts = starts.map { $0 + Int32(distance) }
    return result
  }

  /// Calls `body` with the weights as C takes them.
  func withAxis(_ body: (UnsafePointer<resampling_axis>) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      weights.withUnsafeBufferPointer { weights in
        var axis = resampling_axis(
          starts: starts.baseAddress, weights: weights.baseAddress, count: starts.count,
          taps: taps)
        body(&axis)
      }
    }
  }
}
