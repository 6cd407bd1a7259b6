/// A model ready to be prepared by a backend: what it is, and where its weights are.
public struct Model: Sendable {
  /// How the user named it.
  public let name: String
  public let configuration: ModelConfiguration
  public let network: Network
  public let weights: any WeightSource
  /// How the checkpoint wants its images prepared.
  public let preprocessing: Preprocessing
  public let form: CheckpointForm
  /// The bytes of transformers' `config.json`, where the checkpoint has one.
  public internal(set) var originalConfiguration: [UInt8]?
  /// What the user should know, such as tensors that nothing uses.
  public internal(set) var warnings: [String]

  public init(
    name: String, configuration: ModelConfiguration, network: Network,
    weights: any WeightSource, preprocessing: Preprocessing = .unstated,
    form: CheckpointForm = .huggingFace, originalConfiguration: [UInt8]? = nil,
    warnings: [String] = []
  ) {
    self.name = name
    self.configuration = configuration
    self.network = network
    self.weights = weights
    self.preprocessing = preprocessing
    self.form = form
    self.originalConfiguration = originalConfiguration
    self.warnings = warnings
  }

  /// Learnt values, all tensors together.
  public var parameterCount: Int { network.parameters.reduce(0) { $0 + $1.count } }
}
