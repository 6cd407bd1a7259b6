#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The machine that a report was made on.
struct HostFacts: Codable, Hashable, Sendable {
  /// For example `Debian GNU/Linux 12 (bookworm)`.
  let system: String
  /// For example `Linux 6.1.0-18-amd64 x86_64`.
  let kernel: String
  let processor: String
  let logicalProcessors: Int
  /// In bytes.
  let memory: Int

  private enum CodingKeys: String, CodingKey {
    case system, kernel, processor, memory
    case logicalProcessors = "logical_processors"
  }

  static var current: HostFacts {
    HostFacts(
      system: value(of: "PRETTY_NAME", in: "/etc/os-release", separator: "=") ?? "unknown",
      kernel: kernelDescription(),
      processor: value(of: "model name", in: "/proc/cpuinfo", separator: ":") ?? "unknown",
      logicalProcessors: ProcessInfo.processInfo.activeProcessorCount,
      memory: Int(clamping: ProcessInfo.processInfo.physicalMemory))
  }

  /// The first value that a file of `name separator value` lines gives.
  private static func value(
    of name: String, in path: String, separator: Character
  ) -> String? {
    let text = String(decoding: firstBytes(of: path, count: 1 << 14), as: UTF8.self)
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: separator, maxSplits: 1)
      guard parts.count == 2, trimmed(parts[0]) == name else { continue }
      return trimmed(parts[1])
    }
    return nil
  }

  /// Without blanks and quotation marks around it.
  private static func trimmed(_ text: Substring) -> String {
    let isEdge = { (character: Character) in character.isWhitespace || character == "\"" }
    guard let last = text.lastIndex(where: { !isEdge($0) }) else { return "" }
    return String(text[...last].drop(while: isEdge))
  }

  /// Variables that OpenCL loaders, the drivers that we know and this program look at.
  static func relevantEnvironment(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> [String: String] {
    let prefixes = [
      "BITCL_", "CL_", "CUDA_", "GPU_", "INTEL_", "MESA_", "NEO", "OCLGRIND_", "OCL_", "OPENCL_",
      "POCL_", "RUSTICL_", "HSA_", "ROC",
    ]
    let names: Set<String> = ["LD_LIBRARY_PATH", "LD_PRELOAD", "XDG_CACHE_HOME"]
    return environment.filter { name, _ in
      names.contains(name) || prefixes.contains { name.hasPrefix($0) }
    }
  }
}
