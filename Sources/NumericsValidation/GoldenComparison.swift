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
    var outputs: [(name: String, shape: TensorShape, node: Network.NodeID)] = []
    var kernels: [(name: String, shape: TensorShape, convolution: Convolution)] = []
    var unknown: [String] = []
    for (name, shape) in golden.shapes where !name.hasPrefix(GoldenFile.torchPrefix) {
      if let node = network.node(forOutput: name) {
        outputs.append((name, shape, node))
      } else if let convolution = network.convolution(forStandardizedWeights: name) {
        kernels.append((name, shape, convolution))
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
    if let last = outputs.map(\.node).max() {
      let shapes = try network.shapes(forInput: golden.input.shape, upTo: last)
      // What has another shape is wrong without being computed or even read.
      let computed = outputs.filter { $0.shape == shapes[$0.node] }.map(\.node)
      let found = try await Self.run(
        network, weights: weights, backend: backend, input: golden.input, returning: computed)
      for (name, shape, node) in outputs {
        guard let tensor = found[node], tensor.shape == shape else {
          rows.append(
            TensorComparison(name, expectedShape: shape, foundShape: shapes[node]))
          continue
        }
        let expected = try golden.tensor(name, shape)
        rows.append(
          TensorComparison(
            name, expected: expected, found: tensor,
            tolerance: try Self.tolerance(
              for: name, expected: expected, golden: golden, limits: limits)))
      }
    }
    for (name, shape, convolution) in kernels {
      let ownShape = TensorShape(
        batch: convolution.outputChannels, height: convolution.kernel, width: convolution.kernel,
        channels: convolution.inputChannels)
      guard shape == ownShape else {
        rows.append(TensorComparison(name, expectedShape: shape, foundShape: ownShape))
        continue
      }
      let found = try await backend.standardizedKernel(of: convolution, weights: weights)
      rows.append(
        TensorComparison(
          name, expected: try golden.tensor(name, shape), found: found,
          tolerance: .standardizedWeights))
    }
    self.rows = rows
    notCompared = unknown
  }

  private static func run(
    _ network: Network, weights: any WeightSource, backend: any Backend, input: HostTensor,
    returning nodes: [Network.NodeID]
  ) async throws -> [Network.NodeID: HostTensor] {
    guard !nodes.isEmpty else { return [:] }
    let runner = try await backend.prepare(network, weights: weights)
    let tensors = try await runner.run(input, returning: nodes)
    return Dictionary(zip(nodes, tensors)) { first, _ in first }
  }

  private static func tolerance(
    for name: String, expected: HostTensor, golden: GoldenFile, limits: Limits
  ) throws -> Tolerance {
    guard limits == .float else { return .oracle }
    let isResult = name == "logits" || name == "pooler_output"
    let tolerance: Tolerance = isResult ? .logits : .innerTensor
    guard let error = try golden.torchError(of: name, expected: expected) else {
      return tolerance
    }
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
  func standardizedKernel(
    of convolution: Convolution, weights: any WeightSource
  ) async throws -> HostTensor {
    let readout = KernelReadout(convolution)
    let response = try await prepare(readout.network, weights: weights)
      .run(readout.impulses, returning: [readout.node])[0]
    return readout.kernel(from: response)
  }
}
