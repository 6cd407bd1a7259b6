import FoundationEssentials
import OpenCLRuntime

/// Remembers, across processes, which kernel sets a device's driver takes too long to build.
///
/// An empty file in the user's cache for each, believed for a week: the machine may have been busy.
/// Without a cache every process finds out anew.
struct RungMemory {
  private static let lifetime: TimeInterval = 7 * 24 * 3600

  private let folder: URL?
  private let prefix: String

  init(device: Device, environment: [String: String] = ProcessInfo.processInfo.environment) {
    prefix = Self.fileName("\(device.platform.name) \(device.name) \(device.driverVersion)")
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") {
      folder = URL(filePath: base).appending(path: "bitcl/slow-builds")
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      folder = URL(filePath: home).appending(path: ".cache/bitcl/slow-builds")
    } else {
      folder = nil
    }
  }

  private func file(_ kernels: KernelSet) -> URL? {
    folder?.appending(path: prefix + "-" + Self.fileName(kernels.description))
  }

  private static func fileName(_ text: String) -> String {
    String(text.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" }.prefix(180))
  }

  func isTooSlow(_ kernels: KernelSet) -> Bool {
    guard let file = file(kernels),
      let attributes = try? FileManager.default.attributesOfItem(atPath: file.path),
      let written = attributes[.modificationDate] as? Date
    else { return false }
    return -written.timeIntervalSinceNow < Self.lifetime
  }

  /// Forgetting is harmless, so a cache that cannot be written is no error.
  func remember(tooSlow kernels: KernelSet) {
    guard let folder, let file = file(kernels) else { return }
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try? Data().write(to: file)
  }
}
