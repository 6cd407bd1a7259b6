import BiTModel

/// The sum of two tensors. Height, width or channels of extent 1 are repeated to the other's
/// extent, as PyTorch broadcasts.
func add(_ a: Tensor<Double>, _ b: Tensor<Double>, outputShape: TensorShape) -> Tensor<Double> {
  func repeated(_ index: Int, _ extent: Int) -> Int { extent == 1 ? 0 : index }
  func element(_ x: Tensor<Double>, _ image: Int, _ row: Int, _ column: Int, _ channel: Int)
    -> Double
  {
    x[
      image, repeated(row, x.shape.height), repeated(column, x.shape.width),
      repeated(channel, x.shape.channels)]
  }
  var output = Tensor<Double>(shape: outputShape, filledWith: 0)
  for image in 0..<outputShape.batch {
    for row in 0..<outputShape.height {
      for column in 0..<outputShape.width {
        for channel in 0..<outputShape.channels {
          output[image, row, column, channel] =
            element(a, image, row, column, channel) + element(b, image, row, column, channel)
        }
      }
    }
  }
  return output
}
