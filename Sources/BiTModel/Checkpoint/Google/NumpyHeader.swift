/// The header of a `.npy` file: what the array's bytes mean (numpy, `numpy/lib/_format_impl.py`).
package struct NumpyHeader: Hashable {
  /// `nil` for a type that cannot hold weights.
  let type: ElementType?
  /// The type as the file writes it, such as `<f4`.
  let typeDescription: String
  let order: ByteOrder
  /// Whether the first index runs fastest.
  let isFortranOrder: Bool
  package let shape: [Int]

  /// numpy needs at most 1,500 bytes, for 64 dimensions.
  static let byteLimit = 4096
  static let rankLimit = 64

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads the header off the front of a member.
  /// - Parameter source: Left at the array's first byte.
  /// - Returns: The header, and how many bytes it takes.
  /// - Throws: `CheckpointError`.
  package static func read(
    from source: some ByteSource, byteCount: Int, name: String
  ) throws(CheckpointError) -> (header: Self, byteCount: Int) {
    func malformed(_ reason: String) -> CheckpointError {
      .malformed(file: name, reason: reason)
    }
    guard byteCount >= 10 else { throw malformed("\(byteCount) bytes are too few for an array") }
    let start = try source.bytes(count: 8)
    guard start.prefix(6) == magic[...] else { throw malformed("it is not a .npy array") }
    let version = start[6]
    guard (1...3).contains(version) else {
      throw malformed("it is of version \(version) of the .npy format; 1 to 3 are read")
    }
    let lengthSize = version == 1 ? 2 : 4
    guard byteCount >= 8 + lengthSize else { throw malformed("its header is cut off") }
    let length = try source.bytes(count: lengthSize).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= byteLimit, length <= byteCount - 8 - lengthSize else {
      throw malformed("its header says \(length) bytes, more than there are or can be")
    }
    let text = try source.bytes(count: length)
    guard let header = NumpyHeader(text) else {
      let shown = String(decoding: text.prefix(80), as: UTF8.self)
      throw malformed("its header is not understood: \(String(reflecting: shown))")
    }
    return (header, 8 + lengthSize + length)
  }

  /// - Parameter text: A Python dictionary with exactly the keys descr, fortran_order and shape.
  private init?(_ text: [UInt8]) {
    var parser = PythonLiteral(text)
    guard let fields = parser.dictionary(), fields.count == 3,
      case .text(let description)? = fields["descr"],
      case .flag(let isFortranOrder)? = fields["fortran_order"],
      case .tuple(let shape)? = fields["shape"], shape.count <= Self.rankLimit
    else { return nil }
    self.isFortranOrder = isFortranOrder
    self.shape = shape
    typeDescription = description
    order = description.hasPrefix(">") ? .bigEndian : .littleEndian
    type = Self.type(description)
  }

  private static func type(_ description: String) -> ElementType? {
    // "=" is the writer's own order, and all writers that remain are little-endian.
    let hasOrder = ["<", ">", "="].contains(description.prefix(1))
    switch description.dropFirst() {
    case "f2" where hasOrder: return .float16
    case "f4" where hasOrder: return .float32
    case "f8" where hasOrder: return .float64
    // How numpy writes JAX's bfloat16, which it does not know.
    case "V2": return .bfloat16
    default: return nil
    }
  }
}

/// The part of Python's literals that a header can hold.
private struct PythonLiteral {
  enum Value {
    case text(String)
    case flag(Bool)
    case tuple([Int])
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The whole text as a dictionary; `nil` for anything else.
  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var fields: [String: Value] = [:]
    while !take("}") {
      guard let key = text(), take(":"), let value = value() else { return nil }
      guard fields.updateValue(value, forKey: key) == nil else { return nil }
      guard take(",") || peek("}") else { return nil }
    }
    skipSpace()
    return position == bytes.count ? fields : nil
  }

  private mutating func value() -> Value? {
    if let text = text() { return .text(text) }
    if take("True") { return .flag(true) }
    if take("False") { return .flag(false) }
    return tuple().map(Value.tuple)
  }

  private mutating func text() -> String? {
    skipSpace()
    guard position < bytes.count, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(bytes[position])
    else { return nil }
    let quote = bytes[position]
    guard let end = bytes[(position + 1)...].firstIndex(of: quote) else { return nil }
    let content = bytes[(position + 1)..<end]
    guard !content.contains(UInt8(ascii: "\\")) else { return nil }
    position = end + 1
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func tuple() -> [Int]? {
    guard take("(") else { return nil }
    var numbers: [Int] = []
    while !take(")") {
      guard let number = number(), numbers.count < NumpyHeader.rankLimit else { return nil }
      numbers.append(number)
      guard take(",") || peek(")") else { return nil }
    }
    return numbers
  }

  /// A number that is not negative. Python 2 wrote an L behind it.
  private mutating func number() -> Int? {
    skipSpace()
    let digits = bytes[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
    position = digits.endIndex
    _ = take("L")
    return number
  }

  private mutating func take(_ word: String) -> Bool {
    guard peek(word) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func peek(_ word: String) -> Bool {
    skipSpace()
    return bytes[position...].starts(with: word.utf8)
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) {
      position += 1
    }
  }
}
