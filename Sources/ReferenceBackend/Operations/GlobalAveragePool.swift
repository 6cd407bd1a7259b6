import BiTModel

/// The mean of each channel over an image's pixels: [N, H, W, C] → [N, 1, 1, C].
func globalAveragePool(_ input: Tensor<Double>) -> Tensor<Double> {
  let shape = input.shape
  var output = Tensor<Double>(
    shape: TensorShape(batch: shape.batch, height: 1, width: 1, channels: shape.channels),
    filledWith: 0)
  for image in 0..<shape.batch {
    for row in 0..<shape.height {
      for column in 0..<shape.width {
        for channel in 0..<shape.channels {
          output[image, 0, 0, channel] += input[image, row, column, channel]
        }
      }
    }
  }
  let pixels = Double(shape.height * shape.width)
  return Tensor(shape: output.shape, elements: output.elements.map { $0 / pixels })
}
