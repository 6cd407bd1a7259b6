import FoundationEssentials

/// The table of contents at the start of a safetensors file: eight bytes of length, then JSON.
///
/// Everything in it is checked before anything is believed: the format's own reader demands too
/// that the tensors fill the data without gap or overlap.
struct SafetensorsHeader: Sendable {
  struct Entry: Sendable, Decodable {
    let dtype: String
    let shape: [Int]
    let dataOffsets: [Int]

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }

    var begin: Int { dataOffsets[0] }
    var byteCount: Int { dataOffsets[1] - dataOffsets[0] }
  }

  /// A BiT-R152x4 needs 80 KB.
  static let byteLimit = 4 << 20

  /// PyTorch has no tensors of more dimensions.
  static let rankLimit = 64

  let entries: [String: Entry]
  /// Where the tensors' bytes start in the file.
  let dataOffset: Int

  /// - Parameter length: The first eight bytes.
  static func checkedLength(
    _ length: [UInt8], file: FileReader
  ) throws(CheckpointError) -> Int {
    let value = length.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard value >= 2, value <= UInt64(file.byteCount - 8) else {
      throw .malformed(
        file: file.path,
        reason: "its header says \(value) bytes, the file has \(file.byteCount); it is truncated"
          + " or not a safetensors file")
    }
    guard value <= UInt64(byteLimit) else {
      throw .malformed(file: file.path, reason: "its header is larger than \(byteLimit) bytes")
    }
    return Int(value)
  }

  init(file: FileReader) throws(CheckpointError) {
    guard file.byteCount >= 10 else {
      throw .malformed(
        file: file.path, reason: "\(file.byteCount) bytes are too few for a safetensors file")
    }
    let length = try Self.checkedLength(try file.bytes(at: 0, count: 8), file: file)
    let json = try file.bytes(at: 8, count: length)
    dataOffset = 8 + length
    let table: Table
    do {
      // The format demands UTF-8 and the brace; JSONDecoder would guess UTF-16 from zero bytes.
      guard json.first == UInt8(ascii: "{"), !json.contains(0) else { throw TableError.noObject }
      table = try JSONDecoder().decode(Table.self, from: Data(json))
    } catch {
      throw .malformed(file: file.path, reason: "its header is not a safetensors table")
    }
    guard Self.keyCount(json) == table.keyCount else {
      throw .malformed(file: file.path, reason: "its header describes a tensor twice")
    }
    entries = table.entries
    try validate(dataByteCount: file.byteCount - dataOffset, file: file.path)
  }

  private enum TableError: Error { case noObject }

  private struct Table: Decodable {
    var entries: [String: Entry] = [:]
    /// Names that differ, that of the metadata among them.
    let keyCount: Int

    struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init?(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { return nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      keyCount = Set(container.allKeys.map(\.stringValue)).count
      for key in container.allKeys where key.stringValue != "__metadata__" {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
  }

  /// The keys of a well-formed object, repeated ones too, which a decoder passes over in silence:
  /// colons outside of strings and inner objects.
  private static func keyCount(_ json: [UInt8]) -> Int {
    var (count, depth) = (0, 0)
    var (isString, isEscaped) = (false, false)
    for byte in json {
      if isString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ":") where depth == 1: count += 1
      default: break
      }
    }
    return count
  }

  private func validate(dataByteCount: Int, file: String) throws(CheckpointError) {
    // In an order, so that one file has one error.
    for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
      guard entry.dataOffsets.count == 2, entry.begin >= 0, entry.dataOffsets[1] >= entry.begin,
        entry.dataOffsets[1] <= dataByteCount
      else {
        throw .malformed(
          file: file,
          reason: "tensor \(name) claims the bytes \(entry.dataOffsets) of \(dataByteCount)")
      }
      guard entry.shape.count <= Self.rankLimit else {
        throw .malformed(
          file: file, reason: "tensor \(name) has \(entry.shape.count) dimensions")
      }
      // Of any type: who lists the tensors counts their elements.
      guard Self.count(entry.shape, times: 1) != nil else {
        throw .malformed(file: file, reason: "tensor \(name) cannot have the shape \(entry.shape)")
      }
      guard let type = ElementType(rawValue: entry.dtype) else { continue }
      guard Self.count(entry.shape, times: type.byteCount) == entry.byteCount else {
        throw .malformed(
          file: file,
          reason: "tensor \(name) of shape \(entry.shape) and type \(entry.dtype) cannot have"
            + " \(entry.byteCount) bytes")
      }
    }
    var end = 0
    for (name, entry) in entries.sorted(by: Self.isBefore) {
      guard entry.begin == end else {
        throw .malformed(
          file: file, reason: "tensor \(name) starts at byte \(entry.begin), not at \(end)")
      }
      end = entry.dataOffsets[1]
    }
    guard end == dataByteCount else {
      throw .malformed(
        file: file,
        reason: "its tensors end at byte \(end) of \(dataByteCount); it was cut off"
          + " or something was appended")
    }
  }

  private static func isBefore(
    _ a: (key: String, value: Entry), _ b: (key: String, value: Entry)
  ) -> Bool {
    (a.value.begin, a.value.byteCount, a.key) < (b.value.begin, b.value.byteCount, b.key)
  }

  /// The product, `nil` if an extent is negative or the product overflows. So that no part of it
  /// overflows either, an extent of zero is left out until the end.
  private static func count(_ shape: [Int], times size: Int) -> Int? {
    var count = size
    for extent in shape where extent != 0 {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflow else { return nil }
      count = product
    }
    return shape.contains(0) ? 0 : count
  }
}
