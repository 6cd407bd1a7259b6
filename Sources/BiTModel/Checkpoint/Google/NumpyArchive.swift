/// Reads numpy's `.npz`: a zip archive of `.npy` arrays, stored or deflated.
///
/// Opening it reads the arrays' headers; elements are read when they are asked for. Arrays of
/// Python objects, which are pickles, are listed and never read.
struct NumpyArchive: Sendable {
  private struct Entry {
    let member: ZipMember
    let header: NumpyHeader
    /// Where the elements start within the member.
    let offset: Int
  }

  private let archive: ZipArchive
  private let entries: [String: Entry]

  /// Deflate can make a thousandth of what repeats, but weights don't: what all arrays together
  /// may expand to beside four times the file's own size. A classifier of zeros is within it.
  static let spareByteCount = 2 << 30
  static let arrayLimit = 1 << 14

  private static let suffix = ".npy"

  /// - Throws: `CheckpointError`.
  init(_ archive: ZipArchive) throws(CheckpointError) {
    self.archive = archive
    let members = archive.members.filter { $0.name.hasSuffix(Self.suffix) }
    guard members.count <= Self.arrayLimit else {
      throw .malformed(file: archive.source, reason: "it holds \(members.count) arrays")
    }
    var expanded = 0
    for member in members { expanded += member.byteCount }
    guard expanded <= archive.byteCount * 4 + Self.spareByteCount else {
      throw .malformed(
        file: archive.source,
        reason: "its \(archive.byteCount) bytes would expand to \(expanded), which weights cannot")
    }
    var entries: [String: Entry] = [:]
    for member in members {
      let name = "\(archive.source), member '\(member.name)'"
      let (header, offset) = try NumpyHeader.read(
        from: try archive.stream(member), byteCount: member.byteCount, name: name)
      if let size = header.type.byteCount {
        guard Self.count(header.shape, times: size) == member.byteCount - offset else {
          throw .malformed(
            file: name,
            reason: "an array of shape \(header.shape) and type \(header.type.name) cannot have"
              + " \(member.byteCount - offset) bytes")
        }
      }
      entries[String(member.name.dropLast(Self.suffix.count))] = Entry(
        member: member, header: header, offset: offset)
    }
    self.entries = entries
  }

  var source: String { archive.source }
  var byteCount: Int { archive.byteCount }
  var names: [String] { entries.keys.sorted() }

  func header(of array: String) -> NumpyHeader? { entries[array]?.header }

  /// Reads an array, row-major, converted to Float, its axes in another order.
  /// - Parameter axes: For each axis of the result, which of the array's it is.
  /// - Throws: `CheckpointError`.
  func read(_ array: String, axes: [Int]) throws(CheckpointError) -> [Float] {
    guard let entry = entries[array] else {
      throw .missingTensor(ParameterName(array), file: source)
    }
    let header = entry.header
    guard let size = header.type.byteCount else {
      throw .unsupportedType(tensor: array, type: header.type.name, file: source)
    }
    let order = AxisOrder(header, axes: axes)
    let stream = try archive.stream(entry.member)
    try stream.skip(entry.offset)
    var failure: CheckpointError?
    let elements = [Float](unsafeUninitializedCapacity: order.count) { result, count in
      do throws(CheckpointError) {
        try Self.read(stream, header, size: size, order, into: result)
        count = order.count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    try stream.finish()
    return elements
  }

  /// Some rows at a time, so that an array costs its own size and little more.
  private static func read(
    _ stream: ZipMemberStream, _ header: NumpyHeader, size: Int, _ order: AxisOrder,
    into result: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    guard order.count > 0 else { return }
    let rows = order.rowCount
    let group = min(rows, max(1, (1 << 16) / order.rowLength))
    var raw = [UInt8](repeating: 0, count: group * order.rowLength * size)
    var piece = [Float](repeating: 0, count: group * order.rowLength)
    var row = 0
    while row < rows {
      let taken = min(group, rows - row)
      let count = taken * order.rowLength
      var failure: CheckpointError?
      raw.withUnsafeMutableBytes { bytes in
        let part = UnsafeMutableRawBufferPointer(rebasing: bytes[..<(count * size)])
        do throws(CheckpointError) { try stream.read(into: part) } catch { failure = error }
        if failure == nil {
          piece.withUnsafeMutableBufferPointer {
            header.decode(UnsafeRawBufferPointer(part), to: $0)
          }
        }
      }
      if let failure { throw failure }
      piece.withUnsafeBufferPointer { order.place($0, rows: row..<(row + taken), into: result) }
      row += taken
    }
  }

  /// The product, `nil` if it overflows. An extent of zero is left out until the end, so that the
  /// others' product does not overflow unseen.
  private static func count(_ shape: [Int], times size: Int) -> Int? {
    var count = size
    for extent in shape where extent != 0 {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { return nil }
      count = product
    }
    return shape.contains(0) ? 0 : count
  }
}

extension NumpyHeader {
  /// - Parameter bytes: As many elements as `elements` has room for, or fewer.
  fileprivate func decode(
    _ bytes: UnsafeRawBufferPointer, to elements: UnsafeMutableBufferPointer<Float>
  ) {
    func each<Stored: FixedWidthInteger>(_: Stored.Type, _ convert: (Stored) -> Float) {
      for index in 0..<(bytes.count / MemoryLayout<Stored>.size) {
        let stored = bytes.loadUnaligned(
          fromByteOffset: index * MemoryLayout<Stored>.size, as: Stored.self)
        elements[index] = convert(
          isBigEndian ? Stored(bigEndian: stored) : Stored(littleEndian: stored))
      }
    }
    switch type {
    case .float16: each(UInt16.self) { HalfPrecision.float(binary16: $0) }
    case .bfloat16: each(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .float32: each(UInt32.self) { Float(bitPattern: $0) }
    case .float64: each(UInt64.self) { Float(Double(bitPattern: $0)) }
    case .other: break
    }
  }
}
