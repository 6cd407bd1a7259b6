import BigTransfer

/// `validate` against a file of golden results.
struct GoldenValidation {
  let golden: String
  let command: Validate

  private var console: Console { command.common.console }

  /// - Throws: `EarlyExit`, `CommandFailure`, `OutputError`, `CancellationError`; what opening the
  ///   model throws.
  func run() async throws {
    guard FileStatus(path: golden) != nil else {
      throw CommandFailure(
        .notFound, "\(golden) does not exist. Give a safetensors file of golden results")
    }
    let model = try await command.modelOptions.open(console)
    let (survey, ids) = try await command.devices()
    // The folder that the children use is there until the end.
    defer { withExtendedLifetime(survey) {} }
    var outcomes: [GoldenOutcome] = []
    for id in ids { outcomes.append(try await compare(id, model, survey.environment)) }
    try write(outcomes)
    guard outcomes.allSatisfy(\.passed) else { throw EarlyExit(status: .checkFailed) }
  }

  private func compare(
    _ id: String, _ model: Model, _ environment: [String: String]
  ) async throws -> GoldenOutcome {
    var report: GoldenReport?
    var failure: FailureNotice?
    let request = GoldenRequest(
      device: id, model: command.modelOptions.model, golden: golden)
    let outcome = await ChildProcess.run(
      .golden(request), changes: environment,
      limits: ChildProcess.Limits(total: .seconds(command.timeLimit ?? Validate.longestTimeLimit))
    ) { event in
      switch event {
      case .golden(let found): report = found
      case .failure(let notice): failure = notice
      case .devices, .selfCheck, .validation: break
      }
    }
    try Task.checkCancellation()
    if let failure { throw failure.failure }
    if let report, outcome.ending == .exited(0) {
      for name in report.notCompared {
        console.warn("\(golden): \(model.name) has nothing like the tensor \(name)")
      }
      return .compared(report)
    }
    let fault = DriverFault(
      source: "the device \(id)", outcome,
      advice: DriverAdvice.onEnd(outcome.ending, output: outcome.output))
    console.warn(fault.warning)
    return .died(device: id, model: model.name, ending: "its process \(outcome.ending)")
  }

  private func write(_ outcomes: [GoldenOutcome]) throws {
    let output = ByteSink.standardOutput
    switch command.format {
    case .text:
      try output.write(outcomes.map(\.text).joined(separator: "\n"))
    case .json:
      // One device's report stands alone.
      let text =
        outcomes.count == 1
        ? try JSON.encode(outcomes[0]) : try JSON.encode(GoldenReports(devices: outcomes))
      try output.write(text + "\n")
    }
    try output.flush()
  }
}
