/// Which device is to run a model.
public enum DeviceSelection: Hashable, Sendable, CustomStringConvertible {
  /// The most promising OpenCL device that works, or else the built-in CPU backend.
  case automatic
  /// The most promising OpenCL GPU.
  case gpu
  /// The most promising OpenCL device of any type.
  case openCL
  /// A device by its place. Indices depend on the installed drivers; names do not.
  case index(platform: Int, device: Int)
  /// The first device whose name or platform holds a text, whatever its case.
  case named(String)
  /// The built-in backend, without OpenCL.
  case cpu
  /// The oracle: slow, in Double.
  case reference

  /// Understands `auto`, `gpu`, `opencl`, `cpu`, `reference`, `P:D`, and takes anything else for
  /// part of a name.
  public init(_ word: String) {
    switch word.lowercased() {
    case "auto", "automatic": self = .automatic
    case "gpu": self = .gpu
    case "opencl": self = .openCL
    case "cpu": self = .cpu
    case "reference": self = .reference
    default:
      let parts = word.split(separator: ":", omittingEmptySubsequences: false)
      if parts.count == 2, let platform = Int(parts[0]), let device = Int(parts[1]),
        platform >= 0, device >= 0
      {
        self = .index(platform: platform, device: device)
      } else {
        self = .named(word)
      }
    }
  }

  public var description: String {
    switch self {
    case .automatic: "auto"
    case .gpu: "gpu"
    case .openCL: "opencl"
    case .index(let platform, let device): "\(platform):\(device)"
    case .named(let text): text
    case .cpu: "cpu"
    case .reference: "reference"
    }
  }
}

extension DeviceSelection {
  /// What `automatic` would take first, and why.
  public static func automaticChoice(
    in inventory: DeviceInventory
  ) -> (name: String, reason: String) {
    let first = BackendLineup.automatic(inventory)[0]
    return (first.name, first.reason)
  }
  /// The id of the device that would be taken first: `P:D`, `cpu` or `reference`.
  /// - Throws: `ClassifierError` where there is no such device.
  public func firstChoice(in inventory: DeviceInventory) throws -> String {
    let first = try BackendLineup.strict(self) { inventory }.candidates[0]
    return first.device?.id ?? first.name
  }
}
