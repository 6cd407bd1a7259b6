import BiTModel

/// What holds for the tensors of any file that was accepted.
enum CheckpointProperties {
  /// More elements are read only where a model calls for them.
  private static let elementLimit = 1 << 14
  /// More tensors than this are not read: the first ones take the same paths.
  private static let readLimit = 32

  /// - Parameter storesAll: Whether every element takes its bytes in the file.
  static func examine(
    _ reader: some CheckpointReader, storesAll: Bool
  ) throws(BrokenProperty) {
    let names = reader.tensorNames
    try require(Set(names).count == names.count, "a tensor is listed twice")
    for name in names {
      guard let shape = reader.shape(of: name), let type = reader.elementType(of: name) else {
        throw BrokenProperty(description: "tensor \(name) has no shape or no type")
      }
      try require(shape.count <= 64 && shape.allSatisfy { $0 >= 0 }, "\(name): shape \(shape)")
      guard let elementType = ElementType(rawValue: type) else { continue }
      guard let count = count(shape) else {
        throw BrokenProperty(description: "\(name): the elements of \(shape) cannot be counted")
      }
      let byteCount = count.multipliedReportingOverflow(by: elementType.byteCount)
      try require(
        !storesAll || (!byteCount.overflow && byteCount.partialValue <= reader.byteCount),
        "\(name): \(count) elements of \(type) in \(reader.byteCount) bytes")
    }
    for name in names.prefix(readLimit) {
      try examine(name, of: reader, mustRead: storesAll)
    }
    try require(reader.shape(of: "no such tensor") == nil, "a tensor is there that is not listed")
  }

  private static func examine(
    _ name: String, of reader: some CheckpointReader, mustRead: Bool
  ) throws(BrokenProperty) {
    guard let count = count(reader.shape(of: name) ?? []), count <= elementLimit else { return }
    let bits = try parsedTwice("tensor \(name)") { try reader.read(name).map(\.bitPattern) }
    let isFloat = ElementType(rawValue: reader.elementType(of: name) ?? "") != nil
    if let bits {
      try require(isFloat, "\(name) is read, though its type holds no weights")
      try require(bits.count == count, "\(name): \(bits.count) elements instead of \(count)")
    } else {
      try require(!(isFloat && mustRead), "\(name) is accepted and cannot be read")
    }
  }

  /// The product; `nil` if it overflows.
  static func count(_ shape: [Int]) -> Int? {
    guard !shape.contains(0) else { return 0 }
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { return nil }
      count = product
    }
    return count
  }
}
