import BiTModel

/// What a backend computes beside everything that a golden file holds.
public struct GoldenComparison: Sendable {
  /// A row per tensor, in the file's order.
  public let rows: [TensorComparison]
  /// Tensors of the file that mean nothing for this model.
  public let notCompared: [String]

  public var passed: Bool { rows.allSatisfy(\.passed) }

  /// How close a backend must come.
  public enum Limits: Hashable, Sendable {
    /// What a sound implementation in Float reaches: `Tolerance.logits` and `.innerTensor`, or
    /// twenty times torch's own error where that is larger.
    case float
    /// `Tolerance.oracle`.
    case oracle
  }

  /// Prepares the network on the backend, runs it and compares.
  /// - Throws: `GoldenError`; what the backend throws.
  public init(
    _ golden: GoldenFile, network: Network, weights: any WeightSource,
    backend: any Backend, limits: Limits = .float
  ) async throws {
    var outputs: [(name: String, expected: HostTensor, node: Network.NodeID)] = []
    var kernels: [(name: String, expected: HostTensor, convolution: Convolution)] = []
    var unknown: [String] = []
    for (name, tensor) in golden.tensors where !name.hasPrefix(GoldenFile.torchPrefix) {
      if let node = network.node(forOutput: name) {
        outputs.append((name, tensor, node))
      } else if let convolution = network.convolution(forStandardizedWeights: name) {
        kernels.append((name, tensor, convolution))
      } else {
        unknown.append(name)
      }
    }
    for name in golden.others where network.node(forOutput: name) != nil {
      throw GoldenError.notComparable(tensor: name, file: golden.path)
    }
    unknown += golden.others
    guard !outputs.isEmpty || !kernels.isEmpty else {
      throw GoldenError.nothingToCompare(file: golden.path)
    }
    var rows: [TensorComparison] = []
    if !outputs.isEmpty {
      let runner = try await backend.prepare(network, weights: weights)
      let found = try await runner.run(golden.input, returning: outputs.map(\.node))
      for (output, tensor) in zip(outputs, found) {
        rows.append(
          TensorComparison(
            output.name, expected: output.expected, found: tensor,
            tolerance: Self.tolerance(for: output.name, golden: golden, limits: limits)))
      }
    }
    for (name, expected, convolution) in kernels {
      let found = try await backend.standardizedKernel(of: convolution, weights: weights)
      rows.append(
        TensorComparison(name, expected: expected, found: found, tolerance: .standardizedWeights))
    }
    self.rows = rows
    notCompared = unknown
  }

  private static func tolerance(
    for name: String, golden: GoldenFile, limits: Limits
  ) -> Tolerance {
    guard limits == .float else { return .oracle }
    let isResult = name == "logits" || name == "pooler_output"
    let tolerance: Tolerance = isResult ? .logits : .innerTensor
    guard let error = golden.torchErrors[name] else { return tolerance }
    return tolerance.orError(error, times: 20, of: "torch")
  }
}

extension Network {
  /// The convolution behind `standardized_weights.<module>`.
  fileprivate func convolution(forStandardizedWeights name: String) -> Convolution? {
    guard name.hasPrefix(GoldenFile.standardizedPrefix),
      let node = node(
        forOutput: "modules." + name.dropFirst(GoldenFile.standardizedPrefix.count)),
      case .convolution(let convolution) = nodes[node].operation
    else { return nil }
    return convolution
  }
}

extension Backend {
  /// The kernel that a convolution uses on this backend, standardised and packed as it is there:
  /// [output channels, height, width, input channels].
  ///
  /// It is read off as the response to unit impulses, one image an input channel, each a single
  /// pixel. Every sum then has one term that is not zero, so nothing is rounded.
  func standardizedKernel(
    of convolution: Convolution, weights: any WeightSource
  ) async throws -> HostTensor {
    let (inputs, outputs) = (convolution.inputChannels, convolution.outputChannels)
    let window = convolution.kernel
    var network = Network(inputChannels: inputs)
    let probe = Convolution(
      inputChannels: inputs, outputChannels: outputs, kernel: window,
      padding: .symmetric(window - 1),
      standardizationEpsilon: convolution.standardizationEpsilon,
      path: String(convolution.weight.name.path.dropLast(".weight".count)))
    let node = network.append("probe", .convolution(probe), 0)
    var impulses = HostTensor(
      shape: TensorShape(batch: inputs, height: 1, width: 1, channels: inputs), filledWith: 0)
    for channel in 0..<inputs { impulses[channel, 0, 0, channel] = 1 }
    let response = try await prepare(network, weights: weights)
      .run(impulses, returning: [node])[0]
    var kernel = HostTensor(
      shape: TensorShape(batch: outputs, height: window, width: window, channels: inputs),
      filledWith: 0)
    for output in 0..<outputs {
      for row in 0..<window {
        for column in 0..<window {
          for input in 0..<inputs {
            kernel[output, row, column, input] =
              response[input, window - 1 - row, window - 1 - column, output]
          }
        }
      }
    }
    return kernel
  }
}
