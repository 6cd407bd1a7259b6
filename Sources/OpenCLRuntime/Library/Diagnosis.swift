#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Why OpenCL offers what it offers here: what is missing, and what mends it.
package struct Diagnosis: Sendable {
  package let discovery: Discovery
  package let library: Result<String, OpenCLError>
  package let registry: DriverRegistry
  package let nodes: [DeviceNode]
  private let environment: [String: String]

  /// Something that is wrong or missing.
  package struct Finding: Hashable, Sendable {
    /// What was found, a sentence's beginning without the final stop.
    package let problem: String
    /// What mends it, or nil.
    package let advice: String?
  }

  package init(
    of discovery: Discovery = .run(), library: Result<String, OpenCLError>? = nil,
    registry: DriverRegistry = .read(), nodes: [DeviceNode] = DeviceNode.all(),
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.discovery = discovery
    self.library = library ?? OpenCLLibrary.shared.result
    self.registry = registry
    self.nodes = nodes
    self.environment = environment
  }

  /// Everything wrong, the most fundamental first. Empty platforms are wrong only where there is
  /// nothing else.
  package var findings: [Finding] {
    let specific =
      libraryFindings + driverFindings + permissionFindings + missingDriverFindings
      + cacheFindings + deviceFindings
    guard specific.isEmpty, let summary else { return specific }
    let switches = switchFindings
    // Where there is a driver for the CPU, it has its own reason.
    if emptyPlatforms.contains(where: { $0.quirks.cache != nil }), !switches.isEmpty {
      return switches
    }
    return switches + [Finding(problem: summary, advice: Self.cpuDriverAdvice)]
  }

  /// What mends the most fundamental problem.
  package var advice: String? {
    findings.lazy.compactMap(\.advice).first
  }

  private static let cpuDriverAdvice =
    "install a driver (Debian, for the CPU: apt install pocl-opencl-icd)"

  /// One line for an error message: no device, and why. Nil where there is a device.
  package var summary: String? {
    guard discovery.devices.isEmpty else { return nil }
    var text = "no OpenCL device: "
    if case .failure(let error) = library { return text + (error.detail ?? "no OpenCL library") }
    if let failure = discovery.failure { return text + "\(failure)" }
    let (platforms, unusable) = (discovery.platforms.count, discovery.unusable)
    switch (platforms, unusable.count) {
    case (0, _) where registry.drivers.isEmpty: text += "no driver is installed"
    case (0, _): text += "no driver that is registered in \(registry.place) answers"
    case (_, 0):
      text +=
        platforms == 1
        ? "1 platform answered, it has no device"
        : "\(platforms) platforms answered, none has a device"
      let causes = (cacheFindings + switchFindings).map(\.problem)
      if !causes.isEmpty { text += " (\(causes.joined(separator: "; ")))" }
    default:
      text += unusable.map { "\($0.name ?? "\($0.id)") cannot be used: \($0.reason)" }
        .joined(separator: "; ")
    }
    return text
  }

  private var libraryFindings: [Finding] {
    guard case .failure(let error) = library else { return [] }
    return [Finding(problem: "\(error)", advice: error.advice)]
  }

  private var driverFindings: [Finding] {
    if registry.drivers.isEmpty {
      // A library that is itself a driver, as some vendors', needs no registry.
      guard discovery.platforms.isEmpty else { return [] }
      return [
        Finding(
          problem: "no driver is registered in \(registry.place)",
          advice: Self.cpuDriverAdvice)
      ]
    }
    return registry.drivers.compactMap { driver in
      driver.failure.map {
        Finding(
          problem: "the driver of \(driver.file ?? registry.place) does not load: \($0)",
          advice: "install what it lacks, or remove the package that registered it")
      }
    }
  }

  private var permissionFindings: [Finding] {
    nodes.filter { !$0.isAccessible }.map {
      Finding(
        problem: "this user may not open \($0.path)",
        advice: "join its group (usually: sudo usermod -aG render,video $USER), log in again")
    }
  }

  /// GPUs that are there, by their device nodes, without a platform that has a GPU.
  private var missingDriverFindings: [Finding] {
    guard !discovery.devices.contains(where: { $0.kind == .gpu }) else { return [] }
    let makers = Set(nodes.filter(\.isAccessible).compactMap(\.maker))
    return makers.sorted { $0.rawValue < $1.rawValue }.map {
      Finding(
        problem: "a GPU by \($0.rawValue) is present, but no platform offers a GPU",
        advice: "install its driver (Debian: apt install \($0.package))")
    }
  }

  private var emptyPlatforms: [(name: String, quirks: DeviceQuirks)] {
    discovery.platforms.filter { $0.isEmpty && $0.failure == nil }.map {
      ($0.info.name, DeviceQuirks(platform: $0.info.name, driver: ""))
    }
  }

  private var cacheFindings: [Finding] {
    emptyPlatforms.compactMap { name, quirks in
      guard let cache = quirks.cache, !cache.isUsable(environment) else { return nil }
      return Finding(
        problem: "platform \(name) has no device: its cache \(cache.folder(environment)) cannot be"
          + " written",
        advice: "let \(cache.variable) name a folder that this user may write")
    }
  }

  private var switchFindings: [Finding] {
    emptyPlatforms.compactMap { name, quirks in
      guard let choice = quirks.deviceSwitch, let blame = choice.blame(environment) else {
        return nil
      }
      return Finding(
        problem: "platform \(name) has no device: \(blame)",
        advice: "let \(choice.variable) name \(choice.values)")
    }
  }

  private var deviceFindings: [Finding] {
    discovery.platforms.compactMap { platform in
      platform.failure.map {
        Finding(problem: "platform \(platform.info.name): \($0)", advice: $0.advice)
      }
    }
      + discovery.unusable.map {
        Finding(
          problem: "device \($0.id) \($0.name ?? "") cannot be used: \($0.reason)", advice: nil)
      }
  }
}
