import OpenCLRuntime

/// Everything that decides what a kernel set computes on a device: driver, device, kernel sources and
/// options.
///
/// What was found out about kernels holds for one identity only.
package struct KernelIdentity: Hashable, Sendable {
  package let text: String

  package init(text: String) { self.text = text }

  init(_ kernels: KernelSet, on device: Device, sources: KernelSources = .standard) {
    // Tiles depend on these two limits beside the kernel set.
    let limits = "\(device.limits.computeUnits) \(device.limits.localMemory)"
    let names = [ProgramSource.prelude] + KernelSources.embeddedNames
    let texts = names.map { name in (try? sources.text(of: name)) ?? "no \(name)" }
    text = KeyText.join(
      device.identity + [
        limits, kernels.identity, String(StableHash.fnv1a(KeyText.join(texts).utf8)),
      ]
    )
  }
}

extension KernelSet {
  /// Every parameter of the set.
  fileprivate var identity: String {
    switch self {
    case .vector(let tuning, let tiled, let network):
      "\(tuning.buildOptions) \(tiled.buildOptions) \(network?.atomicsOption ?? "")"
    case .tiled(let tuning): tuning.buildOptions
    case .reference: "reference"
    }
  }
}
