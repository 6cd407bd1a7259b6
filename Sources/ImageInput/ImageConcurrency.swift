import Dispatch

/// How much of the machine one picture may use.
public enum ImageConcurrency: Sendable {
  /// The calling thread alone: for callers that prepare several pictures at once.
  case callingThread
  /// All cores, when there is enough to do.
  case allCores

  /// Multiply-adds for which handing a band to another core pays: a few hundred microseconds.
  private static let worthwhileWork = 500_000

  /// Calls `body` with ranges that together make up `0..<count`, perhaps at the same time.
  ///
  /// - Parameter work: multiply-adds of all of it.
  func forEachBand(of count: Int, work: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let bands = min(count, work / ImageConcurrency.worthwhileWork, ImageConcurrency.maximumBands)
    guard self == .allCores, bands > 1 else { return body(0..<count) }
    DispatchQueue.concurrentPerform(iterations: bands) { band in
      body(band * count / bands..<(band + 1) * count / bands)
    }
  }

  /// More than cores, so that a core that is busy elsewhere holds up little.
  private static let maximumBands = 64
}
