/// Where the elements of an array go when its axes change their order.
///
/// The array's bytes are rows of its last stored axis, one after the other.
struct AxisOrder {
  let count: Int
  let rowCount: Int
  /// Elements of a row; 1 for an array without axes.
  let rowLength: Int
  /// Whether the elements stay where they are.
  let isStoredOrder: Bool

  /// The extents of the stored axes but for the last, and how far apart their elements are in the
  /// result.
  private let outerExtents: [Int]
  private let outerStrides: [Int]
  /// How far apart a row's elements are in the result.
  private let rowStride: Int

  /// - Parameter axes: For each axis of the result, which of the array's it is.
  /// - Precondition: The number of elements is an Int.
  init(_ header: NumpyHeader, axes: [Int]) {
    let shape = header.shape
    precondition(axes.sorted() == Array(shape.indices))
    var strides = Array(repeating: 1, count: shape.count)
    var stride = 1
    for axis in axes.reversed() {
      strides[axis] = stride
      stride *= max(1, shape[axis])
    }
    let stored = header.isFortranOrder ? Array(shape.indices.reversed()) : Array(shape.indices)
    isStoredOrder = stored == axes
    count = shape.reduce(1, *)
    rowLength = stored.last.map { shape[$0] } ?? 1
    rowCount = rowLength == 0 ? 0 : count / rowLength
    rowStride = stored.last.map { strides[$0] } ?? 1
    outerExtents = stored.dropLast().map { shape[$0] }
    outerStrides = stored.dropLast().map { strides[$0] }
  }

  /// Puts some rows where they belong.
  func place(
    _ piece: [Float], rows: Range<Int>, into result: inout [Float]
  ) {
    let starts = rows.map(start(ofRow:))
    piece.withUnsafeBufferPointer { piece in
      result.withUnsafeMutableBufferPointer { result in
        // Writing a column of all rows at once keeps neighbours in the result together.
        for column in 0..<rowLength {
          let offset = column * rowStride
          for (index, start) in starts.enumerated() {
            result[start + offset] = piece[index * rowLength + column]
          }
        }
      }
    }
  }

  /// Where a row's first element goes.
  private func start(ofRow row: Int) -> Int {
    var rest = row
    var start = 0
    for (extent, stride) in zip(outerExtents, outerStrides).reversed() {
      start += rest % extent * stride
      rest /= extent
    }
    return start
  }
}
