/// Unsigned little-endian numbers in bytes, read from the front. The caller checks `count`.
struct LittleEndianBytes {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// How many bytes are left.
  var count: Int { rest.count }

  mutating func skip(_ count: Int) { rest = rest.dropFirst(count) }

  /// The next bytes as they are, fewer at the end.
  mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    defer { skip(count) }
    return rest.prefix(count)
  }

  mutating func uint16() -> UInt16 { UInt16(truncatingIfNeeded: number(2)) }
  mutating func uint32() -> UInt32 { UInt32(truncatingIfNeeded: number(4)) }
  mutating func uint64() -> UInt64 { number(8) }

  private mutating func number(_ size: Int) -> UInt64 {
    take(size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
