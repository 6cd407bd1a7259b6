extension Model {
  /// A model whose weights are in a checkpoint: builds its network and looks whether all tensors are
  /// there.
  /// - Parameter configurationFile: Where the configuration comes from, for errors.
  /// - Throws: `CheckpointError`, `ConfigurationError`.
  init(
    name: String, configuration: ModelConfiguration, weights: CheckpointWeights,
    preprocessing: Preprocessing, form: CheckpointForm, configurationFile: String,
    warnings: [String] = []
  ) throws {
    let network: Network
    do {
      network = try configuration.makeNetwork()
    } catch {
      throw ConfigurationError.contradiction(error, file: configurationFile)
    }
    let unused = try weights.check(network)
    self.init(
      name: name, configuration: configuration, network: network, weights: weights,
      preprocessing: preprocessing, form: form,
      warnings: warnings
        + (unused.isEmpty ? [] : [Self.warning(unused, file: weights.reader.source)]))
  }

  private static func warning(_ unused: [String], file: String) -> String {
    let shown = unused.prefix(3).joined(separator: ", ")
    let more = unused.count > 3 ? " and \(unused.count - 3) more" : ""
    return "\(file): nothing uses the tensor\(unused.count == 1 ? "" : "s") \(shown)\(more)"
  }
}
