#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What happens while a device is validated, in order.
///
/// A process that validates a device writes each event as a line of JSON when it happens: one that
/// crashes or hangs leaves everything before it, and the check that it was in.
public enum ValidationEvent: Hashable, Sendable {
  /// The device; again when more is known of it, such as the kernels that it runs.
  case device(DeviceFacts)
  case started(Check)
  /// The end of a check that was started.
  case finished(CheckResult)
  /// A check that is left out, and why.
  case notRun(Check, reason: String)
  /// Nothing follows.
  case completed
}

extension ValidationEvent: Codable {
  private enum CodingKeys: String, CodingKey {
    case event, device, check, result, reason
  }

  private enum Word: String, Codable {
    case device, started, finished, completed
    case notRun = "not_run"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch try container.decode(Word.self, forKey: .event) {
    case .device: self = .device(try container.decode(DeviceFacts.self, forKey: .device))
    case .started: self = .started(try container.decode(Check.self, forKey: .check))
    case .finished: self = .finished(try container.decode(CheckResult.self, forKey: .result))
    case .notRun:
      self = .notRun(
        try container.decode(Check.self, forKey: .check),
        reason: try container.decode(String.self, forKey: .reason))
    case .completed: self = .completed
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .device(let facts):
      try container.encode(Word.device, forKey: .event)
      try container.encode(facts, forKey: .device)
    case .started(let check):
      try container.encode(Word.started, forKey: .event)
      try container.encode(check, forKey: .check)
    case .finished(let result):
      try container.encode(Word.finished, forKey: .event)
      try container.encode(result, forKey: .result)
    case .notRun(let check, let reason):
      try container.encode(Word.notRun, forKey: .event)
      try container.encode(check, forKey: .check)
      try container.encode(reason, forKey: .reason)
    case .completed:
      try container.encode(Word.completed, forKey: .event)
    }
  }

  /// The event as JSON in one line, without the line's end.
  public func line() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// Reads what `line()` wrote.
  /// - Throws: `DecodingError`, for a line that a dying process left unfinished too.
  public init(line: some DataProtocol) throws {
    self = try JSONDecoder().decode(ValidationEvent.self, from: Data(line))
  }
}
