import BigTransfer

/// What OpenCL offers on this machine, asked without trusting any driver to answer.
///
/// Drivers are asked in a child process. Where that dies or hangs, they are added one at a time to
/// find those at fault, and the others are asked without them.
struct DriverSurvey: Sendable {
  /// What the drivers that work offer; `nil` where not even the loader alone works.
  let devices: DevicesReport?
  let faults: [DriverFault]
  /// Keeps the faulty drivers from being loaded; `nil` where all can be.
  private let selection: DriverSelection?

  /// The changes to the environment in which faulty drivers are not loaded.
  var environment: [String: String] { selection?.environment ?? [:] }

  /// Far beyond any sound driver, also on a busy machine.
  static let defaultLimit = Duration.seconds(30)
  /// More drivers than any machine has; each costs a process.
  private static let driverLimit = 64

  /// - Parameter limit: How long a process that lists devices may take.
  /// - Throws: `CommandFailure` where a child process cannot be used; `CancellationError`.
  static func run(limit: Duration = defaultLimit) async throws -> DriverSurvey {
    switch try await list(limit: limit) {
    case .listed(let devices): return DriverSurvey(devices: devices, faults: [], selection: nil)
    case .died(let outcome): return try await isolate(after: outcome, limit: limit)
    }
  }

  /// Adds one driver after the other to those that work together.
  /// - Parameter outcome: The end of the process that used all.
  static func isolate(
    after outcome: ChildProcess.Outcome, limit: Duration
  ) async throws -> DriverSurvey {
    var selection = try DriverSelection([])
    var devices: DevicesReport
    switch try await list(selection, limit: limit) {
    case .listed(let none): devices = none
    case .died(let outcome):
      let fault = DriverFault(
        source: "OpenCL without any registered driver", outcome, advice: Self.adviceOnLoader)
      return DriverSurvey(devices: nil, faults: [fault], selection: nil)
    }
    var faults: [DriverFault] = []
    for driver in InstalledDriver.all().prefix(driverLimit) {
      let wider = try DriverSelection(selection.drivers + [driver])
      switch try await list(wider, limit: limit) {
      case .listed(let found): (selection, devices) = (wider, found)
      case .died(let outcome): faults.append(DriverFault(driver, outcome))
      }
    }
    if faults.isEmpty {
      let fault = DriverFault(
        source: "the installed drivers", outcome,
        advice: "it did not happen when they were asked again: run this again, and look for memory"
          + " that runs short")
      faults.append(fault)
    }
    return DriverSurvey(devices: devices, faults: faults, selection: selection)
  }

  private static let adviceOnLoader =
    "look at OPENCL_LAYERS, OCL_ICD_FILENAMES and BITCL_OPENCL_LIBRARY, which load further libraries"

  private enum Listing {
    case listed(DevicesReport)
    case died(ChildProcess.Outcome)
  }

  private static func list(
    _ selection: DriverSelection? = nil, limit: Duration
  ) async throws -> Listing {
    var devices: DevicesReport?
    let outcome = await ChildProcess.run(
      .devices, changes: selection?.environment ?? [:],
      limits: ChildProcess.Limits(total: limit)
    ) { event in
      if case .devices(let report) = event { devices = report }
    }
    try Task.checkCancellation()
    if case .notStarted(let reason) = outcome.ending {
      throw CommandFailure(.unexpected, "cannot start a child process: \(reason)")
    }
    // What happens after the answer does not matter here.
    return devices.map { .listed($0) } ?? .died(outcome)
  }
}

extension DriverFault {
  fileprivate init(_ driver: InstalledDriver, _ outcome: ChildProcess.Outcome) {
    let library = driver.library ?? "a file that cannot be read"
    self.init(
      source: driver.file.map { "the driver of \($0) (\(library))" } ?? "the driver \(library)",
      outcome, advice: DriverAdvice.onEnd(output: outcome.output))
  }
}
