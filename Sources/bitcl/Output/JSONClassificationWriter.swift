import BigTransfer

/// One document; valid also where the run is interrupted between two images.
final class JSONClassificationWriter: ClassificationWriter {
  private let output: ByteSink
  private let header: ClassificationHeader
  private var isFirst = true

  init(output: ByteSink, header: ClassificationHeader) {
    self.output = output
    self.header = header
  }

  func begin() throws {
    let fields = [
      "\"schema_version\": \(JSON.schemaVersion)",
      "\"model\": \(try JSON.encode(header.model, compact: true))",
      "\"device\": \(try JSON.encode(header.device, compact: true))",
      "\"scores\": \(try JSON.encode(header.scores, compact: true))",
    ]
    try output.write("{\(fields.joined(separator: ", ")), \"results\": [")
  }

  func write(_ classification: Classification) throws {
    let row = try JSON.encode(ClassificationRow(classification), compact: true)
    try output.write((isFirst ? "\n" : ",\n") + row)
    try output.flush()
    isFirst = false
  }

  func end() throws {
    try output.write("\n]}\n")
    try output.flush()
  }
}

/// A document a line.
final class JSONLinesClassificationWriter: ClassificationWriter {
  private let output: ByteSink

  init(output: ByteSink) { self.output = output }

  func begin() {}

  func write(_ classification: Classification) throws {
    let row = ClassificationRow(classification, schemaVersion: JSON.schemaVersion)
    try output.write(try JSON.encode(row, compact: true) + "\n")
    try output.flush()
  }

  func end() {}
}
