import CPUBackend
import OpenCLBackend

/// What a device's arithmetic gives at most, as loops of nothing but multiply-adds measure it, in
/// floating-point operations a second.
package struct ArithmeticPeak: Hashable, Sendable {
  /// Of a loop in OpenCL C; `nil` for the built-in backends.
  package var openCL: Double?
  /// Of a loop in C on the same cores; `nil` for devices that are not of CPU type.
  package var native: Double?

  package init(openCL: Double? = nil, native: Double? = nil) {
    self.openCL = openCL
    self.native = native
  }

  package var best: Double { max(openCL ?? 0, native ?? 0) }

  /// The better of two measurements: what else a machine does only makes them worse.
  package func joined(with other: ArithmeticPeak) -> ArithmeticPeak {
    func better(_ first: Double?, _ second: Double?) -> Double? {
      first.map { max($0, second ?? 0) } ?? second
    }
    return ArithmeticPeak(
      openCL: better(openCL, other.openCL), native: better(native, other.native))
  }
}

extension PreparedModel {
  /// The threads or compute units that the model runs on.
  package var threadCount: Int { device?.computeUnits ?? PeakProbe.usableThreads }

  /// Measures the device that runs the model now, in about half a second.
  /// - Throws: `OpenCLError`; `CancellationError`.
  package func measurePeak() async throws -> ArithmeticPeak {
    guard let device else { return ArithmeticPeak(native: try await PeakProbe().run()) }
    var peak = ArithmeticPeak()
    peak.openCL = try await measureDevicePeak()
    if device.kind == .cpu {
      // A device may have been told to use fewer cores than there are.
      let threads = min(device.computeUnits, PeakProbe.usableThreads)
      peak.native = try await PeakProbe(threads: threads).run()
    }
    return peak
  }
}
