/// A network cannot run on an input of some shape.
public enum NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
  case wrongInputChannels(expected: Int, found: Int)
  case emptyInput(TensorShape)
  case inputTooLarge(TensorShape, limit: Int)
  case windowDoesNotFit(node: String, input: TensorShape)
  case cannotBroadcast(node: String, TensorShape, TensorShape)
  case singleValueGroup(node: String, input: TensorShape)
  case wrongFeatureCount(node: String, expected: Int, found: TensorShape)

  public var description: String {
    switch self {
    case .wrongInputChannels(let expected, let found):
      "the model reads \(expected) channels a pixel, the input has \(found)"
    case .emptyInput(let shape):
      "the input \(shape) (batch, height, width, channels) is empty"
    case .inputTooLarge(let shape, let limit):
      "the input \(shape) (batch, height, width, channels) makes a tensor of more than \(limit)"
        + " elements; use a smaller size or batch"
    case .windowDoesNotFit(let node, let input):
      "the input is too small: at \(node) only \(input.height)x\(input.width) pixels are left,"
        + " fewer than its window needs"
    case .cannotBroadcast(let node, let a, let b):
      "the branches of \(node) have different sizes, \(a.height)x\(a.width) and"
        + " \(b.height)x\(b.width) (transformers refuses this too; with global_padding VALID the"
        + " 3x3 branch shrinks and the shortcut does not)"
    case .singleValueGroup(let node, let input):
      "\(node) would normalise groups of one value (input \(input)), which PyTorch refuses; use a"
        + " larger image"
    case .wrongFeatureCount(let node, let expected, let found):
      "\(node) reads \(expected) channels, but is given \(found)"
    }
  }
}

extension Network {
  /// The largest tensor that is computed, in elements: offsets stay within 32 bits on a device.
  public static let elementLimit = Int(Int32.max)

  /// The shape of every node's output.
  /// - Throws: `NetworkError` where the input does not suit the network.
  public func shapes(forInput input: TensorShape) throws(NetworkError) -> [TensorShape] {
    try shapes(forInput: input, upTo: nodes.count - 1)
  }

  /// As `shapes(forInput:)`, for the nodes up to one: the stem of a network may have a result
  /// where the rest has none.
  public func shapes(
    forInput input: TensorShape, upTo last: NodeID
  ) throws(NetworkError) -> [TensorShape] {
    guard input.channels == inputChannels else {
      throw .wrongInputChannels(expected: inputChannels, found: input.channels)
    }
    guard input.batch > 0, input.height > 0, input.width > 0 else { throw .emptyInput(input) }
    try Self.checkSize(input, input: input)
    var shapes = [input]
    for node in nodes[...last].dropFirst() {
      let shape = try Self.shape(of: node, inputs: node.inputs.map { shapes[$0] })
      try Self.checkSize(shape, input: input)
      shapes.append(shape)
    }
    return shapes
  }

  private static func checkSize(
    _ shape: TensorShape, input: TensorShape
  ) throws(NetworkError) {
    var count = 1
    for extent in [shape.batch, shape.height, shape.width, shape.channels] {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= elementLimit else {
        throw .inputTooLarge(input, limit: elementLimit)
      }
      count = product
    }
  }

  private static func shape(
    of node: Node, inputs: [TensorShape]
  ) throws(NetworkError) -> TensorShape {
    var shape = inputs[0]
    switch node.operation {
    case .input: break
    case .zeroPad(let border):
      shape.height += 2 * border
      shape.width += 2 * border
    case .convolution(let c):
      try expect(c.inputChannels, inputs[0], node)
      shape.height = c.padding.outputExtent(
        of: shape.height, window: c.kernel, stride: c.stride, dilation: c.dilation)
      shape.width = c.padding.outputExtent(
        of: shape.width, window: c.kernel, stride: c.stride, dilation: c.dilation)
      shape.channels = c.outputChannels
    case .groupNorm(let norm):
      try expect(norm.channels, shape, node)
      // torch.nn.functional.group_norm counts the batch here, although it never mixes images.
      guard shape.batch * norm.channels / norm.groups * shape.height * shape.width > 1 else {
        throw .singleValueGroup(node: node.name, input: shape)
      }
    case .maxPool(let pool):
      shape.height = pool.padding.outputExtent(
        of: shape.height, window: pool.window, stride: pool.stride)
      shape.width = pool.padding.outputExtent(
        of: shape.width, window: pool.window, stride: pool.stride)
    case .add:
      shape.height = try broadcast(\.height, inputs, node)
      shape.width = try broadcast(\.width, inputs, node)
      shape.channels = try broadcast(\.channels, inputs, node)
    case .globalAveragePool:
      shape.height = 1
      shape.width = 1
    case .linear(let linear):
      try expect(linear.inputFeatures, shape, node)
      shape.channels = linear.outputFeatures
    }
    guard shape.height > 0, shape.width > 0 else {
      throw .windowDoesNotFit(node: node.name, input: inputs[0])
    }
    return shape
  }

  private static func expect(
    _ channels: Int, _ shape: TensorShape, _ node: Node
  ) throws(NetworkError) {
    guard shape.channels == channels else {
      throw .wrongFeatureCount(node: node.name, expected: channels, found: shape)
    }
  }

  private static func broadcast(
    _ extent: KeyPath<TensorShape, Int>, _ inputs: [TensorShape], _ node: Node
  ) throws(NetworkError) -> Int {
    let (a, b) = (inputs[0][keyPath: extent], inputs[1][keyPath: extent])
    guard a == b || a == 1 || b == 1 else {
      throw .cannotBroadcast(node: node.name, inputs[0], inputs[1])
    }
    return max(a, b)
  }

  /// Multiply-accumulates of the convolutions and the classifier on an input.
  public func multiplyAccumulates(forInput input: TensorShape) throws(NetworkError) -> Int {
    let shapes = try shapes(forInput: input)
    var total = 0
    for (node, shape) in zip(nodes, shapes) {
      switch node.operation {
      case .convolution(let c): total += shape.count * c.inputChannels * c.kernel * c.kernel
      case .linear(let linear): total += shape.count * linear.inputFeatures
      default: break
      }
    }
    return total
  }
}
