import BiTModel

/// y[n, h, w, k] = Σ x[n, h·stride + r·dilation − top, w·stride + s·dilation − left, c] ·
/// kernel[k, c, r, s] over r, s and c, where x is zero outside the input.
/// - Parameter kernel: [output channels, input channels, height, width]
func convolution2D(
  _ input: Tensor<Double>, kernel: [Double], _ convolution: Convolution, outputShape: TensorShape
) async throws -> Tensor<Double> {
  let taps = outputChannelsLast(kernel, convolution)
  let elements = try await concurrentRows(outputShape.batch * outputShape.height) { row in
    convolutionRow(
      input, taps: taps, convolution, image: row / outputShape.height,
      outputRow: row % outputShape.height, outputWidth: outputShape.width)
  }
  return Tensor(shape: outputShape, elements: elements)
}

/// [output channels, input channels, height, width] → [height, width, input channels, output
/// channels], so that the innermost loop runs over neighbours.
private func outputChannelsLast(_ kernel: [Double], _ convolution: Convolution) -> [Double] {
  let window = convolution.kernel * convolution.kernel
  let (inputs, outputs) = (convolution.inputChannels, convolution.outputChannels)
  var taps = [Double](repeating: 0, count: kernel.count)
  for output in 0..<outputs {
    for input in 0..<inputs {
      for position in 0..<window {
        taps[(position * inputs + input) * outputs + output] =
          kernel[(output * inputs + input) * window + position]
      }
    }
  }
  return taps
}

/// One row of one image's output: [width, output channels].
///
/// The loops over columns and output channels stand inside those of the sum, which leaves the
/// order of each element's sum as it is and reads each tap once a row.
private func convolutionRow(
  _ input: Tensor<Double>, taps: [Double], _ convolution: Convolution, image: Int,
  outputRow: Int, outputWidth: Int
) -> [Double] {
  let (inputs, outputs) = (convolution.inputChannels, convolution.outputChannels)
  let (height, width) = (input.shape.height, input.shape.width)
  let (top, left) = convolution.paddingBefore(input.shape)
  var sums = [Double](repeating: 0, count: outputWidth * outputs)
  // Unchecked access: release builds then vectorise the innermost loop.
  sums.withUnsafeMutableBufferPointer { sums in
    input.elements.withUnsafeBufferPointer { x in
      taps.withUnsafeBufferPointer { taps in
        for r in 0..<convolution.kernel {
          let row = outputRow * convolution.stride + r * convolution.dilation - top
          guard row >= 0, row < height else { continue }
          for s in 0..<convolution.kernel {
            for c in 0..<inputs {
              let tap = ((r * convolution.kernel + s) * inputs + c) * outputs
              for outputColumn in 0..<outputWidth {
                let column = outputColumn * convolution.stride + s * convolution.dilation - left
                guard column >= 0, column < width else { continue }
                let value = x[((image * height + row) * width + column) * inputs + c]
                for k in 0..<outputs { sums[outputColumn * outputs + k] += value * taps[tap + k] }
              }
            }
          }
        }
      }
    }
  }
  return sums
}
