import BiTModel

/// The extents of a convolution on an input of a known size.
struct ConvolutionGeometry: Sendable {
  var batch: Int
  var inputHeight: Int
  var inputWidth: Int
  let inputChannels: Int
  var outputHeight: Int
  var outputWidth: Int
  let outputChannels: Int
  let kernel: Int
  let stride: Int
  let dilation: Int
  /// Zeros before the first row and column.
  let padding: (top: Int, left: Int)

  init(_ convolution: Convolution, input: TensorShape, output: TensorShape) {
    batch = input.batch
    inputHeight = input.height
    inputWidth = input.width
    inputChannels = input.channels
    outputHeight = output.height
    outputWidth = output.width
    outputChannels = output.channels
    kernel = convolution.kernel
    stride = convolution.stride
    dilation = convolution.dilation
    padding = convolution.paddingBefore(input)
  }

  /// A linear layer is a 1x1 convolution.
  init(_ linear: Linear, input: TensorShape) {
    batch = input.batch
    inputHeight = input.height
    inputWidth = input.width
    inputChannels = linear.inputFeatures
    outputHeight = input.height
    outputWidth = input.width
    outputChannels = linear.outputFeatures
    kernel = 1
    stride = 1
    dilation = 1
    padding = (0, 0)
  }

  /// Whether each output pixel reads the input pixel at its own place and nothing else.
  var isPointwise: Bool {
    kernel == 1 && stride == 1 && padding == (0, 0) && inputHeight == outputHeight
      && inputWidth == outputWidth
  }

  /// A pointwise convolution's pixels as one row; as one image too, where images are alike.
  /// - Precondition: `isPointwise`.
  func flattened(mergingBatch: Bool) -> ConvolutionGeometry {
    var result = self
    result.inputWidth = inputHeight * inputWidth * (mergingBatch ? batch : 1)
    result.inputHeight = 1
    result.batch = mergingBatch ? 1 : batch
    result.outputWidth = result.inputWidth
    result.outputHeight = 1
    return result
  }
}
