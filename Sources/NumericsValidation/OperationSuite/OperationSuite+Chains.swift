import BiTModel

extension OperationSuite {
  /// Short networks whose intermediate results a fused plan may never write.
  static let chainCases: [OperationCase] = [
    (inputs: 16, middle: 8, outputs: 32, groups: 8, height: 9, width: 7, batch: 1),
    (24, 16, 64, 4, 14, 14, 3), (33, 9, 66, 3, 5, 6, 1), (64, 64, 65, 1, 8, 9, 1),
  ].flatMap { inputs, middle, outputs, groups, height, width, batch in
    let block = ChainBlock(
      inputs: inputs, middle: middle, outputs: outputs, groups: groups,
      label: "\(inputs)-\(middle)-\(outputs) channels, \(batch) of \(height)x\(width)",
      input: shape(height, width, inputs, batch: batch))
    return [
      block.normThenConvolution, block.preactivation(stride: 1), block.preactivation(stride: 2),
      block.bottleneck(.relu), block.bottleneck(.gelu), block.sharedSum, block.head,
    ] + block.stems
  }
}

/// The widths of a few connected operations.
private struct ChainBlock {
  let inputs: Int
  let middle: Int
  let outputs: Int
  let groups: Int
  let label: String
  let input: TensorShape

  /// Input and output widths are not always multiples of `groups`.
  private func groups(of channels: Int) -> Int { channels % groups == 0 ? groups : 1 }

  private func norm(
    _ channels: Int, _ path: String, _ activation: ActivationFunction = .relu
  ) -> Operation {
    .groupNorm(
      OperationSuite.norm(
        channels, groups: groups(of: channels), path: path, activation: activation))
  }

  private func convolution(
    _ inputs: Int, _ outputs: Int, kernel: Int = 1, stride: Int = 1, dilation: Int = 1,
    _ path: String
  ) -> Operation {
    .convolution(
      OperationSuite.convolution(
        inputs, outputs, kernel: kernel, stride: stride, dilation: dilation, path: path))
  }

  private func chain(_ name: String, build: (inout Network) -> Void) -> OperationCase {
    OperationCase("\(name), \(label)", input: input) { network in
      build(&network)
      return Array(network.nodes.indices.dropFirst())
    }
  }

  var normThenConvolution: OperationCase {
    chain("norm, convolution, norm, convolution, sum") {
      var node = $0.append("norm1", norm(inputs, "norm1"), 0)
      node = $0.append("conv1", convolution(inputs, middle, "conv1"), node)
      node = $0.append("norm2", norm(middle, "norm2"), node)
      node = $0.append("conv2", convolution(middle, inputs, kernel: 3, "conv2"), node)
      $0.append("sum", .add(nil), node, 0)
    }
  }

  /// The first norm feeds two convolutions; then a block without downsampling follows.
  func preactivation(stride: Int) -> OperationCase {
    chain("pre-activation blocks, stride \(stride)") {
      let normed = $0.append("norm1", norm(inputs, "norm1"), 0)
      let shortcut = $0.append(
        "downsample", convolution(inputs, outputs, stride: stride, "downsample"), normed)
      var node = $0.append("conv1", convolution(inputs, middle, "conv1"), normed)
      node = $0.append("norm2", norm(middle, "norm2"), node)
      node = $0.append(
        "conv2", convolution(middle, middle, kernel: 3, stride: stride, "conv2"), node)
      node = $0.append("norm3", norm(middle, "norm3"), node)
      node = $0.append("conv3", convolution(middle, outputs, "conv3"), node)
      let first = $0.append("sum1", .add(nil), node, shortcut)
      node = $0.append("norm4", norm(outputs, "norm4"), first)
      node = $0.append("conv4", convolution(outputs, outputs, "conv4"), node)
      $0.append("sum2", .add(nil), node, first)
    }
  }

  func bottleneck(_ activation: ActivationFunction) -> OperationCase {
    chain("bottleneck block with \(activation.rawValue)") {
      var shortcut = $0.append("downsample", convolution(inputs, outputs, "downsample"), 0)
      shortcut = $0.append(
        "downsample.norm", norm(outputs, "downsample.norm", .linear), shortcut)
      var node = $0.append("conv1", convolution(inputs, middle, "conv1"), 0)
      node = $0.append("norm1", norm(middle, "norm1", activation), node)
      node = $0.append(
        "conv2", convolution(middle, middle, kernel: 3, dilation: 2, "conv2"), node)
      node = $0.append("norm2", norm(middle, "norm2", activation), node)
      node = $0.append("conv3", convolution(middle, outputs, "conv3"), node)
      node = $0.append("norm3", norm(outputs, "norm3", .linear), node)
      $0.append("sum", .add(Activation(activation)), node, shortcut)
    }
  }

  /// A sum that a norm, a convolution and another sum read.
  var sharedSum: OperationCase {
    chain("a sum with three readers") {
      let sum = $0.append(
        "sum1", .add(nil), $0.append("conv1", convolution(inputs, inputs, "conv1"), 0), 0)
      let normed = $0.append("norm", norm(inputs, "norm"), sum)
      let convolved = $0.append("conv2", convolution(inputs, inputs, kernel: 3, "conv2"), sum)
      $0.append("sum3", .add(nil), $0.append("sum2", .add(nil), normed, convolved), sum)
    }
  }

  var head: OperationCase {
    chain("head") {
      let node = $0.append("norm", norm(inputs, "norm"), 0)
      let pooled = $0.append("pooled", .globalAveragePool, node)
      let layer = Linear(inputFeatures: inputs, outputFeatures: outputs, path: "linear")
      $0.append("linear", .linear(layer), pooled)
    }
  }

  /// Both stems: a zero border before the pool, and before the norm; and a pool that pads itself.
  var stems: [OperationCase] {
    [
      chain("pre-activation stem") {
        var node = $0.append("conv", convolution(inputs, outputs, kernel: 7, stride: 2, "conv"), 0)
        node = $0.append("pad", .zeroPad(border: 1), node)
        node = $0.append(
          "pool", .maxPool(MaxPool(window: 3, stride: 2, padding: .symmetric(0))), node)
        $0.append("norm", norm(outputs, "norm"), node)
      },
      chain("bottleneck stem") {
        var node = $0.append("conv", convolution(inputs, outputs, kernel: 7, stride: 2, "conv"), 0)
        node = $0.append("pad", .zeroPad(border: 1), node)
        node = $0.append("norm", norm(outputs, "norm"), node)
        $0.append("pool", .maxPool(MaxPool(window: 3, stride: 2, padding: .same)), node)
      },
    ]
  }
}
