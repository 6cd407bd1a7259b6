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
  /// What the user should know, such as tensors that nothing uses.
  public internal(set) var warnings: [String]

  public init(
    name: String, configuration: ModelConfiguration, network: Network,
    weights: any WeightSource, preprocessing: Preprocessing = .unstated,
    form: CheckpointForm = .huggingFace, warnings: [String] = []
  ) {
    self.name = name
    self.configuration = configuration
    self.network = network
    self.weights = weights
    self.preprocessing = preprocessing
    self.form = form
    self.warnings = warnings
  }

  /// Learnt values, all tensors together.
  public var parameterCount: Int { network.parameters.reduce(0) { $0 + $1.count } }
}
