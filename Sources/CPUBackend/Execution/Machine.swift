import CVectorKernels

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What of the machine the process may use.
enum Machine {
  /// Bytes of memory: what is built in, or the container's limit where that is less.
  static let memory: Int = {
    let builtIn = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    return containerLimits.reduce(builtIn, min)
  }()

  /// Processors that the process may run on.
  static var processors: Int { usable_processors() }

  /// What Linux's control groups, version 2 and 1, allow; without a limit the first says "max" and
  /// the second a number beyond any memory.
  private static var containerLimits: [Int] {
    ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap {
      (try? String(contentsOfFile: $0, encoding: .utf8)).flatMap {
        Int($0.prefix(while: \.isNumber))
      }
    }
  }
}
