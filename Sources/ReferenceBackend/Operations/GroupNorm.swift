import BiTModel

/// Group normalisation (arXiv:1803.08494): over each image's pixels and each group of
/// neighbouring channels, y = activation((x − mean) / √(variance + ε) · weight + bias), with the
/// biased variance. Two passes over the input: no cancellation, whatever the mean.
/// - Parameters:
///   - weight: [channels]
///   - bias: [channels]
func groupNorm(
  _ input: Tensor<Double>, _ norm: GroupNorm, weight: [Double], bias: [Double],
  activation: (Double) -> Double
) -> Tensor<Double> {
  let shape = input.shape
  let pixels = shape.height * shape.width
  let groupChannels = norm.channels / norm.groups
  let count = Double(pixels * groupChannels)
  var output = input.elements
  for image in 0..<shape.batch {
    for group in 0..<norm.groups {
      let channels = group * groupChannels..<(group + 1) * groupChannels

      var sum = 0.0
      for pixel in image * pixels..<(image + 1) * pixels {
        for channel in channels { sum += input.elements[pixel * shape.channels + channel] }
      }
      let mean = sum / count

      var squares = 0.0
      for pixel in image * pixels..<(image + 1) * pixels {
        for channel in channels {
          let deviation = input.elements[pixel * shape.channels + channel] - mean
          squares += deviation * deviation
        }
      }
      let deviation = (squares / count + norm.epsilon).squareRoot()

      for pixel in image * pixels..<(image + 1) * pixels {
        for channel in channels {
          let normalized = (input.elements[pixel * shape.channels + channel] - mean) / deviation
          output[pixel * shape.channels + channel] =
            activation(normalized * weight[channel] + bias[channel])
        }
      }
    }
  }
  return Tensor(shape: shape, elements: output)
}
