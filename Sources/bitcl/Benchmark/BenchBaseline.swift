import BigTransfer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What an earlier `bench` wrote as JSON.
struct BenchBaseline {
  /// What makes two measurements ones of the same thing.
  struct Key: Hashable, CustomStringConvertible {
    let model: String
    let scenario: BenchScenario
    let height: Int
    let width: Int
    let batch: Int

    var description: String { "\(model), \(scenario) at \(height)x\(width), batch \(batch)" }
  }

  struct Row {
    let key: Key
    /// Of a batch, in milliseconds.
    let median: Double
    let interval: MedianInterval
    /// What the measurement depends on beside that: names and values.
    let conditions: [Condition]
  }

  struct Condition: Hashable {
    let name: String
    let value: String
  }

  let path: String
  private let rows: [Key: Row]

  /// A figure takes two kilobytes, with its steps twenty.
  private static let largestFile = 1 << 26

  /// - Throws: `CheckpointError` for what cannot be read; `CommandFailure` for what is no such file.
  init(path: String) throws {
    self.path = path
    let text = String(decoding: try Self.contents(of: path), as: UTF8.self)
    var rows: [Key: Row] = [:]
    for (place, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where line.contains(where: { !$0.isWhitespace }) {
      let row = try Self.row(String(line), "\(path), line \(place + 1)")
      // Of a thing that was measured twice, the last.
      rows[row.key] = row
    }
    guard !rows.isEmpty else {
      throw CommandFailure(.invalidData, "\(path) holds no figure. \(Self.advice)")
    }
    self.rows = rows
  }

  subscript(key: Key) -> Row? { rows[key] }

  /// Before anything is measured.
  /// - Throws: `CommandFailure` where none of the measurements is in the file.
  func checkOverlap(with keys: [Key]) throws(CommandFailure) {
    guard !keys.contains(where: { rows[$0] != nil }) else { return }
    let found = rows.keys.map(\.description).sorted().prefix(3).joined(separator: "; ")
    let more = rows.count > 3 ? " and \(rows.count - 3) more" : ""
    throw CommandFailure(
      .invalidData,
      "\(path) holds nothing that is measured here: it has \(found)\(more). Measure one of these,"
        + " or write a new file with --json")
  }

  /// Says in what the file was measured differently, which its figures may be due to.
  func noteConditions(of subject: BenchSubject, _ console: Console) {
    let now = Self.conditions(
      device: subject.device, driver: subject.driver, threads: subject.threads,
      processor: subject.host.processor)
    var said: Set<Condition> = []
    for row in rows.values.sorted(by: { "\($0.key)" < "\($1.key)" }) {
      for (old, new) in zip(row.conditions, now) where old != new && said.insert(old).inserted {
        console.warn(
          "\(path) was measured with another \(old.name): \(old.value), now \(new.value)")
      }
    }
  }

  private static let advice = "Write such a file with 'bitcl bench --json FILE'"

  private static func contents(of path: String) throws -> [UInt8] {
    do {
      return try FileReader.contents(ofFile: path, limit: largestFile)
    } catch CheckpointError.notFound {
      throw CommandFailure(.notFound, "\(path) does not exist. \(advice)")
    }
  }

  private static func row(_ line: String, _ place: String) throws -> Row {
    let decoder = JSONDecoder()
    guard let version = try? decoder.decode(Version.self, from: Data(line.utf8)) else {
      throw CommandFailure(.invalidData, "\(place): no figure of 'bitcl bench'. \(advice)")
    }
    guard version.schemaVersion == JSON.schemaVersion else {
      throw CommandFailure(
        .invalidData,
        "\(place): version \(version.schemaVersion) of the format, where this bitcl knows"
          + " \(JSON.schemaVersion). Measure again with this one")
    }
    guard let stored = try? decoder.decode(Stored.self, from: Data(line.utf8)) else {
      throw CommandFailure(
        .invalidData,
        "\(place): no figure with its spread, as an older bitcl or another command wrote it."
          + " Measure again with 'bitcl bench --json FILE'")
    }
    guard let row = stored.row else {
      throw CommandFailure(
        .invalidData, "\(place): its times are no times. Measure again")
    }
    return row
  }

  private struct Version: Decodable {
    let schemaVersion: Int

    private enum CodingKeys: String, CodingKey {
      case schemaVersion = "schema_version"
    }
  }

  /// The keys of `BenchReport` that are looked at.
  private struct Stored: Decodable {
    struct Times: Decodable {
      let median: Double
    }

    struct Host: Decodable {
      let processor: String
    }

    let model: String
    let device: String
    let driver: String?
    let threads: Int
    let host: Host
    let scenario: BenchScenario
    let batch: Int
    let height: Int
    let width: Int
    let perBatch: Times
    let interval: MedianInterval

    private enum CodingKeys: String, CodingKey {
      case model, device, driver, threads, host, scenario, batch, height, width
      case perBatch = "ms_per_batch"
      case interval = "median_interval_ms"
    }

    /// `nil` where the numbers make no sense.
    var row: Row? {
      let median = perBatch.median
      guard interval.low > 0, interval.low <= median, median <= interval.high,
        interval.high.isFinite, (0...1).contains(interval.confidence)
      else { return nil }
      return Row(
        key: Key(model: model, scenario: scenario, height: height, width: width, batch: batch),
        median: median, interval: interval,
        conditions: BenchBaseline.conditions(
          device: device, driver: driver, threads: threads, processor: host.processor))
    }
  }

  private static func conditions(
    device: String, driver: String?, threads: Int, processor: String
  ) -> [Condition] {
    [
      Condition(name: "device", value: device), Condition(name: "driver", value: driver ?? "none"),
      Condition(name: "threads", value: "\(threads)"),
      Condition(name: "processor", value: processor),
    ]
  }
}
