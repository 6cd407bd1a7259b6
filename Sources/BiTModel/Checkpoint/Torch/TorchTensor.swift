/// A tensor as a view of a storage, everything checked: what it covers lies in its storage.
struct TorchTensor {
  /// A number of `TorchObjects.storages`.
  let storage: Int
  let type: TorchElementType
  /// Elements before its first.
  var offset: Int
  let shape: [Int]
  /// Elements between neighbours along each dimension.
  let strides: [Int]
  let count: Int
  /// Elements of the storage from its first to its last, itself included.
  let span: Int
  /// What PyTorch would do to each element on the way, such as `neg`.
  let pending: String?

  /// PyTorch has no tensors of more dimensions.
  static let rankLimit = 64

  /// - Returns: `nil` for extents or strides that cannot be.
  init?(
    storage: Int, type: TorchElementType, offset: Int, shape: [Int], strides: [Int],
    pending: String?
  ) {
    guard offset >= 0, shape.count == strides.count, shape.count <= Self.rankLimit,
      shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 })
    else { return nil }
    var (count, span) = (1, 1)
    for (extent, stride) in zip(shape, strides) where extent > 0 {
      let product = count.multipliedReportingOverflow(by: extent)
      let distance = (extent - 1).multipliedReportingOverflow(by: stride)
      let sum = span.addingReportingOverflow(distance.partialValue)
      guard !product.overflow, !distance.overflow, !sum.overflow else { return nil }
      (count, span) = (product.partialValue, sum.partialValue)
    }
    let isEmpty = shape.contains(0)
    self.storage = storage
    self.type = type
    self.offset = offset
    self.shape = shape
    self.strides = strides
    self.count = isEmpty ? 0 : count
    self.span = isEmpty ? 0 : span
    self.pending = pending
  }

  /// Whether its elements lie in the storage one after the other.
  var isContiguous: Bool {
    guard count == span else { return false }
    var expected = 1
    for (extent, stride) in zip(shape, strides).reversed() where extent > 1 {
      guard stride == expected else { return false }
      expected *= extent
    }
    return true
  }

  /// Puts the elements in order.
  /// - Parameter values: The storage's elements from the first to the last that the tensor covers.
  func gather(_ values: [Float]) -> [Float] {
    guard !isContiguous, let extent = shape.last, let stride = strides.last, count > 0 else {
      return values
    }
    var result: [Float] = []
    result.reserveCapacity(count)
    var index = [Int](repeating: 0, count: shape.count - 1)
    var start = 0
    while true {
      for step in 0..<extent { result.append(values[start + step * stride]) }
      // Counts up, the last dimension but one first.
      var dimension = index.count - 1
      while dimension >= 0 {
        index[dimension] += 1
        start += strides[dimension]
        if index[dimension] < shape[dimension] { break }
        start -= index[dimension] * strides[dimension]
        index[dimension] = 0
        dimension -= 1
      }
      if dimension < 0 { return result }
    }
  }
}
