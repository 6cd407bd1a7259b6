extension ModelConfiguration {
  /// The network that the configuration describes, module for module as transformers builds it
  /// (`models/bit/modeling_bit.py`).
  /// - Throws: `ConfigurationError` if its widths contradict each other.
  public func makeNetwork() throws(ConfigurationError) -> Network {
    var network = Network(inputChannels: channels)
    var node = try appendStem(to: &network)
    network.hiddenStates = [node]

    var inputChannels = embeddingSize
    var width = embeddingSize
    var runningStride = 4
    var dilation = 1
    for (stage, (depth, hiddenSize)) in zip(depths, hiddenSizes).enumerated() {
      var stride = stage == 0 ? 1 : 2
      if runningStride >= outputStride {
        dilation *= stride
        stride = 1
      }
      let outputChannels = Self.makeDivisible(Double(hiddenSize * widthFactor))
      for layer in 0..<depth {
        let block = Block(
          path: "encoder.stages.\(stage).layers.\(layer)",
          inputChannels: layer == 0 ? inputChannels : outputChannels,
          outputChannels: outputChannels, stride: layer == 0 ? stride : 1,
          dilation: layer == 0 ? (dilation <= 2 ? 1 : 2) : dilation, hasDownsample: layer == 0)
        try expect(block.inputChannels, found: width, module: block.path)
        switch layerType {
        case .preactivation: node = try appendPreactivation(block, after: node, to: &network)
        case .bottleneck: node = try appendBottleneck(block, after: node, to: &network)
        }
        width = outputChannels
      }
      // A stage without layers still counts as having its width.
      inputChannels = outputChannels
      runningStride *= stride
      network.hiddenStates.append(node)
    }
    try appendHead(to: &network, after: node, width: width)
    return network
  }

  /// One residual block's place and widths.
  private struct Block {
    let path: String
    let inputChannels: Int
    let outputChannels: Int
    let stride: Int
    let dilation: Int
    let hasDownsample: Bool

    /// The width between the block's 1x1 convolutions: a quarter, rounded.
    var middleChannels: Int {
      ModelConfiguration.makeDivisible(Double(outputChannels) * 0.25)
    }
  }

  private func appendStem(to network: inout Network) throws(ConfigurationError) -> Int {
    var node = network.append(
      "embedder.convolution",
      try convolution("embedder.convolution", channels, embeddingSize, kernel: 7, stride: 2), 0)
    if globalPadding != .same {
      // BiT pads with zeros *before* max pooling; the stem has no ReLU, so zero is not −∞.
      node = network.append("embedder.pad", .zeroPad(border: 1), node)
    }
    if layerType == .bottleneck {
      node = network.append("embedder.norm", try norm("embedder.norm", embeddingSize), node)
    }
    let pool = MaxPool(
      window: 3, stride: 2, padding: embeddingDynamicPadding ? .same : .symmetric(0))
    return network.append("embedder.pooler", .maxPool(pool), node)
  }

  private func appendPreactivation(
    _ block: Block, after input: Int, to network: inout Network
  ) throws(ConfigurationError) -> Int {
    let path = block.path
    let middle = block.middleChannels
    let normed = network.append(
      "\(path).norm1", try norm("\(path).norm1", block.inputChannels), input)
    var shortcut = input
    if block.hasDownsample {
      shortcut = try appendDownsample(block, after: normed, to: &network)
    }
    var node = network.append(
      "\(path).conv1", try convolution("\(path).conv1", block.inputChannels, middle), normed)
    node = network.append("\(path).norm2", try norm("\(path).norm2", middle), node)
    // transformers passes no dilation to pre-activation layers, whatever the output stride.
    node = network.append(
      "\(path).conv2",
      try convolution("\(path).conv2", middle, middle, kernel: 3, stride: block.stride), node)
    node = network.append("\(path).norm3", try norm("\(path).norm3", middle), node)
    node = network.append(
      "\(path).conv3", try convolution("\(path).conv3", middle, block.outputChannels), node)
    return network.append(path, .add(nil), node, shortcut)
  }

  private func appendBottleneck(
    _ block: Block, after input: Int, to network: inout Network
  ) throws(ConfigurationError) -> Int {
    let path = block.path
    let middle = block.middleChannels
    var shortcut = input
    if block.hasDownsample {
      shortcut = try appendDownsample(block, after: input, to: &network)
      shortcut = network.append(
        "\(path).downsample.norm",
        try norm("\(path).downsample.norm", block.outputChannels, activation: .linear), shortcut)
    }
    var node = network.append(
      "\(path).conv1", try convolution("\(path).conv1", block.inputChannels, middle), input)
    node = network.append("\(path).norm1", try norm("\(path).norm1", middle), node)
    node = network.append(
      "\(path).conv2",
      try convolution(
        "\(path).conv2", middle, middle, kernel: 3, stride: block.stride,
        dilation: block.dilation), node)
    node = network.append("\(path).norm2", try norm("\(path).norm2", middle), node)
    node = network.append(
      "\(path).conv3", try convolution("\(path).conv3", middle, block.outputChannels), node)
    node = network.append(
      "\(path).norm3", try norm("\(path).norm3", block.outputChannels, activation: .linear), node)
    return network.append(
      path, .add(Activation(hiddenActivation, path: "\(path).activation")), node, shortcut)
  }

  private func appendDownsample(
    _ block: Block, after input: Int, to network: inout Network
  ) throws(ConfigurationError) -> Int {
    let path = "\(block.path).downsample.conv"
    return network.append(
      path,
      try convolution(path, block.inputChannels, block.outputChannels, stride: block.stride), input)
  }

  private func appendHead(
    to network: inout Network, after last: Int, width: Int
  ) throws(ConfigurationError) {
    // The final norm and the classifier take the last hidden size as it stands, neither
    // multiplied nor rounded.
    let features = hiddenSizes.last ?? embeddingSize
    var node = last
    if layerType == .preactivation {
      try expect(features, found: width, module: "the final norm")
      node = network.append("norm", try norm("norm", features), node)
    }
    network.lastHiddenState = node
    node = network.append("pooler", .globalAveragePool, node)
    network.pooledFeatures = node
    switch task {
    case .features: break
    case .backbone(let stages):
      network.featureMaps = stages.map { network.hiddenStates[$0] }
    case .imageClassification where labels.isEmpty:
      network.logits = node
    case .imageClassification:
      try expect(features, found: width, module: "the classifier")
      let linear = Linear(
        inputFeatures: features, outputFeatures: labels.count, path: "classifier.1")
      network.logits = network.append("classifier.1", .linear(linear), node)
    }
  }

  private func convolution(
    _ path: String, _ inputChannels: Int, _ outputChannels: Int, kernel: Int = 1,
    stride: Int = 1, dilation: Int = 1
  ) throws(ConfigurationError) -> Operation {
    guard inputChannels * kernel * kernel > 1 else { throw .singleWeightKernel(module: path) }
    return .convolution(
      Convolution(
        inputChannels: inputChannels, outputChannels: outputChannels, kernel: kernel,
        stride: stride, dilation: dilation,
        padding: padding(kernel: kernel, stride: stride, dilation: dilation),
        standardizationEpsilon: standardizationEpsilon, path: path))
  }

  private func norm(
    _ path: String, _ channels: Int, activation: ActivationFunction? = nil
  ) throws(ConfigurationError) -> Operation {
    guard channels % groups == 0 else {
      throw .groupsDoNotDivide(groups: groups, channels: channels, module: path)
    }
    return .groupNorm(
      GroupNorm(
        channels: channels, groups: groups, epsilon: groupNormEpsilon, path: path,
        activation: activation ?? hiddenActivation))
  }

  private func expect(
    _ expected: Int, found: Int, module: String
  ) throws(ConfigurationError) {
    guard expected == found else {
      throw .widthMismatch(module: module, expected: expected, found: found)
    }
  }
}
