/// HTML that is also well-formed XML, with everything that was not written here escaped.
struct Markup {
  private(set) var text = ""

  typealias Attributes = KeyValuePairs<String, String>

  /// An element with other elements in it.
  mutating func element(
    _ name: StaticString, _ attributes: Attributes = [:], content: (inout Markup) -> Void
  ) {
    open(name, attributes)
    text += ">"
    content(&self)
    text += "</\(name)>"
  }

  /// An element that holds text.
  mutating func element(_ name: StaticString, _ attributes: Attributes, _ content: String) {
    element(name, attributes) { $0.write(content) }
  }

  /// An element without attributes that holds text.
  mutating func element(_ name: StaticString, _ content: String) { element(name, [:], content) }

  /// An element that holds nothing.
  mutating func element(_ name: StaticString, _ attributes: Attributes = [:]) {
    open(name, attributes)
    text += "/>"
  }

  /// Text between elements.
  mutating func write(_ content: String) { text += Self.escaped(content) }

  /// What is part of the program and needs no escaping.
  mutating func verbatim(_ content: StaticString) { text += "\(content)" }

  private mutating func open(_ name: StaticString, _ attributes: Attributes) {
    text += "<\(name)"
    for (key, value) in attributes where !value.isEmpty {
      text += " \(key)=\"\(Self.escaped(value))\""
    }
  }

  static func escaped(_ content: String) -> String {
    var result = ""
    for scalar in content.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      default:
        // XML has no way to write most control characters, nor U+FFFE and U+FFFF.
        let isAllowed =
          scalar.properties.generalCategory != .control && scalar.value & 0xFFFE != 0xFFFE
        result.unicodeScalars.append(isAllowed ? scalar : "\u{FFFD}")
      }
    }
    return result
  }
}

extension Markup {
  /// A table whose first row is its header.
  /// - Parameters:
  ///   - numeric: The columns of numbers.
  ///   - rows: Of equal lengths.
  ///   - classes: A class for each row, or none.
  ///   - style: The table's class.
  mutating func table(
    header: [String], rows: [[String]], numeric: Set<Int> = [], classes: [String] = [],
    style: String = ""
  ) {
    element("div", ["class": "scroll"]) { html in
      html.element("table", ["class": style]) { html in
        html.element("thead") { html in
          html.element("tr") { html in
            for (column, title) in header.enumerated() {
              html.element("th", ["class": numeric.contains(column) ? "number" : ""], title)
            }
          }
        }
        html.element("tbody") { html in
          for (place, row) in rows.enumerated() {
            html.element("tr", ["class": place < classes.count ? classes[place] : ""]) { html in
              for (column, cell) in row.enumerated() {
                html.element("td", ["class": numeric.contains(column) ? "number" : ""], cell)
              }
            }
          }
        }
      }
    }
  }

  /// Names and values below each other.
  mutating func facts(_ facts: [(name: String, value: String?)]) {
    element("dl") { html in
      for case (let name, let value?) in facts where !value.isEmpty {
        html.element("dt", name)
        html.element("dd", value)
      }
    }
  }
}
