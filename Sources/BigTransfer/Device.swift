import OpenCLRuntime

/// An OpenCL device that can run models, and what its driver says of it. Sizes are in bytes.
public struct Device: Sendable, Identifiable, CustomStringConvertible {
  public enum Kind: String, Hashable, Sendable {
    case gpu, accelerator, cpu, other
  }

  /// `P:D`, the places of platform and device. They depend on the installed drivers.
  public var id: String { "\(opencl.id)" }
  public var name: String { opencl.name }
  public var vendor: String { opencl.vendor }
  /// The name of the driver's platform.
  public var platform: String { opencl.platform.name }
  /// For example `OpenCL 3.0 PoCL HSTR: …`.
  public var version: String { opencl.version }
  /// For example `OpenCL C 1.2 PoCL`.
  public var languageVersion: String { opencl.languageVersion }
  public var driverVersion: String { opencl.driverVersion }
  /// The file that the driver was loaded from; `nil` where that cannot be told.
  public var driverLibrary: String? { opencl.driverLibrary }
  public var computeUnits: Int { opencl.limits.computeUnits }
  /// MHz; 0 where the driver does not say.
  public var clockMHz: Int { opencl.limits.clockMHz }
  public var globalMemory: Int { opencl.limits.globalMemory }
  /// The largest single buffer.
  public var largestAllocation: Int { opencl.limits.largestAllocation }
  public var localMemory: Int { opencl.limits.localMemory }
  public var maxWorkGroupSize: Int { opencl.limits.maxWorkGroupSize }
  /// The width of a register in floats.
  public var nativeFloatVectorWidth: Int { opencl.limits.nativeFloatVectorWidth }
  /// The device computes in the host's memory.
  public var hasUnifiedMemory: Bool { opencl.limits.hasUnifiedMemory }

  public var kind: Kind {
    switch opencl.kind {
    case .gpu: .gpu
    case .accelerator: .accelerator
    case .cpu: .cpu
    default: .other
    }
  }

  /// How promising the device is: only the order of scores means something.
  public var score: Double { opencl.score.value }
  /// What the score was made of.
  public var scoreReason: String { opencl.score.reason }

  public var description: String { opencl.label }

  let opencl: OpenCLRuntime.Device

  /// Every usable device of every platform, in the order of their ids.
  public static func all() -> [Device] { DeviceInventory.current().devices }

  /// Whether a text is part of the device's name or of its platform's name, maker or version,
  /// whatever the case.
  func matches(_ text: String) -> Bool {
    let text = text.lowercased()
    let platform = opencl.platform
    return [name, platform.name, platform.vendor, platform.version].contains {
      $0.lowercased().contains(text)
    }
  }
}
