import ArgumentParser
import BigTransfer

/// How results of images are written.
enum ResultFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, jsonl, csv

  func writer(
    to output: ByteSink, header: ClassificationHeader
  ) -> any ClassificationWriter {
    switch self {
    case .text: TextClassificationWriter(output: output)
    case .json: JSONClassificationWriter(output: output, header: header)
    case .jsonl: JSONLinesClassificationWriter(output: output)
    case .csv: CSVClassificationWriter(output: output)
    }
  }
}

/// What is the same for all images of a run.
struct ClassificationHeader {
  let model: String
  let device: String
  /// How logits became scores.
  let scores: String
}

/// Writes results as they come; each is out before the next is awaited.
protocol ClassificationWriter: AnyObject {
  func begin() throws
  func write(_ classification: Classification) throws
  func end() throws
}

/// A row of JSON.
struct ClassificationRow: Encodable {
  struct Label: Encodable {
    let label: String
    let score: Double
    let index: Int
  }

  /// Only where rows stand alone.
  var schemaVersion: Int?
  let file: String
  let predictions: [Label]?
  let error: String?

  private enum CodingKeys: String, CodingKey {
    case file, predictions, error
    case schemaVersion = "schema_version"
  }

  init(_ classification: Classification, schemaVersion: Int? = nil) {
    self.schemaVersion = schemaVersion
    file = classification.name
    switch classification.result {
    case .success(let list):
      predictions = list.map { Label(label: $0.label, score: $0.score, index: $0.index) }
      error = nil
    case .failure(let failure):
      predictions = nil
      error = "\(failure)"
    }
  }
}
