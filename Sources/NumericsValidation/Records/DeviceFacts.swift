/// What a device and its driver say of themselves, and what was decided for it: what a bug report
/// needs.
public struct DeviceFacts: Hashable, Sendable, Codable {
  /// Sizes in bytes.
  public struct Limits: Hashable, Sendable, Codable {
    public var computeUnits: Int
    public var clockMHz: Int
    public var globalMemory: Int
    public var largestAllocation: Int
    public var localMemory: Int
    public var maxWorkGroupSize: Int
    public var nativeFloatVectorWidth: Int
    public var hasUnifiedMemory: Bool

    public init(
      computeUnits: Int, clockMHz: Int, globalMemory: Int, largestAllocation: Int,
      localMemory: Int, maxWorkGroupSize: Int, nativeFloatVectorWidth: Int,
      hasUnifiedMemory: Bool
    ) {
      self.computeUnits = computeUnits
      self.clockMHz = clockMHz
      self.globalMemory = globalMemory
      self.largestAllocation = largestAllocation
      self.localMemory = localMemory
      self.maxWorkGroupSize = maxWorkGroupSize
      self.nativeFloatVectorWidth = nativeFloatVectorWidth
      self.hasUnifiedMemory = hasUnifiedMemory
    }

    private enum CodingKeys: String, CodingKey {
      case computeUnits = "compute_units"
      case clockMHz = "clock_mhz"
      case globalMemory = "global_memory"
      case largestAllocation = "largest_allocation"
      case localMemory = "local_memory"
      case maxWorkGroupSize = "max_work_group_size"
      case nativeFloatVectorWidth = "native_float_vector_width"
      case hasUnifiedMemory = "has_unified_memory"
    }
  }

  /// Better kernels that the device could not use.
  public struct PassedOver: Hashable, Sendable, Codable {
    public var kernels: String
    public var reason: String
    /// They compute something wrong or do not run; otherwise they merely take long to build.
    public var isFault: Bool

    public init(kernels: String, reason: String, isFault: Bool) {
      self.kernels = kernels
      self.reason = reason
      self.isFault = isFault
    }

    private enum CodingKeys: String, CodingKey {
      case kernels, reason
      case isFault = "fault"
    }
  }

  /// `P:D`, `cpu` or `reference`.
  public var id: String
  public var name: String
  /// `gpu`, `accelerator`, `cpu`, `other`, or `built-in`.
  public var kind: String
  /// What follows is `nil` for the backends that are part of the program.
  public var vendor: String?
  public var platform: String?
  public var platformVersion: String?
  public var version: String?
  public var languageVersion: String?
  public var driverVersion: String?
  /// The file that the driver was loaded from.
  public var driverLibrary: String?
  public var limits: Limits?
  /// The kernels that the device runs, with their tile parameters; `nil` until they are chosen.
  public var kernels: String?
  /// Best first.
  public var passedOver: [PassedOver] = []
  /// What its driver is known to get wrong or do differently.
  public var quirks: [String] = []
  /// What the self-check found; `nil` if it was not run.
  public var selfCheck: String?

  public init(id: String, name: String, kind: String) {
    self.id = id
    self.name = name
    self.kind = kind
  }

  private enum CodingKeys: String, CodingKey {
    case id, name, kind, vendor, platform, version, limits, kernels, quirks
    case platformVersion = "platform_version"
    case languageVersion = "language_version"
    case driverVersion = "driver_version"
    case passedOver = "passed_over"
    case driverLibrary = "driver_library"
    case selfCheck = "self_check"
  }
}
