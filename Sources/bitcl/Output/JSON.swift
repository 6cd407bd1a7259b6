#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// JSON as all commands write it.
enum JSON {
  /// Raised when a key changes its meaning or goes away; new keys do not raise it.
  static let schemaVersion = 1

  /// - Parameter compact: One line, without spaces.
  static func encode(_ value: some Encodable, compact: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if !compact { encoder.outputFormatting.insert(.prettyPrinted) }
    // Differences of infinities have no number in JSON.
    encoder.nonConformingFloatEncodingStrategy = encodingOfNonFinite
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static let encodingOfNonFinite = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  static let decodingOfNonFinite =
    JSONDecoder.NonConformingFloatDecodingStrategy.convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
}
