import BiTModel
import FoundationEssentials

/// Writes pickles opcode by opcode, sound ones and others.
struct PickleBuilder {
  private(set) var bytes: [UInt8]

  init(protocolVersion: UInt8 = 2) { bytes = [0x80, protocolVersion] }

  /// Opcodes without arguments, by their letters.
  mutating func opcodes(_ letters: String) { bytes += letters.utf8 }

  mutating func raw(_ more: [UInt8]) { bytes += more }

  mutating func string(_ text: String) {
    opcodes("X")
    bytes += ZipBuilder.little(UInt64(text.utf8.count), 4) + text.utf8
  }

  mutating func integer(_ value: Int) {
    raw([0x8a, 8])
    bytes += ZipBuilder.little(UInt64(bitPattern: Int64(value)), 8)
  }

  mutating func integers(_ values: [Int]) {
    opcodes("(")
    for value in values { integer(value) }
    opcodes("t")
  }

  mutating func global(_ module: String, _ name: String) {
    opcodes("c\(module)\n\(name)\n")
  }

  /// An object called with what `arguments` writes.
  mutating func call(_ module: String, _ name: String, _ arguments: (inout Self) -> Void) {
    global(module, name)
    opcodes("(")
    arguments(&self)
    opcodes("tR")
  }

  mutating func storage(
    _ type: String = "FloatStorage", key: String = "0", count: Int, part: (Int, Int)? = nil
  ) {
    opcodes("(")
    string("storage")
    global("torch", type)
    string(key)
    string("cuda:0")
    integer(count)
    if let part {
      opcodes("(")
      string("a part's own key")
      integer(part.0)
      integer(part.1)
      opcodes("t")
    }
    opcodes("tQ")
  }

  mutating func tensor(
    _ type: String = "FloatStorage", key: String = "0", storageCount: Int, offset: Int = 0,
    shape: [Int], strides: [Int], part: (Int, Int)? = nil, property: String? = nil
  ) {
    call("torch._utils", "_rebuild_tensor_v2") {
      $0.storage(type, key: key, count: storageCount, part: part)
      $0.integer(offset)
      $0.integers(shape)
      $0.integers(strides)
      $0.raw([0x89])
      $0.call("collections", "OrderedDict") { _ in }
      if let property { $0.dictionary(property) { $0.raw([0x88]) } }
    }
  }

  /// A dictionary of one item.
  mutating func dictionary(_ key: String, _ value: (inout Self) -> Void) {
    opcodes("}")
    string(key)
    value(&self)
    opcodes("s")
  }

  /// A pickle of what `body` writes.
  static func pickle(_ body: (inout Self) -> Void) -> [UInt8] {
    var builder = Self()
    body(&builder)
    builder.opcodes(".")
    return builder.bytes
  }

  /// The row-major strides of a shape.
  static func strides(_ shape: [Int]) -> [Int] {
    var strides: [Int] = []
    var product = 1
    for extent in shape.reversed() {
      strides.insert(product, at: 0)
      product *= extent
    }
    return strides
  }
}
