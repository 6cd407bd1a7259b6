import BigTransfer

/// What OpenCL offers on this machine, asked without trusting any driver to answer.
///
/// Drivers are asked in a child process. Where that dies or hangs, they are added one at a time to
/// find those at fault, and the others are asked without them.
struct DriverSurvey: Sendable {
  /// What the drivers that work offer; `nil` where not even the loader alone works.
  let devices: DevicesReport?
  /// What the words mean that were asked about; empty where `devices` is `nil`.
  let choices: [DeviceChoice]
  let faults: [DriverFault]
  /// Keeps the faulty drivers from being loaded; `nil` where all can be.
  private let selection: DriverSelection?

  /// The changes to the environment in which faulty drivers are not loaded.
  var environment: [String: String] { selection?.environment ?? [:] }

  /// Far beyond any sound driver, also on a busy machine.
  static let defaultLimit = Duration.seconds(30)
  /// More drivers than any machine has; each costs a process.
  private static let driverLimit = 64

  /// Without a look at any driver, for devices that need none.
  static func withoutOpenCL(_ ids: [String]) -> DriverSurvey {
    let choices = ids.map { DeviceChoice(word: $0, id: $0, failure: nil) }
    return DriverSurvey(devices: nil, choices: choices, faults: [], selection: nil)
  }

  /// - Parameters:
  ///   - words: Words of `-d`.
  ///   - limit: How long a process that lists devices may take.
  /// - Throws: `ChildProcess.NotStarted`, `CommandFailure`, `CancellationError`.
  static func run(
    words: [String] = [], limit: Duration = defaultLimit
  ) async throws -> DriverSurvey {
    switch try await list(words: words, limit: limit) {
    case .listed(let devices, let choices):
      return DriverSurvey(devices: devices, choices: choices, faults: [], selection: nil)
    case .died(let outcome):
      // One driver alone answers sooner; a machine with many drivers that hang must not wait long.
      return try await isolate(after: outcome, words: words, limit: limit / 2)
    }
  }

  /// Adds one driver after the other to those that work together.
  /// - Parameter outcome: The end of the process that used all.
  private static func isolate(
    after outcome: ChildProcess.Outcome, words: [String], limit: Duration
  ) async throws -> DriverSurvey {
    var selection = try DriverSelection([])
    var devices: DevicesReport
    var choices: [DeviceChoice]
    switch try await list(selection, words: words, limit: limit) {
    case .listed(let none, let words): (devices, choices) = (none, words)
    case .died(let outcome):
      let fault = DriverFault(
        source: "OpenCL without any registered driver", outcome, advice: Self.adviceOnLoader)
      return DriverSurvey(devices: nil, choices: [], faults: [fault], selection: nil)
    }
    var faults: [DriverFault] = []
    for driver in InstalledDriver.all().prefix(driverLimit) {
      let wider = try DriverSelection(selection.drivers + [driver])
      switch try await list(wider, words: words, limit: limit) {
      case .listed(let found, let words): (selection, devices, choices) = (wider, found, words)
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
    return DriverSurvey(
      devices: devices, choices: choices, faults: faults, selection: selection)
  }

  private static let adviceOnLoader =
    "look at OPENCL_LAYERS, OCL_ICD_FILENAMES and BITCL_OPENCL_LIBRARY, which load further libraries"

  private enum Listing {
    case listed(DevicesReport, choices: [DeviceChoice])
    case died(ChildProcess.Outcome)
  }

  private static func list(
    _ selection: DriverSelection? = nil, words: [String], limit: Duration
  ) async throws -> Listing {
    var listing: Listing?
    let outcome = await ChildProcess.run(
      .devices(words: words), changes: selection?.environment ?? [:],
      limits: ChildProcess.Limits(total: limit)
    ) { event in
      if case .devices(let devices, let choices) = event {
        listing = .listed(devices, choices: choices)
      }
    }
    try Task.checkCancellation()
    if case .notStarted(let reason) = outcome.ending { throw ChildProcess.NotStarted(reason) }
    // What happens after the answer does not matter here.
    return listing ?? .died(outcome)
  }
}

extension DriverFault {
  fileprivate init(_ driver: InstalledDriver, _ outcome: ChildProcess.Outcome) {
    let library = driver.library ?? "a file that cannot be read"
    self.init(
      source: driver.file.map { "the driver of \($0) (\(library))" } ?? "the driver \(library)",
      outcome, advice: DriverAdvice.onEnd(outcome.ending, output: outcome.output))
  }
}
