import BiTModel

/// The checks that a whole network goes through. The network is prepared once for all of them.
struct NetworkChecks: Sendable {
  private let network: NetworkCase
  private let options: ValidationOptions
  private let session: NetworkSession

  init(_ network: NetworkCase, backend: any Backend, options: ValidationOptions) {
    self.network = network
    self.options = options
    session = NetworkSession(network, backend: backend)
  }

  var planned: [PlannedCheck] {
    let work = network.work
    let input = network.input(seed: options.seed)
    let (network, session, repeats) = (network, session, options.repeats)
    var checks = [
      planned(.layers, work: work) { try await Self.layers(session, network, input) },
      planned(.network, work: work) { try await Self.fused(session, network, input) },
    ]
    if repeats > 1 {
      checks.append(
        planned(.repeatability, work: work) {
          try await RepeatabilityCheck(
            session: session, network: network, input: input, repeats: repeats
          ).run()
        })
    }
    return checks
  }

  private func planned(
    _ kind: Check.Kind, work: Double,
    _ run: @escaping @Sendable () async throws -> PlannedCheck.Outcome
  ) -> PlannedCheck {
    PlannedCheck(
      check: Check(kind, group: network.name, name: network.name), work: work, run: run)
  }

  /// Every layer kept, each judged by itself.
  private static func layers(
    _ session: NetworkSession, _ network: NetworkCase, _ input: HostTensor
  ) async throws -> PlannedCheck.Outcome {
    let nodes = Array(network.network.nodes.indices.dropFirst())
    let evidence = try await Evidence(of: nodes, from: session.runner(), input: input)
    let rows = try await session.judge().judge(evidence, measuresDrift: true)
    let fault = rows.first { !$0.passed }.map { CheckResult.Fault(wrong: $0) }
    return PlannedCheck.Outcome(tensors: rows, fault: fault)
  }

  /// The plan that users run: only the results are kept.
  private static func fused(
    _ session: NetworkSession, _ network: NetworkCase, _ input: HostTensor
  ) async throws -> PlannedCheck.Outcome {
    let (runner, judge) = (try await session.runner(), try await session.judge())
    let evidence = try await Evidence(of: network.results, from: runner, input: input)
    let rows = try await judge.judge(evidence)
    guard let wrong = rows.first(where: { !$0.passed }) else {
      return PlannedCheck.Outcome(tensors: rows)
    }
    let search = FaultSearch(judge: judge, runner: runner, input: input, network: network)
    return PlannedCheck.Outcome(tensors: rows, fault: try await search.narrow(wrong))
  }
}

/// A network on a backend and on the oracle, prepared when it is first needed.
actor NetworkSession {
  private let network: NetworkCase
  private let backend: any Backend
  private var prepared: (any NetworkRunner)?
  private var made: CutJudge?

  init(_ network: NetworkCase, backend: any Backend) {
    self.network = network
    self.backend = backend
  }

  func runner() async throws -> any NetworkRunner {
    if let prepared { return prepared }
    let runner = try await freshRunner()
    prepared = runner
    return runner
  }

  /// One more, with weights of its own.
  func freshRunner() async throws -> any NetworkRunner {
    try await backend.prepare(network.network, weights: network.weights)
  }

  func judge() throws -> CutJudge {
    if let made { return made }
    let judge = try CutJudge(network.network, weights: network.weights)
    made = judge
    return judge
  }
}
