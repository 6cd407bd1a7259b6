/// Reads a pre-activation network's depths and widths off the shapes of its tensors, for forms that
/// come without a configuration, or with one that only gives the network a name.
struct NetworkLayout {
  let reader: any CheckpointReader
  /// The form's name of a parameter.
  let storedName: (ParameterName) -> String

  /// The configuration but for what no shape shows: constants, labels' names.
  ///
  /// The classes are called `LABEL_0` and so on, as transformers calls classes without names.
  /// - Throws: `CheckpointError` if the tensors are not those of such a network.
  func configuration() throws(CheckpointError) -> ModelConfiguration {
    var configuration = ModelConfiguration()
    let stem = try shape("embedder.convolution.weight", extents: 4)
    configuration.embeddingSize = stem[0]
    configuration.channels = stem[1]
    configuration.depths = []
    configuration.hiddenSizes = []
    while let first = shapeIfPresent(layer: 0, ofStage: configuration.depths.count) {
      guard configuration.depths.count < ModelConfiguration.Limit.stages else {
        throw malformed("it has more than \(ModelConfiguration.Limit.stages) stages")
      }
      configuration.hiddenSizes.append(first[0])
      configuration.depths.append(try depth(ofStage: configuration.depths.count))
    }
    guard !configuration.depths.isEmpty else {
      throw .missingTensor(
        ParameterName(storedName("encoder.stages.0.layers.0.conv3.weight")), file: reader.source)
    }
    try checkRanges(configuration)
    if reader.shape(of: storedName("classifier.1.weight")) == nil {
      configuration.task = .features
    } else {
      let classes = try shape("classifier.1.weight", extents: 2)[0]
      guard (0...ModelConfiguration.Limit.labels).contains(classes) else {
        throw malformed("its classifier has \(classes) outputs")
      }
      configuration.labels = ModelConfiguration.placeholderLabels(classes)
    }
    return configuration
  }

  private func depth(ofStage stage: Int) throws(CheckpointError) -> Int {
    var depth = 1
    while shapeIfPresent(layer: depth, ofStage: stage) != nil {
      depth += 1
      guard depth <= ModelConfiguration.Limit.layers else {
        throw malformed("stage \(stage) has more than \(ModelConfiguration.Limit.layers) layers")
      }
    }
    return depth
  }

  private func checkRanges(_ configuration: ModelConfiguration) throws(CheckpointError) {
    let widths = configuration.hiddenSizes + [configuration.embeddingSize, configuration.channels]
    for width in widths where !(1...ModelConfiguration.Limit.channels).contains(width) {
      throw malformed("a layer of it is \(width) channels wide")
    }
    let layers = configuration.depths.reduce(0, +)
    guard layers <= ModelConfiguration.Limit.layers else {
      throw malformed("it has \(layers) layers")
    }
  }

  private func shapeIfPresent(layer: Int, ofStage stage: Int) -> [Int]? {
    let name = ParameterName("encoder.stages.\(stage).layers.\(layer).conv3.weight")
    return reader.shape(of: storedName(name)).flatMap { $0.count == 4 ? $0 : nil }
  }

  private func shape(_ name: ParameterName, extents: Int) throws(CheckpointError) -> [Int] {
    let stored = storedName(name)
    guard let shape = reader.shape(of: stored) else {
      throw .missingTensor(ParameterName(stored), file: reader.source)
    }
    guard shape.count >= extents else {
      throw malformed("tensor \(stored) has the shape \(shape), where \(extents) extents belong")
    }
    return shape
  }

  private func malformed(_ reason: String) -> CheckpointError {
    .malformed(file: reader.source, reason: reason)
  }
}
