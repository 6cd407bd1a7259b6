import ArgumentParser

/// `500MB`, `5GB`, `2GiB`, or a plain number of bytes.
struct ByteCount: ExpressibleByArgument, Hashable {
  let bytes: Int

  private static let units: [(suffix: String, factor: Int)] = [
    ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("kb", 1_000), ("mb", 1_000_000),
    ("gb", 1_000_000_000), ("b", 1), ("", 1),
  ]

  init?(argument: String) {
    let text = argument.lowercased()
    guard let unit = Self.units.first(where: { text.hasSuffix($0.suffix) }),
      let number = Double(text.dropLast(unit.suffix.count)), number > 0
    else { return nil }
    let bytes = number * Double(unit.factor)
    guard bytes >= 1, bytes < 0x1p62 else { return nil }
    self.bytes = Int(bytes)
  }
}
