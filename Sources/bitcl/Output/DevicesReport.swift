import BigTransfer

/// What `devices` says; its JSON is this structure. Sizes are in bytes.
struct DevicesReport: Codable, Sendable {
  struct Platform: Codable, Sendable {
    let index: Int
    let name: String
    let vendor: String
    let version: String
    let failure: String?
    fileprivate(set) var devices: [DeviceEntry]
    let unusable: [Unusable]
  }

  struct DeviceEntry: Codable, Sendable {
    let id: String
    let name: String
    let type: String
    let vendor: String
    let version: String
    let languageVersion: String
    let driver: String
    /// The file that the driver was loaded from.
    let driverLibrary: String?
    let computeUnits: Int
    let clockMHz: Int
    let globalMemory: Int
    let largestAllocation: Int
    let localMemory: Int
    let maxWorkGroupSize: Int
    let nativeFloatVectorWidth: Int
    let hasUnifiedMemory: Bool
    let score: Double
    let scoreReason: String
    fileprivate(set) var selfCheck: SelfCheckOutcome?

    private enum CodingKeys: String, CodingKey {
      case id, name, type, vendor, version, driver, score
      case languageVersion = "language_version"
      case driverLibrary = "driver_library"
      case computeUnits = "compute_units"
      case clockMHz = "clock_mhz"
      case globalMemory = "global_memory"
      case largestAllocation = "largest_allocation"
      case localMemory = "local_memory"
      case maxWorkGroupSize = "max_work_group_size"
      case nativeFloatVectorWidth = "native_float_vector_width"
      case hasUnifiedMemory = "unified_memory"
      case scoreReason = "score_reason"
      case selfCheck = "self_check"
    }
  }

  struct Unusable: Codable, Sendable {
    let id: String
    let name: String?
    let reason: String
  }

  struct Finding: Codable, Sendable {
    let problem: String
    let advice: String?
  }

  /// What `-d auto` would take.
  struct Choice: Codable, Sendable {
    let device: String
    let reason: String
  }

  var schemaVersion = JSON.schemaVersion
  let library: String?
  private(set) var platforms: [Platform]
  let auto: Choice
  let findings: [Finding]
  /// Drivers that end or block every process that uses them; the others were asked without them.
  var faults: [DriverFault] = []

  private enum CodingKeys: String, CodingKey {
    case library, platforms, auto, findings, faults
    case schemaVersion = "schema_version"
  }

  init(_ inventory: DeviceInventory) {
    library = inventory.library
    platforms = inventory.platforms.map { platform in
      Platform(
        index: platform.index, name: platform.name, vendor: platform.vendor,
        version: platform.version, failure: platform.failure,
        devices: platform.devices.map(DeviceEntry.init),
        unusable: platform.unusable.map { Unusable(id: $0.id, name: $0.name, reason: $0.reason) })
    }
    let choice = DeviceSelection.automaticChoice(in: inventory)
    auto = Choice(device: choice.name, reason: choice.reason)
    findings = inventory.findings.map { Finding(problem: $0.problem, advice: $0.advice) }
  }
}

extension DevicesReport.DeviceEntry {
  fileprivate init(_ device: Device) {
    selfCheck = device.knownSelfCheck()
    id = device.id
    name = device.name
    type = device.kind.rawValue
    vendor = device.vendor
    version = device.version
    languageVersion = device.languageVersion
    driver = device.driverVersion
    driverLibrary = device.driverLibrary
    computeUnits = device.computeUnits
    clockMHz = device.clockMHz
    globalMemory = device.globalMemory
    largestAllocation = device.largestAllocation
    localMemory = device.localMemory
    maxWorkGroupSize = device.maxWorkGroupSize
    nativeFloatVectorWidth = device.nativeFloatVectorWidth
    hasUnifiedMemory = device.hasUnifiedMemory
    score = device.score
    scoreReason = device.scoreReason
  }

  fileprivate var rows: [[String]] {
    let clock = clockMHz > 0 ? " at \(clockMHz) MHz" : ""
    let memory =
      "\(Text.bytes(globalMemory))\(hasUnifiedMemory ? ", the host's" : ""), largest buffer"
      + " \(Text.bytes(largestAllocation)), local \(Text.bytes(localMemory))"
    return [
      ["type", "\(type), by \(vendor)"],
      ["version", "\(version), \(languageVersion), driver \(driver)"],
      ["library", driverLibrary ?? "unknown"],
      ["compute", "\(computeUnits) units\(clock), vectors of \(nativeFloatVectorWidth) floats"],
      ["memory", memory],
      ["limits", "work-groups of up to \(maxWorkGroupSize)"],
      ["score", "\(Text.fixed(score, decimals: 1)): \(scoreReason)"],
      ["self-check", selfCheck.map { "\($0)" } ?? "not run"],
    ]
  }
}

extension DevicesReport {
  var deviceIDs: [Device.ID] { platforms.flatMap { $0.devices.map(\.id) } }

  var hasFailedSelfCheck: Bool {
    platforms.contains { $0.devices.contains { $0.selfCheck?.foundFault == true } }
  }

  mutating func setSelfCheck(_ outcome: SelfCheckOutcome, of id: Device.ID) {
    for platform in platforms.indices {
      for device in platforms[platform].devices.indices
      where platforms[platform].devices[device].id == id {
        platforms[platform].devices[device].selfCheck = outcome
      }
    }
  }

  var text: String {
    var text = ""
    for platform in platforms {
      text += "Platform \(platform.index): \(platform.name), \(platform.version)\n"
      if let failure = platform.failure { text += "  cannot be used: \(failure)\n" }
      if platform.devices.isEmpty, platform.unusable.isEmpty { text += "  has no device\n" }
      for device in platform.devices {
        text += "  \(device.id)  \(device.name)\n"
        text += Text.table(device.rows.map { ["     "] + $0 })
      }
      for device in platform.unusable {
        text += "  \(device.id)  \(device.name ?? "unknown"), unusable: \(device.reason)\n"
      }
    }
    if !platforms.isEmpty { text += "\n" }
    for finding in findings {
      text += finding.problem + (finding.advice.map { ". To mend it: \($0)" } ?? "") + "\n"
    }
    text += "auto would take \(auto.device): \(auto.reason)\n"
    text += "Besides, there are cpu (built in, without OpenCL) and reference (slow, in Double).\n"
    if platforms.contains(where: { !$0.devices.isEmpty }) {
      text += "P:D depends on the installed drivers; part of a name works too, as in"
      text += " -d \(exampleName).\n"
    }
    return text
  }

  /// The first word of a device's name.
  private var exampleName: String {
    let name = platforms.flatMap(\.devices).first?.name ?? "name"
    return String(name.prefix { $0.isLetter || $0.isNumber })
  }
}
