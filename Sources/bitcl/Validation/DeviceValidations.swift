import BigTransfer

/// Validates devices one after the other, each in a process of its own.
///
/// One after the other because they share the processor's cores: side by side, a time limit would
/// say nothing.
struct DeviceValidations {
  /// What is the same for all devices.
  let request: ValidationRequest
  /// Keeps drivers away that no process survives.
  let environment: [String: String]
  let timeLimit: Duration
  let console: Console

  /// The part of the time limit after which a device begins no further check.
  private static let budget = 0.75

  /// - Parameter ids: `P:D`, `cpu` or `reference`.
  /// - Returns: A row a device, also for those whose process died; the last one may be incomplete
  ///   where the task was cancelled, and those after it are missing then.
  /// - Throws: `ChildProcess.NotStarted`; `CommandFailure` for what no device is to blame for, such as a damaged model.
  func run(_ ids: [String]) async throws -> [ValidationReport.DeviceEntry] {
    var entries: [ValidationReport.DeviceEntry] = []
    for id in ids {
      if Task.isCancelled { break }
      entries.append(try await validate(id))
    }
    return entries
  }

  private func validate(_ id: String) async throws -> ValidationReport.DeviceEntry {
    var request = request
    request.device = id
    request.secondsAllowed = timeLimit / .seconds(1) * Self.budget
    var report = DeviceReport(DeviceFacts(id: id, name: id, kind: "unknown"))
    var failure: FailureNotice?
    var progress = ValidationProgress(console)
    let outcome = await ChildProcess.run(
      .validate(request), changes: environment, limits: ChildProcess.Limits(total: timeLimit)
    ) { event in
      switch event {
      case .validation(let event):
        report.add(event)
        progress.show(event, of: report)
      case .failure(let notice): failure = notice
      case .devices, .selfCheck, .golden: break
      }
    }
    progress.clear()
    if case .notStarted(let reason) = outcome.ending { throw ChildProcess.NotStarted(reason) }
    if let failure, failure.code != ExitStatus.unavailable.code { throw failure.failure }
    return entry(report, outcome, failure)
  }

  private func entry(
    _ report: DeviceReport, _ outcome: ChildProcess.Outcome, _ failure: FailureNotice?
  ) -> ValidationReport.DeviceEntry {
    var report = report
    var ending: String?
    if let failure {
      ending = "gave up: \(failure.message)"
    } else if outcome.ending != .exited(0) {
      ending = "\(outcome.ending)\(report.isComplete ? " after all checks" : "")"
    } else if !report.isComplete {
      ending = "ended without a result"
    }
    if let ending { report.interrupt(ending) }
    let entry = ValidationReport.DeviceEntry(
      report: report, ending: ending, output: outcome.output,
      advice: failure == nil && ending != nil && outcome.ending != .cancelled
        ? DriverAdvice.onEnd(outcome.ending, output: outcome.output) : nil,
      seconds: outcome.duration / .seconds(1))
    let results = report.results
    console.note(
      "\(entry.label): \(Self.verdict(entry, outcome)), \(results.count { $0.passed }) of"
        + " \(results.count) checks in \(Text.fixed(entry.seconds, decimals: 1)) s"
        + (entry.interruption.map { "; its process \($0)" } ?? ""))
    return entry
  }

  private static func verdict(
    _ entry: ValidationReport.DeviceEntry, _ outcome: ChildProcess.Outcome
  ) -> String {
    if entry.passed { return "passes" }
    let isCut = outcome.ending == .cancelled && entry.report.failures.isEmpty
    return isCut ? "not finished" : "FAILS"
  }
}

extension ValidationReport.DeviceEntry {
  fileprivate init(
    report: DeviceReport, ending: String?, output: String, advice: String?, seconds: Double
  ) {
    self.init(
      passed: report.passed, report: report, ending: ending, output: output, advice: advice,
      seconds: seconds,
      oracleAgreement: report.images.isEmpty ? nil : Agreement(withOracle: report.images))
  }

  /// A driver that no process survives which lists devices.
  init(_ fault: DriverFault) {
    var report = DeviceReport(
      DeviceFacts(id: "driver", name: fault.source, kind: Self.driverKind))
    report.interrupt(fault.ending)
    self.init(
      report: report, ending: fault.ending, output: fault.output, advice: fault.advice, seconds: 0)
  }
}
