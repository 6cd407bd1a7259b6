import Glibc

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// PoCL's folder of compiled kernels. Where PoCL cannot write to it, it offers no device and says
/// nothing.
package struct PoCLCache: Hashable, Sendable {
  package let path: String

  /// Found as PoCL 3.1 does (`pocl_cache_init_topdir` in lib/CL/pocl_cache.c).
  package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    path =
      value("POCL_CACHE_DIR")
      ?? value("XDG_CACHE_HOME").map { "\($0)/pocl/kcache" }
      ?? value("HOME").map { "\($0)/.cache/pocl/kcache" }
      ?? "/tmp/pocl/kcache"
  }

  /// Whether the folder, or the nearest one above it that exists, can be written to.
  package var isWritable: Bool {
    var folder = path
    while access(folder, F_OK) != 0 {
      guard let end = folder.lastIndex(of: "/"), end != folder.startIndex else { return false }
      folder = String(folder[..<end])
    }
    return access(folder, W_OK | X_OK) == 0 && !isProcessFileSystem(folder)
  }

  /// Root may write everywhere, by its permissions, but nobody can make folders in /proc.
  private func isProcessFileSystem(_ folder: String) -> Bool {
    folder == "/proc" || folder.hasPrefix("/proc/")
  }
}
