/// What one node of a network computes. All tensors are NHWC.
public enum Operation: Hashable, Sendable {
  /// The pixels; `channels` of them a pixel.
  case input(channels: Int)
  /// A border of zeros, `border` pixels wide on each side.
  case zeroPad(border: Int)
  case convolution(Convolution)
  case groupNorm(GroupNorm)
  case maxPool(MaxPool)
  /// The sum of two tensors, then an activation if there is one. An axis of extent 1 is repeated
  /// to the other's extent, as PyTorch broadcasts.
  case add(Activation?)
  /// The mean over height and width.
  case globalAveragePool
  case linear(Linear)
}

/// How many zeros surround the input of a sliding window.
public enum SpatialPadding: Hashable, Sendable {
  /// The same number on each side.
  case symmetric(Int)
  /// TensorFlow's SAME: just enough that the output has ceil(input / stride) pixels an axis; an
  /// odd one out goes to the bottom or right.
  case same

  /// The zeros before the first and after the last pixel of an axis.
  public func amounts(extent: Int, window: Int, stride: Int, dilation: Int) -> (Int, Int) {
    switch self {
    case .symmetric(let amount): return (amount, amount)
    case .same:
      let outputs = (extent + stride - 1) / stride
      let total = max((outputs - 1) * stride + (window - 1) * dilation + 1 - extent, 0)
      return (total / 2, total - total / 2)
    }
  }

  /// Positions of the window along an axis; zero or less if it does not fit.
  public func outputExtent(of extent: Int, window: Int, stride: Int, dilation: Int = 1) -> Int {
    let (before, after) = amounts(
      extent: extent, window: window, stride: stride, dilation: dilation)
    let room = extent + before + after - (window - 1) * dilation - 1
    return room < 0 ? 0 : room / stride + 1
  }
}

/// A convolution without bias whose kernel is standardised before use: each output channel's
/// kernel w becomes (w − mean) / √(variance + ε), with the biased variance (arXiv:1903.10520).
public struct Convolution: Hashable, Sendable {
  public let inputChannels: Int
  public let outputChannels: Int
  public let kernel: Int
  public let stride: Int
  public let dilation: Int
  public let padding: SpatialPadding
  /// ε of weight standardisation.
  public let standardizationEpsilon: Double
  public let weight: Parameter

  public init(
    inputChannels: Int, outputChannels: Int, kernel: Int, stride: Int = 1, dilation: Int = 1,
    padding: SpatialPadding, standardizationEpsilon: Double, path: String
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
    self.standardizationEpsilon = standardizationEpsilon
    weight = Parameter(
      "\(path).weight", shape: [outputChannels, inputChannels, kernel, kernel])
  }

  /// The zeros before the first row and the first column of an input.
  public func paddingBefore(_ input: TensorShape) -> (top: Int, left: Int) {
    let top = padding.amounts(
      extent: input.height, window: kernel, stride: stride, dilation: dilation)
    let left = padding.amounts(
      extent: input.width, window: kernel, stride: stride, dilation: dilation)
    return (top.0, left.0)
  }
}

/// Group normalisation with its activation (arXiv:1803.08494): over each image's pixels and each
/// group of neighbouring channels, y = activation((x − mean) / √(variance + ε) · weight + bias).
public struct GroupNorm: Hashable, Sendable {
  public let channels: Int
  public let groups: Int
  public let epsilon: Double
  public let weight: Parameter
  public let bias: Parameter
  public let activation: Activation

  public init(
    channels: Int, groups: Int, epsilon: Double, path: String, activation: ActivationFunction
  ) {
    self.channels = channels
    self.groups = groups
    self.epsilon = epsilon
    weight = Parameter("\(path).weight", shape: [channels])
    bias = Parameter("\(path).bias", shape: [channels])
    self.activation = Activation(activation, path: "\(path).activation")
  }
}

/// Max pooling over a padded input; a padded pixel counts as zero, not as −∞.
public struct MaxPool: Hashable, Sendable {
  public let window: Int
  public let stride: Int
  public let padding: SpatialPadding

  public init(window: Int, stride: Int, padding: SpatialPadding) {
    self.window = window
    self.stride = stride
    self.padding = padding
  }
}

/// logits = weight · features + bias, on a tensor of one pixel an image.
public struct Linear: Hashable, Sendable {
  public let inputFeatures: Int
  public let outputFeatures: Int
  public let weight: Parameter
  public let bias: Parameter

  public init(inputFeatures: Int, outputFeatures: Int, path: String) {
    self.inputFeatures = inputFeatures
    self.outputFeatures = outputFeatures
    weight = Parameter("\(path).weight", shape: [outputFeatures, inputFeatures])
    bias = Parameter("\(path).bias", shape: [outputFeatures])
  }
}

extension Operation {
  /// The learnt tensors that the operation reads.
  public var parameters: [Parameter] {
    switch self {
    case .input, .zeroPad, .maxPool, .globalAveragePool: []
    case .convolution(let convolution): [convolution.weight]
    case .groupNorm(let norm): [norm.weight, norm.bias] + norm.activation.parameters
    case .add(let activation): activation?.parameters ?? []
    case .linear(let linear): [linear.weight, linear.bias]
    }
  }

  /// What kind of operation it is, in a word or two.
  public var word: String {
    switch self {
    case .input: "input"
    case .zeroPad: "zero pad"
    case .convolution: "convolution"
    case .groupNorm: "group norm"
    case .maxPool: "max pool"
    case .add: "add"
    case .globalAveragePool: "global average pool"
    case .linear: "linear"
    }
  }
}
