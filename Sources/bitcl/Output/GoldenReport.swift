import BigTransfer

/// What `validate --golden` says of a device; its JSON is this structure.
struct GoldenReport: Codable, Sendable {
  struct Row: Codable, Sendable {
    let name: String
    /// The largest allowed difference, and what it comes from.
    let allowed: Double
    let tolerance: String
    let maxAbsolute: Double
    let maxRelative: Double
    let magnitude: Double
    /// Where the largest difference is.
    let position: String?
    let passed: Bool

    private enum CodingKeys: String, CodingKey {
      case name, allowed, tolerance, magnitude, passed
      case maxAbsolute = "max_abs"
      case maxRelative = "max_rel"
      case position = "where"
    }
  }

  var schemaVersion = JSON.schemaVersion
  let model: String
  let device: String
  let passed: Bool
  let tensors: [Row]
  /// Tensors of the file that mean nothing for the model.
  let notCompared: [String]

  private enum CodingKeys: String, CodingKey {
    case model, device, passed, tensors
    case schemaVersion = "schema_version"
    case notCompared = "not_compared"
  }

  init(_ comparison: GoldenComparison, model: String, device: String) {
    self.model = model
    self.device = device
    passed = comparison.passed
    notCompared = comparison.notCompared
    tensors = comparison.rows.map { row in
      let shapes =
        row.foundShape == row.expectedShape
        ? nil : "shape \(row.foundShape), expected \(row.expectedShape)"
      return Row(
        name: row.name, allowed: row.allowed, tolerance: "\(row.tolerance)",
        maxAbsolute: row.maxAbsolute, maxRelative: row.maxRelative, magnitude: row.magnitude,
        position: shapes ?? row.position.map { "\($0)" }, passed: row.passed)
    }
  }

  var text: String {
    let header = ["tensor", "allowed", "max abs", "max rel", "", "where"]
    let rows = tensors.map { row in
      [
        row.name, Text.scientific(row.allowed), Text.scientific(row.maxAbsolute),
        Text.scientific(row.maxRelative), row.passed ? "ok" : "FAIL", row.position ?? "",
      ]
    }
    let failed = tensors.filter { !$0.passed }.count
    let verdict =
      passed
      ? "\(device): all \(tensors.count) tensors are within their limits"
      : "\(device): \(failed) of \(tensors.count) tensors are beyond their limits"
    return Text.table([header] + rows, rightAligned: [1, 2, 3]) + verdict + "\n"
  }
}
