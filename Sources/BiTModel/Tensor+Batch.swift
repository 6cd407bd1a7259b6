extension Tensor {
  /// One batch of several.
  /// - Precondition: At least one tensor, all of one shape but for the batch.
  package init(stacking tensors: [Tensor]) {
    var shape = tensors[0].shape
    shape.batch = tensors.reduce(0) { $0 + $1.shape.batch }
    guard tensors.count > 1 else {
      self = tensors[0]
      return
    }
    var elements: [Element] = []
    elements.reserveCapacity(shape.count)
    for tensor in tensors { elements += tensor.elements }
    self.init(shape: shape, elements: elements)
  }

  /// Some of a batch's images.
  package func images(_ range: Range<Int>) -> Tensor {
    guard range != 0..<shape.batch else { return self }
    var shape = shape
    shape.batch = range.count
    let size = shape.imageCount
    return Tensor(
      shape: shape, elements: Array(elements[(range.lowerBound * size)..<(range.upperBound * size)])
    )
  }
}
