import FoundationEssentials
import OpenCLRuntime

/// Remembers, across processes, which kernels a device's driver takes too long to build.
///
/// Believed for a week: the machine may have been busy. Without a cache every process finds out anew.
struct RungMemory {
  private static let lifetime: TimeInterval = 7 * 24 * 3600

  private let folder: CacheFolder?

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    folder = CacheFolder.standard("slow-builds", environment: environment).map {
      CacheFolder(url: $0, suffix: ".slow", mostEntries: 64, largestEntry: 1 << 16)
    }
  }

  /// When the build was given up, in words; nil if it was not, or too long ago.
  func slowBuild(of kernels: KernelIdentity) -> String? {
    guard let bytes = folder?.contents(for: kernels.text),
      let written = TimeInterval(String(decoding: bytes, as: UTF8.self)),
      (0..<Self.lifetime).contains(Date().timeIntervalSince1970 - written)
    else { return nil }
    return Date(timeIntervalSince1970: written).ISO8601Format()
  }

  /// Forgetting is harmless, so a cache that cannot be written is no error.
  func remember(slowBuildOf kernels: KernelIdentity) {
    folder?.store(Array("\(Date().timeIntervalSince1970)".utf8), for: kernels.text)
  }
}
