import FoundationEssentials
import OpenCLRuntime

/// Remembers, across processes, which kernels a device's driver takes too long to build.
///
/// Believed for an hour, since the machine may have been busy with something else, and for a week
/// once a second try was as slow. Without a cache every process finds out anew.
package struct RungMemory {
  private static let lifetimes: [TimeInterval] = [3600, 7 * 24 * 3600]

  private let folder: CacheFolder?

  package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    folder = CacheFolder.standard("slow-builds", environment: environment).map {
      CacheFolder(url: $0, suffix: ".slow", mostEntries: 64, largestEntry: 1 << 16)
    }
  }

  private struct Entry {
    /// Seconds since 1970.
    let date: TimeInterval
    /// How often in a row the build was too slow.
    let count: Int
  }

  private func entry(of kernels: KernelIdentity) -> Entry? {
    guard let bytes = folder?.contents(for: kernels.text) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count == 2, let date = TimeInterval(words[0]), let count = Int(words[1]), count > 0
    else { return nil }
    return Entry(date: date, count: count)
  }

  /// When the build was given up, in words; nil if it was not, or too long ago.
  package func slowBuild(of kernels: KernelIdentity, now: Date = Date()) -> String? {
    guard let entry = entry(of: kernels) else { return nil }
    let lifetime = Self.lifetimes[min(entry.count, Self.lifetimes.count) - 1]
    guard (0..<lifetime).contains(now.timeIntervalSince1970 - entry.date) else { return nil }
    return Date(timeIntervalSince1970: entry.date).ISO8601Format()
  }

  /// Forgetting is harmless, so a cache that cannot be written is no error.
  package func remember(slowBuildOf kernels: KernelIdentity, now: Date = Date()) {
    let count = min(entry(of: kernels)?.count ?? 0, 1000) + 1
    folder?.store(Array("\(now.timeIntervalSince1970) \(count)".utf8), for: kernels.text)
  }

  /// For kernels that were built in time after all.
  package func forget(_ kernels: KernelIdentity) { folder?.removeEntry(for: kernels.text) }
}
