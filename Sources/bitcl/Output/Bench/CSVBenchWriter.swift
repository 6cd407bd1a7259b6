import BigTransfer

/// A row a measurement, and below it one for each of its steps where they were timed.
struct CSVBenchWriter: BenchWriter {
  let output: ByteSink

  private static let columns = [
    "model", "device", "driver", "kernels", "threads", "scenario", "height", "width", "batch",
    "batches_in_flight", "step", "iterations", "first_ms", "median_ms", "median_low_ms",
    "median_high_ms", "median_confidence", "min_ms", "p95_ms", "p99_ms", "max_ms",
    "images_per_second", "gflop_per_second", "gb_per_second", "share_of_time", "share_of_peak",
    "peak_opencl_gflop_per_second", "peak_c_gflop_per_second", "old_median_ms", "ratio",
    "ratio_low", "ratio_high", "verdict",
  ]

  func begin(_ subject: BenchSubject, peak: ArithmeticPeak?) throws {
    try output.write(CSV.row(Self.columns))
    try output.flush()
  }

  func write(_ report: BenchReport) throws {
    let subject = report.subject
    let identity = [
      subject.model, subject.device, subject.driver ?? "", subject.kernels ?? "",
      "\(subject.threads)", report.scenario.rawValue, "\(report.input.height)",
      "\(report.input.width)", "\(report.input.batch)", "\(report.measurement.inFlight)",
    ]
    try output.write(CSV.row(identity + Self.figures(report)))
    let operations = report.operations?.rows ?? []
    for step in operations {
      var cells = [step.name, "", "", "\(step.milliseconds)"]
      cells += [String](repeating: "", count: 8)
      cells += [
        Self.text(step.gigaflops), Self.text(step.gigabytes), "\(step.share)",
        Self.text(step.shareOfPeak),
      ]
      let rest = Self.columns.count - identity.count - cells.count
      try output.write(CSV.row(identity + cells + [String](repeating: "", count: rest)))
    }
    try output.flush()
  }

  private static func figures(_ report: BenchReport) -> [String] {
    let times = report.perBatch
    let comparison = report.comparison
    return [
      "", "\(report.measurement.times.count)", "\(report.measurement.first / .milliseconds(1))",
      "\(times.median)", "\(times.interval.low)", "\(times.interval.high)",
      "\(times.interval.confidence)", "\(times.min)", "\(times.p95)", "\(times.p99)",
      "\(times.max)", "\(report.imagesPerSecond)", text(report.flops.map { $0 * 1e-9 }), "", "",
      text(report.shareOfPeak), text(report.peak?.openCL.map { $0 * 1e-9 }),
      text(report.peak?.native.map { $0 * 1e-9 }), text(comparison?.oldMedian),
      text(comparison?.ratio), text(comparison?.low), text(comparison?.high),
      comparison?.verdict.rawValue ?? "",
    ]
  }

  private static func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
}
