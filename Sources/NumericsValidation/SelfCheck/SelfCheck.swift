import BiTModel

/// Small networks that a device must compute as the oracle does before it is trusted with a model.
///
/// They take the very programs that the model's plan takes, on odd sizes, several images, and values
/// that are hard: a wrong kernel or a wrong compiler shows in them within a fraction of a second.
public struct SelfCheck: Sendable {
  let miniatures: [Miniature]

  /// Changes with what one program checks: a result holds for one signature.
  public let signature: String

  init(_ miniatures: [Miniature], signature: String) {
    self.miniatures = miniatures
    self.signature = signature
  }

  /// For models of one configuration: what their plans use, and nothing else.
  /// - Throws: `ConfigurationError`, never for a configuration that makes a network.
  public init(for configuration: ModelConfiguration) throws(ConfigurationError) {
    let family = Self.member(like: configuration)
    self.init(
      [try Self.family(of: configuration)] + Self.extremes(of: configuration),
      signature: "\(family) \(Self.widestTensor(of: configuration))")
  }

  /// For any model: both layer types, every activation, and tensors that only a comparison keeps.
  public static func complete() throws(ConfigurationError) -> SelfCheck {
    var configuration = ModelConfiguration()
    configuration.labels = (0..<21).map { "\($0)" }
    var miniatures = [
      try family(of: configuration), try family(of: configuration, keepsAll: true),
    ]
    configuration.layerType = .bottleneck
    // Unlike ReLU, applied twice it is not the same as once.
    configuration.hiddenActivation = .prelu
    miniatures.append(try family(of: configuration))
    miniatures.append(try family(of: configuration, keepsAll: true))
    return SelfCheck(
      miniatures + extremes(of: configuration) + [keptTensors(of: configuration), activations],
      signature: "complete")
  }

  /// A layer that is wrong.
  public struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// The small network, and its layer.
    public let network: String
    public let layer: String
    /// What is wrong with it.
    public let reason: String

    public var description: String { "layer \(layer) of the \(network): \(reason)" }
  }

  /// Runs the networks on a backend.
  /// - Returns: The first layer that is wrong; `nil` if none is.
  /// - Throws: What the backend throws.
  public func firstFault(on backend: any Backend) async throws -> Finding? {
    for miniature in miniatures {
      if let finding = try await miniature.firstFault(on: backend) { return finding }
    }
    return nil
  }
}

extension Miniature {
  fileprivate func firstFault(on backend: any Backend) async throws -> SelfCheck.Finding? {
    let watched = try await backend.watched.prepare(network, weights: weights)
    let found = try await Evidence(of: compared, from: watched, input: input)
    for row in try await CutJudge(network, weights: weights).judge(found)
    where row.fractionOfAllowed > Self.leniency || !row.maxAbsolute.isFinite {
      return SelfCheck.Finding(network: name, layer: row.name, reason: row.summary)
    }
    // Nothing else is stored now, so that memory is used again; the kernels are the same, and so
    // must be the bits.
    guard !keepsAll else { return nil }
    let runner = try await backend.prepare(network, weights: weights)
    let alone = try await freshRun(runner, returning: results)
    for (node, tensor) in zip(alone.nodes, alone.tensors) {
      guard let place = compared.firstIndex(of: node),
        found.tensors[place].elements != tensor.elements
      else { continue }
      return SelfCheck.Finding(
        network: name, layer: network.nodes[node].name,
        reason: "another result when it is the only one asked for")
    }
    return nil
  }

  /// How often the limits of a validation may be exceeded: a device that rounds a little worse than
  /// is expected is fit for use.
  private static let leniency = 4.0

  /// A run over memory that is full of NaN, so that what was not written is not read unnoticed.
  private func freshRun(
    _ runner: any NetworkRunner, returning nodes: [Network.NodeID]
  ) async throws -> Evidence {
    guard !nodes.isEmpty else { return Evidence(input: input, nodes: [], tensors: [], kernels: []) }
    _ = try await runner.run(
      HostTensor(shape: input.shape, filledWith: .nan), returning: nodes)
    return try await Evidence(of: nodes, from: runner, input: input)
  }
}

extension TensorResult {
  fileprivate var summary: String {
    var text = "off by \(Float(maxAbsolute)) where rounding explains \(Float(allowed))"
    if let worst {
      text += " (\(Float(worst.found)) for \(Float(worst.expected)) at image \(worst.image), row"
      text += " \(worst.row), column \(worst.column), channel \(worst.channel))"
    }
    return kernel.map { "\(text), computed by \($0)" } ?? text
  }
}
