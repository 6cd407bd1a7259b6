import FoundationEssentials

/// A JSON document whose keys keep their order: for files that are passed on with changes.
package indirect enum JSONDocument: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONDocument])
  case object([Member])

  package struct Member: Hashable, Sendable {
    package let key: String
    package let value: JSONDocument
  }

  package static func object(_ members: [(key: String, value: JSONDocument)]) -> JSONDocument {
    .object(members.map { Member(key: $0.key, value: $0.value) })
  }

  package static func strings(_ texts: [String]) -> JSONDocument {
    .array(texts.map { .string($0) })
  }

  package static func integers(_ numbers: [Int]) -> JSONDocument {
    .array(numbers.map { .integer($0) })
  }

  package static func numbers(_ numbers: [Double]) -> JSONDocument {
    .array(numbers.map { .number($0) })
  }

  /// The members of an object by their keys; empty for anything else.
  package var members: [String: JSONDocument] {
    guard case .object(let members) = self else { return [:] }
    return Dictionary(members.map { ($0.key, $0.value) }) { $1 }
  }
}

extension JSONDocument {
  package var compactText: String {
    var text = ""
    write(to: &text, indentation: nil)
    return text
  }

  /// Two blanks a level, as Python's `json.dumps(…, indent=2)`.
  package var indentedText: String {
    var text = ""
    write(to: &text, indentation: 0)
    return text + "\n"
  }

  private func write(to text: inout String, indentation: Int?) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .number(let value): text += value.isFinite ? "\(value)" : "null"
    case .string(let value): Self.quote(value, to: &text)
    case .array(let elements):
      Self.write(elements, between: ("[", "]"), to: &text, indentation) {
        $0.write(to: &$1, indentation: $2)
      }
    case .object(let members):
      Self.write(members, between: ("{", "}"), to: &text, indentation) { member, text, level in
        Self.quote(member.key, to: &text)
        text += indentation == nil ? ":" : ": "
        member.value.write(to: &text, indentation: level)
      }
    }
  }

  private static func write<Element>(
    _ elements: [Element], between brackets: (String, String), to text: inout String,
    _ indentation: Int?, _ writeElement: (Element, inout String, Int?) -> Void
  ) {
    text += brackets.0
    let inner = indentation.map { $0 + 1 }
    func breakLine(_ level: Int?) {
      if let level { text += "\n" + String(repeating: "  ", count: level) }
    }
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      breakLine(inner)
      writeElement(element, &text, inner)
    }
    if !elements.isEmpty { breakLine(indentation) }
    text += brackets.1
  }

  private static func quote(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSONDocument: Decodable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  /// The decoder knows no order of keys: they are sorted.
  package init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      self = .object(
        try container.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
          (key: $0.stringValue, value: try container.decode(JSONDocument.self, forKey: $0))
        })
    } else if var container = try? decoder.unkeyedContainer() {
      var elements: [JSONDocument] = []
      while !container.isAtEnd { elements.append(try container.decode(JSONDocument.self)) }
      self = .array(elements)
    } else {
      self = try Self.scalar(try decoder.singleValueContainer())
    }
  }

  private static func scalar(_ container: any SingleValueDecodingContainer) throws -> JSONDocument {
    if container.decodeNil() { return .null }
    if let value = try? container.decode(Bool.self) { return .boolean(value) }
    if let value = try? container.decode(Int.self) { return .integer(value) }
    if let value = try? container.decode(Double.self) { return .number(value) }
    return .string(try container.decode(String.self))
  }
}
