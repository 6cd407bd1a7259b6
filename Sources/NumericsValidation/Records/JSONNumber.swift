/// A number that survives JSON whatever its value: what is not finite is written as the strings
/// `inf`, `-inf` and `nan`, which JSON has no numbers for.
@propertyWrapper
public struct JSONNumber: Hashable, Sendable, Codable {
  public var wrappedValue: Double

  public init(wrappedValue: Double) { self.wrappedValue = wrappedValue }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      wrappedValue = number
      return
    }
    let word = try container.decode(String.self)
    guard let value = Self.values[word] else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(word)' is neither a number nor inf, -inf or nan")
    }
    wrappedValue = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if wrappedValue.isFinite {
      try container.encode(wrappedValue)
    } else {
      try container.encode(wrappedValue.isNaN ? "nan" : wrappedValue < 0 ? "-inf" : "inf")
    }
  }

  private static let values: [String: Double] = [
    "inf": .infinity, "-inf": -.infinity, "nan": .nan,
  ]
}
