import BiTModel

extension PackedWeights {
  /// Standardises a convolution's kernels in Double and packs them, their depth in the order row,
  /// column, input channel.
  /// - Parameter values: [output channels, input channels, kernel, kernel].
  convenience init(
    _ convolution: Convolution, values: [Float], panelWidth: Int, workers: WorkerPool
  ) throws(CPUBackendError) {
    let taps = convolution.kernel * convolution.kernel
    let channels = convolution.inputChannels
    try self.init(
      outputs: convolution.outputChannels, depth: channels * taps, panelWidth: panelWidth,
      workers: workers
    ) { output, weights in
      values.withUnsafeBufferPointer { values in
        let kernel = UnsafeBufferPointer(
          rebasing: values[(output * channels * taps)..<((output + 1) * channels * taps)])
        let (mean, scale) = Self.standardization(
          of: kernel, epsilon: convolution.standardizationEpsilon)
        for channel in 0..<channels {
          for tap in 0..<taps {
            let value = Double(kernel[channel * taps + tap])
            weights[tap * channels + channel] = Float((value - mean) * scale)
          }
        }
      }
    }
  }

  /// - Parameter values: [output features, input features].
  convenience init(
    _ linear: Linear, values: [Float], panelWidth: Int, workers: WorkerPool
  ) throws(CPUBackendError) {
    let depth = linear.inputFeatures
    try self.init(
      outputs: linear.outputFeatures, depth: depth, panelWidth: panelWidth, workers: workers
    ) { output, weights in
      for k in 0..<depth { weights[k] = values[output * depth + k] }
    }
  }

  /// The mean of a kernel and the reciprocal of its deviation, √(variance + ε) with the biased
  /// variance (arXiv:1903.10520).
  private static func standardization(
    of kernel: UnsafeBufferPointer<Float>, epsilon: Double
  ) -> (mean: Double, scale: Double) {
    let count = Double(kernel.count)
    var sum = 0.0
    for value in kernel { sum += Double(value) }
    let mean = sum / count
    var squares = 0.0
    for value in kernel {
      let deviation = Double(value) - mean
      squares += deviation * deviation
    }
    return (mean, 1 / (squares / count + epsilon).squareRoot())
  }
}
