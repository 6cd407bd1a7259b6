import BiTModel

extension SelfCheck {
  /// A member of a model's own family, few channels wide and few blocks deep: the same operations,
  /// paddings, strides, dilations and activation, and so the same programs as the model's plan.
  static func family(
    of configuration: ModelConfiguration, keepsAll: Bool = false
  ) throws(ConfigurationError) -> Miniature {
    let shape = TensorShape(batch: 2, height: 37, width: 33, channels: configuration.channels)
    let name = "\(configuration.layerType.rawValue) miniature"
    return Miniature(
      name, try member(like: configuration).makeNetwork(),
      input: HostTensor(shape: shape, uniform: name), keepsAll: keepsAll)
  }

  static func member(like configuration: ModelConfiguration) -> ModelConfiguration {
    var small = configuration
    small.groups = 4
    small.widthFactor = 1
    // Work-groups along the channels are as long as in a plan of the whole model: some drivers
    // compile a kernel anew for every length.
    small.embeddingSize = min(40, max(4, (configuration.embeddingSize - 1) / 4 * 4))
    let sizes = Array(zip(configuration.hiddenSizes, configuration.depths).prefix(4))
    small.hiddenSizes = sizes.enumerated().map { stage, size in
      min(72 + 32 * stage, max(8, size.0 / 8 * 8))
    }
    small.depths = sizes.enumerated().map { stage, size in min(size.1, stage == 0 ? 2 : 1) }
    if case .backbone(let stages) = small.task {
      small.task = .backbone(stages: stages.filter { $0 <= sizes.count })
    }
    small.labels = (0..<min(21, configuration.labels.count)).map { "\($0)" }
    return small
  }

  /// Channels of the widest tensor, a multiple of 8.
  static func widestTensor(of configuration: ModelConfiguration) -> Int {
    (configuration.hiddenSizes.max() ?? 0) * configuration.widthFactor / 8 * 8
  }

  /// Tensors that a plan does without where it can, of a width that no vector divides.
  static func keptTensors(of configuration: ModelConfiguration) -> Miniature {
    let windows = MiniatureBuilder(configuration).windows
    return Miniature(
      "windows, each kept", windows.network, input: windows.input, keepsAll: true)
  }

  /// What a member of the family has not, or not in its extremes.
  static func extremes(of configuration: ModelConfiguration) -> [Miniature] {
    let builder = MiniatureBuilder(configuration)
    return [builder.windows, builder.farMeans, builder.manyTiles] + builder.wideSums
      + builder.largeImages
  }
}

/// Networks on which kernels go wrong that work on ordinary ones.
private struct MiniatureBuilder {
  let activation: ActivationFunction
  /// Of the image.
  let channels: Int
  /// No multiple of any block, with a divisor for groups.
  let width: Int
  let groups: Int
  let widest: Int

  init(_ configuration: ModelConfiguration) {
    activation = configuration.hiddenActivation
    channels = configuration.channels
    (width, groups) =
      configuration.embeddingSize > 32
      ? (33, 3) : configuration.embeddingSize > 16 ? (18, 3) : (9, 3)
    widest = SelfCheck.widestTensor(of: configuration)
  }

  private func shape(_ batch: Int, _ height: Int, _ width: Int) -> TensorShape {
    TensorShape(batch: batch, height: height, width: width, channels: channels)
  }

  private func convolution(
    _ path: String, _ inputs: Int, _ outputs: Int, kernel: Int = 3, stride: Int = 1,
    dilation: Int = 1, padding: SpatialPadding? = nil
  ) -> Operation {
    .convolution(
      OperationSuite.convolution(
        inputs, outputs, kernel: kernel, stride: stride, dilation: dilation, padding: padding,
        path: path))
  }

  private func norm(_ path: String, _ channels: Int, groups: Int) -> Operation {
    .groupNorm(
      OperationSuite.norm(channels, groups: groups, path: path, activation: activation))
  }

