import FoundationEssentials

/// A model ready to be prepared by a backend: what it is, and where its weights are.
public struct Model: Sendable {
  /// How the user named it.
  public let name: String
  public let configuration: ModelConfiguration
  public let network: Network
  public let weights: any WeightSource
  /// The bytes of `preprocessor_config.json`, where the checkpoint has one.
  public let preprocessorConfiguration: Data?
  /// What the user should know, such as tensors that nothing uses.
  public let warnings: [String]

  public init(
    name: String, configuration: ModelConfiguration, network: Network,
    weights: any WeightSource, preprocessorConfiguration: Data?, warnings: [String] = []
  ) {
    self.name = name
    self.configuration = configuration
    self.network = network
    self.weights = weights
    self.preprocessorConfiguration = preprocessorConfiguration
    self.warnings = warnings
  }

  /// Learnt values, all tensors together.
  public var parameterCount: Int { network.parameters.reduce(0) { $0 + $1.count } }
}
