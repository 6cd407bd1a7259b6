/// The columns of bench's tables.
enum BenchTable {
  static let columns = [
    "scenario", "size", "batch", "first ms", "p50 ms", "median within", "p95 ms", "p99 ms",
    "ms/image", "images/s", "GFLOP/s", "% of peak", "runs",
  ]

  /// The last column, where there is something to compare with.
  static let comparisonColumn = "beside the old one"

  static func cells(_ report: BenchReport) -> [String] {
    let times = report.perBatch
    let interval =
      "\(Text.fixed(times.interval.low, decimals: 2))–\(Text.fixed(times.interval.high, decimals: 2))"
    let first = Text.fixed(report.measurement.first / .milliseconds(1), decimals: 1)
    let milliseconds = [times.median, times.p95, times.p99, report.perImage.median].map {
      Text.fixed($0, decimals: 2)
    }
    return [
      report.scenario.rawValue, "\(report.input.height)x\(report.input.width)",
      "\(report.input.batch)", first, milliseconds[0], interval, milliseconds[1], milliseconds[2],
      milliseconds[3], Text.fixed(report.imagesPerSecond, decimals: 1),
      report.flops.map { Text.fixed($0 * 1e-9, decimals: 1) } ?? "",
      report.shareOfPeak.map { Text.fixed($0 * 100, decimals: 1) } ?? "",
      "\(report.measurement.times.count)",
    ] + (report.comparison.map { [$0.text] } ?? [])
  }

  /// What the table does not say by itself.
  static func notes(_ report: BenchReport) -> [String] {
    var notes: [String] = []
    if report.measurement.inFlight > 1 {
      notes.append(
        "\(report.measurement.inFlight) batches were under way at a time; p50 to p99 are from one"
          + " batch's end to the next one's")
    }
    let confidence = report.perBatch.interval.confidence
    if confidence < MedianInterval.wantedConfidence {
      notes.append(
        "so few runs leave the median's interval a confidence of "
          + "\(Text.fixed(confidence * 100, decimals: 0)) %")
    }
    return notes
  }
}
