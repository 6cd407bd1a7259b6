import BiTModel

extension OperationSuite {
  static let convolutionCases =
    channelCases + pixelCountCases + windowCases + kernelValueCases

  /// 1, primes, and widths around the tiles that kernels cut channels into.
  private static let channelCounts = [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65]

  static func convolution(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, dilation: Int = 1,
    padding: SpatialPadding? = nil, path: String
  ) -> Convolution {
    Convolution(
      inputChannels: inputs, outputChannels: outputs, kernel: kernel, stride: stride,
      dilation: dilation, padding: padding ?? .symmetric(dilation * (kernel - 1) / 2),
      standardizationEpsilon: 1e-8, path: path)
  }

  /// Every input width with some output width; sizes, strides and batches vary alongside.
  private static let channelCases: [OperationCase] = {
    let sizes = [(1, 1), (7, 7), (2, 3), (9, 8), (1, 17), (15, 16), (5, 31)]
    var cases: [OperationCase] = []
    for kernel in [1, 3, 7] {
      // A kernel of a single weight cannot be standardised.
      for (index, inputs) in channelCounts.enumerated() where inputs * kernel > 1 {
        let outputs = channelCounts[(index * 5 + 3 + kernel) % channelCounts.count]
        let (height, width) = sizes[(index + kernel) % sizes.count]
        let stride = index % 3 == 2 ? 2 : 1
        let batch = index % 4 == 1 ? 3 : 1
        let name =
          "convolution \(kernel)x\(kernel)/\(stride), \(inputs) to \(outputs) channels,"
          + " \(batch) of \(height)x\(width)"
        cases.append(
          OperationCase(
            name,
            .convolution(
              convolution(inputs, outputs, kernel: kernel, stride: stride, path: name)),
            input: shape(height, width, inputs, batch: batch)))
      }
    }
    return cases
  }()

  /// Output pixels around the tiles that kernels cut images into.
  private static let pixelCountCases = [7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 129].map {
    pixels in
    let name = "convolution 1x1, \(pixels) pixels"
    return OperationCase(
      name, .convolution(convolution(16, 64, kernel: 1, path: name)),
      input: shape(1, pixels, 16))
  }

  /// Every padding, stride and dilation that fits, as neighbours in one network a kernel size.
  private static let windowCases = [1, 3, 7].flatMap { kernel in
    [(13, 11), (6, 9)].map { height, width in
      let name = "convolution \(kernel)x\(kernel), windows on \(height)x\(width)"
      return OperationCase(name, input: shape(height, width, 5, batch: 2)) { network in
        windows(kernel, height: height, width: width, inputs: 5, outputs: 9).map { window in
          network.append(window.weight.name.path, .convolution(window), 0)
        }
      }
    }
  }

  /// Every padding, stride and dilation that fits; one padding is wider than the window.
  static func windows(
    _ kernel: Int, height: Int, width: Int, inputs: Int, outputs: Int
  ) -> [Convolution] {
    var result: [Convolution] = []
    for dilation in kernel == 1 ? [1] : [1, 2, 4] {
      let paddings: [SpatialPadding] = [
        .symmetric(0), .symmetric(1), .symmetric(dilation * (kernel - 1) / 2), .same,
        .symmetric(kernel + 1),
      ]
      for padding in paddings {
        for stride in [1, 2, 3] {
          let window = convolution(
            inputs, outputs, kernel: kernel, stride: stride, dilation: dilation, padding: padding,
            path: "stride \(stride), dilation \(dilation), padding \(padding)")
          let extents = [height, width].map {
            padding.outputExtent(of: $0, window: kernel, stride: stride, dilation: dilation)
          }
          if extents.allSatisfy({ $0 > 0 }), !result.contains(window) { result.append(window) }
        }
      }
    }
    return result
  }

  /// Kernels whose variance is zero or of the order of ε.
  private static let kernelValueCases: [OperationCase] = {
    let values: [(name: String, weight: @Sendable (Int) -> Float)] = [
      ("zero kernels", { _ in 0 }),
      ("constant kernels", { _ in 0.375 }),
      ("kernels of tiny variance", { 0.001 + 1e-4 * Float($0 * 7919 % 17) / 17 }),
      ("kernels of large mean", { 100 + Float($0 * 7919 % 17) / 16 }),
    ]
    return values.map { name, weight in
      let convolution = convolution(8, 8, kernel: 3, path: name)
      let weights = InMemoryWeights([
        convolution.weight.name: (0..<convolution.weight.count).map(weight)
      ])
      return OperationCase(
        "convolution 3x3, \(name)", .convolution(convolution), input: shape(6, 5, 8),
        weights: weights)
    }
  }()
}
