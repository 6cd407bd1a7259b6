/// Any value of a JSON document whose type is not known beforehand.
enum JSONValue: Decodable, Hashable, CustomStringConvertible {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  /// A list or an object, whose contents don't matter.
  case compound

  init(from decoder: any Decoder) throws {
    guard let value = try? decoder.singleValueContainer() else {
      self = .compound
      return
    }
    if value.decodeNil() {
      self = .null
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else {
      self = .compound
    }
  }

  var description: String {
    switch self {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .number(let number): Int64(exactly: number).map { "\($0)" } ?? "\(number)"
    case .text(let text): text
    case .compound: "a list or an object"
    }
  }
}
