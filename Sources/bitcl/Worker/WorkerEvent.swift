import BigTransfer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a worker sends, a line of JSON each.
enum WorkerEvent: Codable, Sendable {
  case devices(DevicesReport, choices: [DeviceChoice])
  case selfCheck(SelfCheckOutcome)
  case validation(ValidationEvent)
  case golden(GoldenReport)
  /// The request cannot be served, with the exit status that this would have as a command.
  case failure(FailureNotice)

  /// Without the line's end.
  func line() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    encoder.nonConformingFloatEncodingStrategy = JSON.encodingOfNonFinite
    return try encoder.encode(self)
  }

  /// - Throws: `DecodingError`.
  init(line: String) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = JSON.decodingOfNonFinite
    self = try decoder.decode(WorkerEvent.self, from: Data(line.utf8))
  }
}
