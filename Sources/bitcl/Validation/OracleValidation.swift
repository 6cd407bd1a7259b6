import BigTransfer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `validate` against the oracle.
struct OracleValidation {
  let command: Validate

  /// Enough for every check on a slow device.
  private static let defaultTimeLimit = 600.0

  private var timeLimit: Double { command.timeLimit ?? Self.defaultTimeLimit }

  private var console: Console { command.common.console }

  /// - Throws: `EarlyExit`, `CommandFailure`, `OutputError`, `CancellationError`; what opening the
  ///   model throws.
  func run() async throws {
    let start = (clock: ContinuousClock.now, date: Date())
    let page = try command.report.map { try OutputFile(path: $0) }
    let document = try command.json.map { try OutputFile(path: $0) }
    let model = try await command.modelOptions.open(console)
    let images = try usableImages(model)
    let (survey, ids) = try await command.devices()
    // Without it, each device's process computes what the oracle makes of the images anew.
    let oracle = try? TemporaryFolder("oracle")
    // The folders that the children use are there until the end.
    defer { withExtendedLifetime((survey, oracle)) {} }
    let entries = try await DeviceValidations(
      request: request(images, oracle), environment: survey.environment,
      timeLimit: .seconds(timeLimit), console: console
    ).run(ids)
    // A driver that was not asked for is no failure.
    let faults = command.all ? survey.faults.map(ValidationReport.DeviceEntry.init) : []
    let report = ValidationReport(
      conditions(model, images, survey, start.date), devices: faults + entries,
      unusable: survey.devices?.platforms.flatMap(\.unusable) ?? [], faults: survey.faults,
      interrupted: Task.isCancelled, seconds: (ContinuousClock.now - start.clock) / .seconds(1))
    try write(report, page, document)
    if report.interrupted { throw CancellationError() }
    guard report.passed else { throw EarlyExit(status: .checkFailed) }
    if images.count < command.images.count { throw EarlyExit(status: .imagesFailed) }
  }

  /// Those that can be read and prepared; about the others a line is said.
  private func usableImages(_ model: Model) throws -> [String] {
    guard !command.images.isEmpty else { return [] }
    let preprocessor = ImagePreprocessor(try model.imageProcessorConfiguration())
    return command.images.filter { path in
      do {
        _ = try preprocessor.tensor(for: .file(path))
        return true
      } catch {
        Console.printError("\(error)")
        return false
      }
    }
  }

  private func request(_ images: [String], _ oracle: TemporaryFolder?) -> ValidationRequest {
    ValidationRequest(
      device: "", model: command.modelOptions.model, images: images, repeats: command.repeats,
      seed: command.seed, secondsAllowed: 0, failsFast: command.failFast,
      oracleFolder: oracle?.url.path)
  }

  private func conditions(
    _ model: Model, _ images: [String], _ survey: DriverSurvey, _ start: Date
  ) -> ValidationReport.Conditions {
    ValidationReport.Conditions(
      program: Bitcl.configuration.version,
      command: ["bitcl"] + ProcessStart.arguments.dropFirst(), started: start.formatted(.iso8601),
      model: model.name, images: images, repeats: command.repeats, seed: command.seed,
      secondsAllowed: timeLimit, host: .current, loader: survey.devices?.library,
      environment: HostFacts.relevantEnvironment())
  }

  /// The files first: they do not depend on somebody who reads the output.
  private func write(
    _ report: ValidationReport, _ page: OutputFile?, _ document: OutputFile?
  ) throws {
    if let page {
      try page.write(Data(ValidationPage(report: report).html.utf8))
      console.detail("Wrote \(page.path)")
    }
    try document?.write(Data(try JSON.encode(report).utf8))
    do {
      try writeOutput(report)
    } catch OutputError.closedPipe {
      // Who reads no further still wants to know by the exit code whether the devices pass.
    }
  }

  private func writeOutput(_ report: ValidationReport) throws {
    let output = ByteSink.standardOutput
    switch command.format {
    case .text:
      let text = ValidationText(
        report: report, showsLayers: command.perLayer,
        showsTolerances: console.verbosity == .verbose)
      try output.write(text.text)
    case .json: try output.write(try JSON.encode(report) + "\n")
    }
    try output.flush()
  }
}
