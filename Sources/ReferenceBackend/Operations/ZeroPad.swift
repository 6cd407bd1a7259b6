import BiTModel

/// A border of zeros, `border` pixels wide on each side.
func zeroPad(_ input: Tensor<Double>, border: Int) -> Tensor<Double> {
  var shape = input.shape
  shape.height += 2 * border
  shape.width += 2 * border
  var output = Tensor<Double>(shape: shape, filledWith: 0)
  for image in 0..<shape.batch {
    for row in 0..<input.shape.height {
      for column in 0..<input.shape.width {
        for channel in 0..<shape.channels {
          output[image, row + border, column + border, channel] =
            input[image, row, column, channel]
        }
      }
    }
  }
  return output
}
