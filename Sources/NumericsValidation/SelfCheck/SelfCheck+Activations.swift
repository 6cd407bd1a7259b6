import BiTModel

extension SelfCheck {
  /// Every activation, on ordinary values and on some beyond the bends of all of them.
  static var activations: Miniature {
    var network = Network(inputChannels: 3)
    let convolution = OperationSuite.convolution(3, 24, kernel: 3, path: "first")
    let first = network.append("first", .convolution(convolution), 0)
    // The first norm's activation decides which programs are built where none is applied.
    let functions = [ActivationFunction.relu] + ActivationFunction.allCases.filter { $0 != .relu }
    for function in functions {
      for path in ["\(function.rawValue)", "\(Magnified.prefix)\(function.rawValue)"] {
        network.append(
          path,
          .groupNorm(
            OperationSuite.norm(24, groups: 4, path: path, activation: function)), first)
      }
    }
    let shape = TensorShape(batch: 1, height: 7, width: 6, channels: 3)
    return Miniature(
      "activations", network, input: HostTensor(shape: shape, uniform: "activations"),
      weights: Magnified(), keepsAll: true)
  }
}

/// Random weights, of which some norms scale by about 12: their outputs reach ±30.
private struct Magnified: WeightSource {
  static let prefix = "magnified "

  func values(of parameter: Parameter) -> [Float] {
    let values = RandomWeights().values(of: parameter)
    let path = parameter.name.path
    guard path.hasPrefix(Self.prefix), path.hasSuffix(".weight"), parameter.shape.count == 1,
      !path.contains("activation")
    else { return values }
    return values.map { 12 * $0 }
  }
}
