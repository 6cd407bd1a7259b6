import BiTModel
import NumericsValidation

extension GoldenComparison {
  /// Runs a model on a device and compares with everything that a golden file holds. The oracle is
  /// held to its own, narrower limits.
  ///
  /// Unlike `PreparedModel`, this takes the first device of the selection or none: a device that
  /// fails must not be covered for by another.
  /// - Returns: The comparison, and what the device calls itself.
  /// - Throws: `GoldenError`, `CheckpointError`, `NetworkError`; `ClassifierError` where there is no
  ///   such device; what the device's backend throws.
  public static func run(
    _ model: Model, golden: GoldenFile, on selection: DeviceSelection
  ) async throws -> (comparison: GoldenComparison, deviceName: String) {
    let candidate = try BackendLineup.strict(selection).candidates[0]
    let comparison = try await GoldenComparison(
      golden, network: model.network, weights: model.weights,
      backend: try candidate.makeBackend(), limits: selection == .reference ? .oracle : .float)
    return (comparison, candidate.name)
  }
}

extension GoldenError: ClassifiedFailure {
  public var failureKind: FailureKind { .invalidData }
}