  /// Every window beside the others: strides with both paddings, dilation, borders of zeros that
  /// matter to a maximum, a residual, and a head; three images.
  var windows: Miniature {
    Miniature("windows", input: shape(3, 11, 8)) { network in
      let base = network.append("base", convolution("base", channels, width), 0)
      func append(_ name: String, _ operation: Operation, _ input: Network.NodeID) {
        network.append(name, operation, input)
      }
      for (stride, dilation) in [(2, 1), (1, 2), (2, 2), (3, 1)] {
        for padding in [SpatialPadding.symmetric(dilation), .same] {
          for (inputs, from) in [(width, base), (channels, 0)] {
            let name = "\(from == 0 ? "image " : "")3x3/\(stride), dilation \(dilation), \(padding)"
            append(
              name,
              convolution(
                name, inputs, 17, stride: stride, dilation: dilation, padding: padding), from)
          }
        }
      }
      append("1x1/2", convolution("1x1/2", width, 7, kernel: 1, stride: 2), base)
      append("image 1x1/2", convolution("image 1x1/2", channels, 9, kernel: 1, stride: 2), 0)
      append("image 7x7/2", convolution("image 7x7/2", channels, 9, kernel: 7, stride: 2), 0)
      for padding in [SpatialPadding.symmetric(0), .symmetric(1), .same] {
        append(
          "pool, \(padding)", .maxPool(MaxPool(window: 3, stride: 2, padding: padding)), base)
      }
      let bordered = network.append("border", .zeroPad(border: 1), base)
      append(
        "pool, border", .maxPool(MaxPool(window: 3, stride: 2, padding: .symmetric(0))), bordered)
      let normed = network.append("norm", norm("norm", width, groups: groups), base)
      let last = network.append("branch", convolution("branch", width, width), normed)
      let sum = network.append("sum", .add(nil), last, base)
      let final = network.append("final", norm("final", width, groups: 1), sum)
      let pooled = network.append("pooled", .globalAveragePool, final)
      append(
        "linear", .linear(Linear(inputFeatures: width, outputFeatures: 7, path: "linear")), pooled)
    }
  }

  /// Channels whose mean is some thousand deviations from zero.
  var farMeans: Miniature {
    let shape = shape(3, 9, 7)
    var values = HostTensor(shape: shape, uniform: "far means", amplitude: 0.25)
    for index in values.elements.indices {
      let channel = index % channels
      values.elements[index] += (channel % 2 == 0 ? 1 : -1) * Float(300 + 100 * channel)
    }
    return Miniature("far means", input: shape, values: values) { network in
      var node = network.append(
        "first", convolution("first", channels, width, padding: .symmetric(0)), 0)
      node = network.append("norm1", norm("norm1", width, groups: width), node)
      node = network.append("second", convolution("second", width, 20, kernel: 1), node)
      node = network.append("norm2", norm("norm2", 20, groups: 4), node)
      network.append("third", convolution("third", 20, 12, stride: 2, padding: .same), node)
    }
  }

  /// An image of more tiles than a work-group has work-items.
  var manyTiles: Miniature {
    Miniature("many tiles", input: shape(1, 67, 65)) { network in
      let kernel = channels > 1 ? 1 : 3
      var node = network.append("first", convolution("first", channels, 16, kernel: kernel), 0)
      node = network.append("norm", norm("norm", 16, groups: 2), node)
      node = network.append("second", convolution("second", 16, 8, kernel: 1, stride: 2), node)
      network.append("pooled", .globalAveragePool, node)
    }
  }

  /// 3x3 convolutions of enough pixels and channels for the fast form that vector kernels have for them:
  /// `ConvolutionMethod` uses it nowhere if not for the first of these. Narrow models don't take it.
  var largeImages: [Miniature] {
    guard widest > 64 else { return [] }
    let miniature = Miniature("large images", input: shape(2, 16, 16)) { network in
      let base = network.append("base", convolution("base", channels, 64, kernel: 1), 0)
      var node = network.append("norm1", norm("norm1", 64, groups: 4), base)
      node = network.append("first", convolution("first", 64, 64), node)
      node = network.append("sum", .add(nil), node, base)
      node = network.append("norm2", norm("norm2", 64, groups: 4), node)
      node = network.append("second", convolution("second", 64, 72, padding: .symmetric(2)), node)
      node = network.append("norm3", norm("norm3", 72, groups: 4), node)
      network.append("third", convolution("third", 72, 33, padding: .symmetric(0)), node)
    }
    return [miniature]
  }

  /// Sums as long as the model's longest, up to bounds that keep them quick.
  var wideSums: [Miniature] {
    guard widest > 168 else { return [] }
    return [(kernel: 1, inputs: min(widest, 2048)), (3, min(widest / 4 / 8 * 8, 512))].map {
      kernel, inputs in
      Miniature("sums of \(inputs * kernel * kernel)", input: shape(1, 3, 2)) { network in
        var node = network.append("first", convolution("first", channels, inputs), 0)
        node = network.append("norm", norm("norm", inputs, groups: 4), node)
        network.append("second", convolution("second", inputs, 20, kernel: kernel), node)
      }
    }
  }
}
