import BiTModel

/// The largest value under each position of a square window; a padded pixel counts as zero.
func maxPool2D(
  _ input: Tensor<Double>, _ pool: MaxPool, outputShape: TensorShape
) -> Tensor<Double> {
  let (height, width) = (input.shape.height, input.shape.width)
  let (top, _) = pool.padding.amounts(
    extent: height, window: pool.window, stride: pool.stride, dilation: 1)
  let (left, _) = pool.padding.amounts(
    extent: width, window: pool.window, stride: pool.stride, dilation: 1)
  var output = Tensor<Double>(shape: outputShape, filledWith: -.infinity)
  for image in 0..<outputShape.batch {
    for outputRow in 0..<outputShape.height {
      for outputColumn in 0..<outputShape.width {
        for r in 0..<pool.window {
          for s in 0..<pool.window {
            let row = outputRow * pool.stride + r - top
            let column = outputColumn * pool.stride + s - left
            let inside = row >= 0 && row < height && column >= 0 && column < width
            for channel in 0..<outputShape.channels {
              let value = inside ? input[image, row, column, channel] : 0
              let largest = output[image, outputRow, outputColumn, channel]
              // A NaN stays one, as in PyTorch.
              if value > largest || value.isNaN {
                output[image, outputRow, outputColumn, channel] = value
              }
            }
          }
        }
      }
    }
  }
  return output
}
