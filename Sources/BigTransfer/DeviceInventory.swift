import OpenCLRuntime

/// What OpenCL offers on this machine at one moment, and what is wrong or missing.
public struct DeviceInventory: Sendable {
  /// A driver's platform. One without devices is nothing unusual.
  public struct Platform: Sendable {
    public let index: Int
    public let name: String
    public let vendor: String
    public let version: String
    public let devices: [Device]
    /// Devices that are there but cannot be used: `P:D`, their name if it is known, and why.
    public let unusable: [(id: String, name: String?, reason: String)]
    /// Why the platform could not be asked for its devices.
    public let failure: String?
  }

  /// Something wrong or missing.
  public struct Finding: Hashable, Sendable {
    public let problem: String
    /// What mends it.
    public let advice: String?
  }

  public let platforms: [Platform]
  /// The most fundamental first.
  public let findings: [Finding]
  /// The library that was opened; `nil` if none could be.
  public let library: String?
  /// Why there is no device, in one line; `nil` where there is one.
  public let reasonForNone: String?

  public var devices: [Device] { platforms.flatMap(\.devices) }

  /// The devices, the most promising first; of equals the first listed.
  public var ranked: [Device] {
    devices.enumerated()
      .sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
      .map(\.element)
  }

  /// Asks every platform.
  public static func current() -> DeviceInventory {
    DeviceInventory(Diagnosis())
  }

  init(_ diagnosis: Diagnosis) {
    platforms = diagnosis.discovery.platforms.map { platform in
      Platform(
        index: platform.info.index, name: platform.info.name, vendor: platform.info.vendor,
        version: platform.info.version, devices: platform.devices.map(Device.init),
        unusable: platform.unusable.map { ("\($0.id)", $0.name, $0.reason) },
        failure: platform.failure.map { "\($0)" })
    }
    findings = diagnosis.findings.map { Finding(problem: $0.problem, advice: $0.advice) }
    library = try? diagnosis.library.get()
    reasonForNone = diagnosis.summary
  }
}
