/// How promising a device is, before anything ran on it, and why.
///
/// Only an order is promised, not a prediction: any GPU or accelerator comes before any CPU, then
/// more compute units times clock win. Compute units of different vendors do not compare, so a
/// measured rate is the better judge where there is one.
package struct DeviceScore: Hashable, Comparable, Sendable {
  package let value: Double
  /// For example `gpu, 132 compute units at 1980 MHz`.
  package let reason: String

  package init(of device: Device) {
    self.init(kind: device.kind, limits: device.limits)
  }

  package init(kind: DeviceKind, limits: DeviceLimits) {
    // A driver that does not know its clock is taken for a slow one.
    let clock = limits.clockMHz > 0 ? Double(limits.clockMHz) : 500
    let rate = Double(limits.computeUnits) * clock / 1000
    let isShared = limits.hasUnifiedMemory && kind == .gpu
    // One compute unit of a GPU holds tens of lanes, that of a CPU its vector width.
    let base =
      switch kind {
      case .gpu: isShared ? 2000.0 : 3000.0
      case .accelerator: 1000.0
      case .cpu, .custom: 0.0
      }
    // Squeezed below the distance between the bases, so that the kind decides first.
    value = base + 999 * rate / (rate + 100)
    let memory = isShared ? ", shares the host's memory" : ""
    let speed = limits.clockMHz > 0 ? " at \(limits.clockMHz) MHz" : ""
    reason = "\(kind.rawValue), \(limits.computeUnits) compute units\(speed)\(memory)"
  }

  package static func < (left: DeviceScore, right: DeviceScore) -> Bool {
    left.value < right.value
  }
}

extension Device {
  package var score: DeviceScore { DeviceScore(of: self) }
}
