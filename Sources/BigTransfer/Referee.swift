import BiTModel

/// The built-in CPU backend beside a device, to tell a device's fault from a model's own trouble.
///
/// It is prepared when it is first asked.
actor Referee {
  private let model: Model
  private let candidate: BackendCandidate
  private var runner: Task<any NetworkRunner, any Error>?

  init(_ model: Model, candidate: BackendCandidate) {
    self.model = model
    self.candidate = candidate
  }

  nonisolated var name: String { candidate.name }

  /// - Throws: What the backend throws.
  func run(
    _ input: HostTensor, returning nodes: [Network.NodeID]
  ) async throws -> [HostTensor] {
    let preparing =
      runner
      ?? Task { [model, candidate] in
        try await candidate.makeBackend().prepare(model.network, weights: model.weights)
      }
    runner = preparing
    return try await preparing.value.run(input, returning: nodes)
  }
}
