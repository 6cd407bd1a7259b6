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

  static let arrayLimit = 1 << 14

  private static let suffix = ".npy"

  /// - Throws: `CheckpointError`.
  init(_ archive: ZipArchive) throws(CheckpointError) {
    self.archive = archive
    let members = archive.members.filter { $0.name.hasSuffix(Self.suffix) }
    guard members.count <= Self.arrayLimit else {
      throw .malformed(file: archive.source, reason: "it holds \(members.count) arrays")
    }
    try archive.checkExpansion(of: members)
    var entries: [String: Entry] = [:]
    for member in members {
      let name = "\(archive.source), member '\(member.name)'"
      let (header, offset) = try NumpyHeader.read(
        from: try archive.stream(member), byteCount: member.byteCount, name: name)
      if let type = header.type {
        guard Self.count(header.shape, times: type.byteCount) == member.byteCount - offset else {
          throw .malformed(
            file: name,
            reason: "an array of shape \(header.shape) and type \(header.typeDescription) cannot"
              + " have \(member.byteCount - offset) bytes")
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
    guard let type = entry.header.type else {
      throw .unsupportedType(tensor: array, type: entry.header.typeDescription, file: source)
    }
    let order = AxisOrder(entry.header, axes: axes)
    let stream = try archive.stream(entry.member)
    try stream.skip(entry.offset)
    var result: [Float]
    if order.isStoredOrder {
      result = try stream.elements(order.count, of: type, order: entry.header.order)
    } else {
      result = Array(repeating: 0, count: order.count)
      // Some rows at a time, so that an array costs its own size and little more.
      let group = max(1, (1 << 16) / max(1, order.rowLength))
      for row in stride(from: 0, to: order.rowCount, by: group) {
        let rows = row..<min(row + group, order.rowCount)
        let piece = try stream.elements(
          rows.count * order.rowLength, of: type, order: entry.header.order)
        order.place(piece, rows: rows, into: &result)
      }
    }
    try stream.finish()
    return result
  }

  /// Whether every element is zero: looks no further than the first that is not.
  /// - Throws: `CheckpointError`.
  func holdsOnlyZeros(_ array: String) throws(CheckpointError) -> Bool {
    guard let entry = entries[array] else { return false }
    let stream = try archive.stream(entry.member)
    try stream.skip(entry.offset)
    while stream.remaining > 0 {
      let bytes = try stream.bytes(count: min(stream.remaining, 1 << 16))
      guard bytes.allSatisfy({ $0 == 0 }) else { return false }
    }
    return true
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
