import BiTModel

/// y[n, h, w, k] = Σ x[n, h, w, c] · weight[k, c] over c, plus bias[k].
/// - Parameters:
///   - weight: [output features, input features]
///   - bias: [output features]
func linear(
  _ input: Tensor<Double>, _ layer: Linear, weight: [Double], bias: [Double]
) -> Tensor<Double> {
  var shape = input.shape
  shape.channels = layer.outputFeatures
  var output = Tensor<Double>(shape: shape, filledWith: 0)
  for image in 0..<shape.batch {
    for row in 0..<shape.height {
      for column in 0..<shape.width {
        for k in 0..<layer.outputFeatures {
          var sum = 0.0
          for c in 0..<layer.inputFeatures {
            sum += input[image, row, column, c] * weight[k * layer.inputFeatures + c]
          }
          output[image, row, column, k] = sum + bias[k]
        }
      }
    }
  }
  return output
}
