import BigTransfer

/// Fields as RFC 4180 quotes them.
enum CSV {
  static func row(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\n"
  }

  private static func quoted(_ field: String) -> String {
    let needsQuotes = field.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
        || byte == UInt8(ascii: "\r")
    }
    guard needsQuotes else { return field }
    return "\""
      + field.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}

/// A row a label; a row without label for an image that has none, with the reason if it failed.
final class CSVClassificationWriter: ClassificationWriter {
  private let output: ByteSink

  init(output: ByteSink) { self.output = output }

  func begin() throws {
    try output.write(CSV.row(["file", "rank", "label", "score", "index", "error"]))
  }

  func write(_ classification: Classification) throws {
    let name = classification.name
    switch classification.result {
    case .success(let predictions):
      for (rank, prediction) in predictions.enumerated() {
        try output.write(
          CSV.row([
            name, "\(rank + 1)", prediction.label, "\(prediction.score)", "\(prediction.index)", "",
          ]))
      }
      if predictions.isEmpty { try output.write(CSV.row([name, "", "", "", "", ""])) }
    case .failure(let error):
      try output.write(CSV.row([name, "", "", "", "", "\(error)"]))
    }
    try output.flush()
  }

  func end() throws { try output.flush() }
}
