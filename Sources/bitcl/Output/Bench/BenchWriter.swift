import ArgumentParser
import BigTransfer

/// How `bench` writes its figures.
enum BenchFormat: String, CaseIterable, ExpressibleByArgument {
  case text, md, json, csv

  /// - Parameter compares: Whether there is something to compare with.
  func writer(to output: ByteSink, compares: Bool) -> any BenchWriter {
    switch self {
    case .text: TextBenchWriter(output: output, compares: compares)
    case .md: MarkdownBenchWriter(output: output, compares: compares)
    case .json: JSONBenchWriter(output: output)
    case .csv: CSVBenchWriter(output: output)
    }
  }
}

/// Writes row by row: the next one may take long, or never end.
protocol BenchWriter {
  mutating func begin(_ subject: BenchSubject, peak: ArithmeticPeak?) throws
  mutating func write(_ report: BenchReport) throws
  mutating func end() throws
}

extension BenchWriter {
  mutating func end() throws {}
}

/// A table for people.
struct TextBenchWriter: BenchWriter {
  let output: ByteSink
  let compares: Bool
  private var notes: [String] = []

  init(output: ByteSink, compares: Bool) {
    self.output = output
    self.compares = compares
  }

  private static let widths = [10, 9, 5, 8, 8, 17, 8, 8, 8, 8, 8, 9, 5]

  mutating func begin(_ subject: BenchSubject, peak: ArithmeticPeak?) throws {
    for (name, value) in subject.facts(peak) {
      let padding = String(repeating: " ", count: max(0, 8 - name.count))
      try output.write("\(name)\(padding)\(Text.printable(value))\n")
    }
    try output.write(
      line(BenchTable.columns + (compares ? [BenchTable.comparisonColumn] : [])))
    try output.flush()
  }

  mutating func write(_ report: BenchReport) throws {
    try output.write(line(BenchTable.cells(report)))
    if let operations = report.operations { try output.write("\n\(operations.text)\n") }
    for note in BenchTable.notes(report) where !notes.contains(note) { notes.append(note) }
    try output.flush()
  }

  mutating func end() throws {
    for note in notes { try output.write("\(note)\n") }
    try output.flush()
  }

  /// Rows come one at a time: so columns have fixed widths.
  private func line(_ cells: [String]) -> String {
    zip(cells, Self.widths + [0]).map { cell, width in
      String(repeating: " ", count: max(0, width - cell.count)) + cell
    }.joined(separator: "  ") + "\n"
  }
}

/// Tables that README files and issues show.
struct MarkdownBenchWriter: BenchWriter {
  let output: ByteSink
  let compares: Bool
  private var notes: [String] = []
  private var needsHeader = true

  init(output: ByteSink, compares: Bool) {
    self.output = output
    self.compares = compares
  }

  mutating func begin(_ subject: BenchSubject, peak: ArithmeticPeak?) throws {
    for (name, value) in subject.facts(peak) {
      try output.write("* \(name): \(Self.escaped(value))\n")
    }
    try output.flush()
  }

  mutating func write(_ report: BenchReport) throws {
    if needsHeader {
      let columns = BenchTable.columns + (compares ? [BenchTable.comparisonColumn] : [])
      try output.write(header(columns, leftAligned: 2))
    }
    try output.write(Self.row(BenchTable.cells(report)))
    needsHeader = report.operations != nil
    if let operations = report.operations {
      try output.write(header(OperationTimes.columns, leftAligned: 1))
      for cells in operations.cells { try output.write(Self.row(cells)) }
    }
    for note in BenchTable.notes(report) where !notes.contains(note) { notes.append(note) }
    try output.flush()
  }

  mutating func end() throws {
    for note in notes { try output.write("\n\(Self.escaped(note))\n") }
    try output.flush()
  }

  private func header(_ columns: [String], leftAligned: Int) -> String {
    let rule = columns.indices.map { $0 < leftAligned ? "---" : "---:" }
    return "\n" + Self.row(columns) + Self.row(rule)
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.map(escaped).joined(separator: " | ") + " |\n"
  }

  /// Names are others': none of them may end a cell or begin an element.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in Text.printable(text) {
      if "\\|<>*_`[]".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }
}

/// A document a line.
struct JSONBenchWriter: BenchWriter {
  let output: ByteSink

  func begin(_ subject: BenchSubject, peak: ArithmeticPeak?) throws {}

  func write(_ report: BenchReport) throws {
    try output.write(try JSON.encode(report, compact: true) + "\n")
    try output.flush()
  }
}
