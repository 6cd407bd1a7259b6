import ArgumentParser
import BigTransfer

/// What there is to compute on.
struct Devices: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the OpenCL devices, which one would be chosen, and what is missing.",
    discussion: """
      A device is used for a model after a self-check: small networks that it must compute as the \
      oracle does, with the kernels that the model's plan takes. What passed is remembered for a \
      device, driver and program. --self-check runs it now, for all devices and with all that any \
      model may use; the exit code is 3 if something is wrong.

      BITCL_OPENCL_LIBRARY=PATH names the OpenCL loader to open instead of the system's.

      Drivers are asked in a process of their own. Where one ends or blocks that, it is named, and \
      the others are asked without it.
      """)

  @Flag(help: "Run the self-check of every device, whatever earlier ones found.")
  var selfCheck = false

  @Option(
    help: ArgumentHelp("How long a process may take that asks drivers.", valueName: "seconds"))
  var timeLimit = DriverSurvey.defaultLimit / .seconds(1)

  @Option(help: "How to write the list.")
  var format = ReportFormat.text

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard timeLimit >= 0.1, timeLimit <= 1e6 else {
      throw ValidationError("--time-limit must be 0.1 to 1000000 seconds.")
    }
  }

  func run() async throws {
    let report = try await makeReport()
    let output = ByteSink.standardOutput
    switch format {
    case .text: try output.write(report.text)
    case .json: try output.write(try JSON.encode(report) + "\n")
    }
    try output.flush()
    if selfCheck, report.hasFailedSelfCheck { throw EarlyExit(status: .checkFailed) }
  }

  /// Far beyond any device that would be worth its use.
  private static let checkLimit = Duration.seconds(900)

  private func runSelfChecks(_ report: inout DevicesReport, _ survey: DriverSurvey) async throws {
    for id in report.deviceIDs {
      var found: SelfCheckOutcome?
      var failure: FailureNotice?
      let outcome = await ChildProcess.run(
        .selfCheck(device: id), changes: survey.environment,
        limits: ChildProcess.Limits(total: Self.checkLimit)
      ) { event in
        switch event {
        case .selfCheck(let outcome): found = outcome
        case .failure(let notice): failure = notice
        case .devices, .validation, .golden: break
        }
      }
      try Task.checkCancellation()
      report.setSelfCheck(found ?? Self.outcome(outcome.ending, failure), of: id)
    }
  }

  /// What a check is worth whose process delivered nothing.
  private static func outcome(
    _ ending: ChildProcess.Ending, _ failure: FailureNotice?
  ) -> SelfCheckOutcome {
    let reason = failure?.message ?? "its process \(ending)"
    if case .tookTooLong = ending { return .unfinished(because: reason) }
    return .failed(because: reason)
  }

  private func makeReport() async throws -> DevicesReport {
    let survey: DriverSurvey
    do {
      survey = try await DriverSurvey.run(limit: .seconds(timeLimit))
    } catch let error as ChildProcess.NotStarted {
      common.console.warn("\(error)")
      return DevicesReport(.current())
    }
    for fault in survey.faults { common.console.warn(fault.warning) }
    guard var report = survey.devices else { throw EarlyExit(status: .unavailable) }
    report.faults = survey.faults
    if selfCheck { try await runSelfChecks(&report, survey) }
    return report
  }
}
