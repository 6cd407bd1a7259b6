#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The memory that the process can ever have.
enum MachineMemory {
  /// What is built in, or what the container may use where that is less.
  static let byteCount: Int = {
    let builtIn = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    return containerLimit.map { min($0, builtIn) } ?? builtIn
  }()

  /// Linux's control group (version 2) says a number of bytes, or "max".
  private static var containerLimit: Int? {
    guard let text = try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8)
    else { return nil }
    return Int(text.prefix { $0.isNumber })
  }
}
