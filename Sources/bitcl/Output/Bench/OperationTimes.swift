import BigTransfer

/// What each step of a network took on a device; its JSON is this structure.
struct OperationTimes: Encodable {
  struct Row: Encodable {
    let name: String
    let milliseconds: Double
    /// Of the sum of all.
    let share: Double
    /// Two operations a multiply-accumulate; nil where there are none worth counting.
    let gigaflops: Double?
    /// Of what has to be read and written at least.
    let gigabytes: Double?
    /// Of the arithmetic's measured peak.
    let shareOfPeak: Double?

    private enum CodingKeys: String, CodingKey {
      case name, share
      case milliseconds = "ms"
      case gigaflops = "gflop_per_second"
      case gigabytes = "gb_per_second"
      case shareOfPeak = "share_of_peak"
    }
  }

  let rows: [Row]
  /// Of all steps, without what passes between them.
  let total: Row

  func encode(to encoder: any Encoder) throws {
    try rows.encode(to: encoder)
  }

  /// - Parameters:
  ///   - runs: The same steps each time; at least one run. A step's time is the median.
  ///   - peak: What the device's arithmetic gives at most, in floating-point operations a second.
  init?(_ runs: [[StepProfile]], peak: Double?) {
    guard let steps = runs.first else { return nil }
    let seconds = steps.indices.map { step in
      let times = runs.map { $0[step].seconds }.sorted()
      return times[times.count / 2]
    }
    let sum = seconds.reduce(0, +)
    func row(_ name: String, _ seconds: Double, _ products: Int, _ bytes: Int) -> Row {
      let isTimed = seconds > 0
      let flops = isTimed && products > 0 ? 2 * Double(products) / seconds : nil
      return Row(
        name: name, milliseconds: seconds * 1000, share: sum > 0 ? seconds / sum : 0,
        gigaflops: flops.map { $0 * 1e-9 },
        gigabytes: isTimed && bytes > 0 ? 1e-9 * Double(bytes) / seconds : nil,
        shareOfPeak: flops.flatMap { flops in peak.map { flops / $0 } })
    }
    rows = zip(steps, seconds).map { row($0.name, $1, $0.multiplyAccumulates, $0.bytes) }
    total = row(
      "all", sum, steps.reduce(0) { $0 + $1.multiplyAccumulates },
      steps.reduce(0) { $0 + $1.bytes })
  }

  static let columns = ["step", "ms", "%", "GFLOP/s", "GB/s", "% of peak"]

  /// The rows and the total as cells of `columns`.
  var cells: [[String]] {
    (rows + [total]).map { row in
      [
        Text.printable(row.name), Text.fixed(row.milliseconds, decimals: 3),
        Text.fixed(row.share * 100, decimals: 1),
        row.gigaflops.map { Text.fixed($0, decimals: 1) } ?? "",
        row.gigabytes.map { Text.fixed($0, decimals: 1) } ?? "",
        row.shareOfPeak.map { Text.fixed($0 * 100, decimals: 1) } ?? "",
      ]
    }
  }

  var text: String {
    Text.table([Self.columns] + cells, rightAligned: Set(1..<Self.columns.count))
  }
}
