/// The bytes of a file's pickles, read from the front in pieces.
struct PickleBytes {
  /// What a checkpoint's pickle needs by far: a BiT-R152x4 with all of its training's state has some
  /// 500 KB.
  static let byteLimit = 64 << 20

  let file: FileReader
  /// The next byte's place in the file.
  private(set) var position: Int
  private let end: Int
  private var window: [UInt8] = []
  private var windowStart = 0

  private static let windowByteCount = 1 << 16

  init(file: FileReader, at position: Int = 0) {
    self.file = file
    self.position = position
    end = min(file.byteCount, position + Self.byteLimit)
    windowStart = position
  }

  mutating func byte() throws(CheckpointError) -> UInt8 {
    if position - windowStart >= window.count { try fill() }
    defer { position += 1 }
    return window[position - windowStart]
  }

  /// - Parameter count: At most 65,536, so that a length that lies allocates nothing.
  mutating func take(_ count: Int) throws(CheckpointError) -> [UInt8] {
    precondition(count <= Self.windowByteCount)
    try demand(count)
    let start = position - windowStart
    defer { position += count }
    guard start + count > window.count else { return Array(window[start..<(start + count)]) }
    return try file.bytes(at: position, count: count)
  }

  mutating func skip(_ count: Int) throws(CheckpointError) {
    try demand(count)
    position += count
  }

  /// A number of `count` bytes, the lowest first.
  mutating func number(_ count: Int) throws(CheckpointError) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(try byte()) << (8 * UInt64(index)) }
    return value
  }

  /// The bytes up to the end of the line, which is passed over.
  mutating func line() throws(CheckpointError) -> [UInt8] {
    var line: [UInt8] = []
    while true {
      let next = try byte()
      if next == UInt8(ascii: "\n") { return line }
      guard line.count < Self.windowByteCount else { throw malformed("it has an endless line") }
      line.append(next)
    }
  }

  func malformed(_ reason: String) -> CheckpointError {
    .malformed(file: file.path, reason: "its pickle, up to byte \(position): \(reason)")
  }

  private func demand(_ count: Int) throws(CheckpointError) {
    guard count <= end - position else { throw tooShort }
  }

  private mutating func fill() throws(CheckpointError) {
    guard position < end else { throw tooShort }
    window = try file.bytes(at: position, count: min(Self.windowByteCount, end - position))
    windowStart = position
  }

  private var tooShort: CheckpointError {
    malformed(
      end < file.byteCount ? "it is longer than \(Self.byteLimit) bytes" : "it is cut off")
  }
}
