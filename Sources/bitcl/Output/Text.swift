/// Numbers and tables for people.
enum Text {
  /// Rows of columns, each as wide as its widest cell; two spaces between them.
  /// - Parameter rightAligned: The columns of numbers.
  static func table(_ rows: [[String]], rightAligned: Set<Int> = []) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    var text = ""
    for row in rows {
      var line = ""
      for (column, cell) in row.enumerated() {
        if column > 0 { line += "  " }
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += rightAligned.contains(column) ? padding + cell : cell + padding
      }
      text += line.prefix(through: line.lastIndex { $0 != " " } ?? line.startIndex) + "\n"
    }
    return text
  }

  /// On one line, and without codes that would drive a terminal: names and labels are others'.
  static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      result += isControl(scalar) ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return result
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control
  }

  /// Cut where it is longer than `limit` bytes.
  static func shortened(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    let start = String(decoding: text.utf8.prefix(limit), as: UTF8.self)
    return "\(start) … (\(text.utf8.count - limit) bytes more)"
  }

  /// `25,549,352`
  static func grouped(_ number: Int) -> String {
    var text = ""
    for (position, digit) in String(number.magnitude).reversed().enumerated() {
      if position > 0, position % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + String(text.reversed())
  }

  /// With a fixed number of decimals, rounded half away from zero.
  static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard scaled < 0x1p63 else { return "\(value)" }
    let digits = String(Int(scaled))
    guard decimals > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
  }

  /// `1.234e-05`: three decimals of the mantissa.
  static func scientific(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var exponent = 0
    var mantissa = abs(value)
    while mantissa >= 9.9995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 0.99995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    let digits = String(abs(exponent))
    let sign = exponent < 0 ? "-" : "+"
    return (value < 0 ? "-" : "") + fixed(mantissa, decimals: 3) + "e" + sign
      + (digits.count < 2 ? "0" + digits : digits)
  }

  /// `31 %`, `0.4 %`; `560 times` beyond ten.
  static func share(_ fraction: Double) -> String {
    guard fraction.isFinite else { return "\(fraction)" }
    guard fraction < 10 else { return "\(grouped(Int(min(fraction, 1e15).rounded()))) times" }
    let percent = fraction * 100
    return fixed(percent, decimals: percent > 0 && percent < 9.95 ? 1 : 0) + " %"
  }

  /// `31 % of its limit`, `560 times its limit`
  static func shareOfLimit(_ fraction: Double) -> String {
    guard fraction.isFinite else { return "beyond any limit" }
    return share(fraction) + (fraction < 10 ? " of" : "") + " its limit"
  }

  /// With its middle left out where it is longer than `length` characters.
  static func elided(_ text: String, to length: Int) -> String {
    guard text.count > length else { return text }
    let end = length / 3
    return "\(text.prefix(length - end - 1))…\(text.suffix(end))"
  }

  /// `90 s`, `0.5 s`
  static func seconds(_ duration: Duration) -> String {
    let seconds = duration / .seconds(1)
    return fixed(seconds, decimals: seconds < 10 && seconds != seconds.rounded() ? 1 : 0) + " s"
  }

  /// `97.5 MB`, in powers of ten.
  static func bytes(_ count: Int) -> String {
    var value = Double(count)
    for unit in ["B", "kB", "MB", "GB"] {
      if value < 999.5 || unit == "GB" {
        return "\(fixed(value, decimals: unit == "B" ? 0 : value < 10 ? 2 : 1)) \(unit)"
      }
      value /= 1000
    }
    return "\(count) B"
  }
}
