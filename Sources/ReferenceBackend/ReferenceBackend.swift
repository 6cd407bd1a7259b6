import BiTModel

/// The oracle that every other backend is judged by: each operation as its definition says, in
/// plain loops, in Double. It shares no arithmetic with what it judges, and it is slow.
public struct ReferenceBackend: Backend {
  public init() {}

  public var name: String { "reference" }

  public func prepare(
    _ network: Network, weights: any WeightSource
  ) async throws -> any NetworkRunner {
    try makeRunner(network, weights: weights)
  }

  /// As `prepare`, for a caller that wants results in Double.
  /// - Throws: What the weight source throws.
  public func makeRunner(
    _ network: Network, weights: any WeightSource
  ) throws -> ReferenceRunner {
    var parameters: [ParameterName: [Float]] = [:]
    for parameter in network.parameters {
      try Task.checkCancellation()
      parameters[parameter.name] = try weights.values(of: parameter)
    }
    return ReferenceRunner(network: network, parameters: parameters)
  }
}
