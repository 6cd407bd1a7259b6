import BigTransfer

/// What `validate` found on all devices; its JSON is this structure.
struct ValidationReport: Codable, Sendable {
  /// One device, or one driver that did not get as far as to name devices.
  struct DeviceEntry: Codable, Sendable {
    let passed: Bool
    let report: DeviceReport
    /// How the process ended that validated it, where that was not as it should be.
    let ending: String?
    /// What its driver printed last.
    let output: String
    let advice: String?
    let seconds: Double
    /// `nil` without images.
    let oracleAgreement: Agreement?

    private enum CodingKeys: String, CodingKey {
      case passed, report, ending, output, advice, seconds
      case oracleAgreement = "agreement_with_oracle"
    }
  }

  /// Two devices on the same images.
  struct PairAgreement: Codable, Sendable {
    let first: String
    let second: String
    let agreement: Agreement
  }

  /// Without which the figures could not be had again.
  struct Conditions: Codable, Sendable {
    let program: String
    /// The arguments, the program's name first.
    let command: [String]
    /// ISO 8601.
    let started: String
    let model: String
    let images: [String]
    let repeats: Int
    let seed: UInt64
    let secondsAllowed: Double
    let host: HostFacts
    /// The library through which OpenCL was reached; `nil` where it was not asked for.
    var loader: String?
    /// The variables that OpenCL, its drivers and this program look at.
    let environment: [String: String]

    private enum CodingKeys: String, CodingKey {
      case program, command, started, model, images, repeats, seed, host, loader, environment
      case secondsAllowed = "seconds_allowed"
    }
  }

  var schemaVersion = JSON.schemaVersion
  let conditions: Conditions
  let seconds: Double
  /// All devices passed, and the validation came to its end.
  let passed: Bool
  /// Ctrl-C: devices and checks are missing.
  let interrupted: Bool
  let devices: [DeviceEntry]
  let agreements: [PairAgreement]
  /// Over all devices.
  let tolerances: [ToleranceUse]
  /// Drivers that end or block every process that lists devices.
  let faults: [DriverFault]
  /// Devices that were there but cannot run models at all.
  let unusable: [DevicesReport.Unusable]

  private enum CodingKeys: String, CodingKey {
    case conditions, seconds, passed, interrupted, devices, agreements, tolerances, faults, unusable
    case schemaVersion = "schema_version"
  }

  init(
    _ conditions: Conditions, devices: [DeviceEntry], unusable: [DevicesReport.Unusable] = [],
    faults: [DriverFault] = [], interrupted: Bool = false, seconds: Double
  ) {
    self.unusable = unusable
    self.conditions = conditions
    self.devices = devices
    self.faults = faults
    self.interrupted = interrupted
    self.seconds = seconds
    passed = !interrupted && devices.allSatisfy(\.passed)
    tolerances = ToleranceUse.all(in: devices.flatMap(\.report.results))
    var pairs: [PairAgreement] = []
    for (place, first) in devices.enumerated() where !first.report.images.isEmpty {
      for second in devices[(place + 1)...] where !second.report.images.isEmpty {
        pairs.append(
          PairAgreement(
            first: first.label, second: second.label,
            agreement: Agreement(first.report.images, second.report.images)))
      }
    }
    agreements = pairs
  }

  /// Whether nothing was wrong with a device until Ctrl-C ended its validation.
  func isCutShort(_ device: DeviceEntry) -> Bool {
    interrupted && device.report.device.id == devices.last?.report.device.id
      && !device.report.isComplete && device.report.failures.isEmpty
  }

  /// Tolerances that are far wider than any error measured: they prove little.
  var wideTolerances: [ToleranceUse] { tolerances.filter(\.isWide) }
}

extension ValidationReport.DeviceEntry {
  /// What stands for a device's kind where a driver did not get as far as to name its devices.
  static let driverKind = "driver"

  /// `0:0 name`, or the name alone.
  var label: String {
    let device = report.device
    guard device.kind != Self.driverKind else { return device.name }
    return device.name.hasPrefix(device.id) ? device.name : "\(device.id) \(device.name)"
  }

  /// The tensor of all that passed or failed which uses most of its limit, and its check.
  var worst: (check: Check, tensor: TensorResult)? {
    report.results.compactMap { result in result.worstTensor.map { (result.check, $0) } }
      .max { $0.1.fractionOfAllowed < $1.1.fractionOfAllowed }
  }

  /// The first fault that could be located in a layer.
  var firstWrongLayer: CheckResult.Fault? {
    report.results.lazy.compactMap(\.fault).first { $0.layer != $0.kernel }
  }

  /// Kernels that the device cannot be trusted with as a whole: such a fault names them twice.
  var wrongKernels: CheckResult.Fault? {
    report.results.lazy.compactMap(\.fault).first { $0.layer == $0.kernel }
  }

  /// Whether the same input gave the same bits; `nil` where that was not tried.
  var isRepeatable: Bool? {
    let checks = report.results.filter { $0.check.kind == .repeatability }
    return checks.isEmpty ? nil : checks.allSatisfy(\.passed)
  }

  /// What ended the validation before its time, and the check that it was in.
  var interruption: String? {
    guard let ending else { return report.interruption }
    return ending + (report.running.map { " in the check: \($0)" } ?? "")
  }
}
