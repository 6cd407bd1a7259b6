/// What drivers are known to get wrong or do differently: the one place that looks at names.
///
/// Everything else is decided by what a device reports and by probes.
package struct DeviceQuirks: Hashable, Sendable {
  /// The driver keeps its own cache of built programs, so that ours would only cost.
  package var keepsOwnProgramCache = false
  /// A program binary that the driver did not write itself ends the process instead of the call.
  package var abortsOnForeignBinary = false
  /// Calls from several threads at once crash, also on different objects.
  package var isSingleThreaded = false
  /// A work-item's loops, all together, silently end after so many rounds; nil: they do not.
  package var loopIterationLimit: Int?
  /// The driver runs `ld` to finish a kernel, and ends the process where there is none.
  package var runsLinker = false
  /// What the driver must be able to write to offer a device.
  package var cache: DriverCache?
  /// How the driver's devices are chosen.
  package var deviceSwitch: DriverSwitch?

  package init() {}

  /// Those that are in force, for reports.
  package var names: [String] {
    [
      (keepsOwnProgramCache, "keeps its own program cache"),
      (abortsOnForeignBinary, "aborts on a foreign binary"),
      (isSingleThreaded, "is single-threaded"),
      (loopIterationLimit != nil, "ends loops after \(loopIterationLimit ?? 0) rounds"),
      (runsLinker, "runs ld"),
    ].filter(\.0).map(\.1)
  }

  init(for device: Device) {
    self.init(
      platform: device.platform.name, device: device.name, driver: device.driverVersion)
  }

  /// The quirks of a driver, named by its platform.
  package init(platform: String, device: String = "", driver: String) {
    for row in Self.table
    where row.matches(platform: platform, device: device, driver: driver) {
      row.quirk(&self)
    }
  }

  /// One known fault or habit.
  private struct Row {
    let quirk: @Sendable (inout DeviceQuirks) -> Void
    /// The platform's name, which identifies the driver.
    let platform: String
    /// What the device's name begins with, for a driver of several kinds of device.
    var device = ""
    /// Driver versions, compared by their leading numbers; the upper one is excluded.
    var from: [Int] = []
    var until: [Int] = [.max]
    let evidence: String

    func matches(platform: String, device: String, driver: String) -> Bool {
      guard platform == self.platform, device.hasPrefix(self.device) else { return false }
      let version = DeviceQuirks.numbers(in: driver)
      return !version.lexicographicallyPrecedes(from) && version.lexicographicallyPrecedes(until)
    }
  }

  private static let table = [
    Row(
      quirk: { $0.keepsOwnProgramCache = true }, platform: "Portable Computing Language",
      evidence: "PoCL's documentation, POCL_KERNEL_CACHE: on unless switched off"),
    Row(
      quirk: { $0.runsLinker = true }, platform: "Portable Computing Language",
      evidence: "3.1, a PATH without ld: “Final linking of kernel … failed.”, then SIGABRT"),
    Row(
      quirk: { $0.cache = DriverCache(variable: "POCL_CACHE_DIR", name: "pocl/kcache") },
      platform: "Portable Computing Language",
      evidence: "3.1, a home that cannot be written: the platform is there and has no device"),
    Row(
      quirk: {
        $0.deviceSwitch = DriverSwitch(
          variable: "POCL_DEVICES", values: "pthread", isOffByDefault: false)
      }, platform: "Portable Computing Language",
      evidence: "PoCL's documentation, POCL_DEVICES"),
    Row(
      quirk: {
        $0.deviceSwitch = DriverSwitch(
          variable: "RUSTICL_ENABLE", values: "radeonsi (AMD), iris (Intel) or llvmpipe (the CPU)",
          isOffByDefault: true)
      }, platform: "rusticl", evidence: "Mesa's documentation, RUSTICL_ENABLE"),
    Row(
      quirk: { $0.abortsOnForeignBinary = true }, platform: "rusticl",
      evidence: "Mesa 22.3.6: 64 bytes of 0x5A panic with “unknown version” in core/program.rs"),
    Row(
      quirk: { $0.loopIterationLimit = 65_535 }, platform: "rusticl", device: "llvmpipe",
      evidence: "Mesa 22.3.6: Tests/OpenCLRuntimeTests/Quirks/long-loop.cl counts 65,535 of 200,000"
    ),
    Row(
      quirk: { $0.isSingleThreaded = true }, platform: "Oclgrind",
      evidence: "21.10: builds and launches from two threads end in bad pointer dereferences"),
  ]

  /// The dotted numbers that a version begins with, after any letters: `535.104.05` is 535, 104, 5.
  static func numbers(in version: String) -> [Int] {
    let start = version.drop { !$0.isNumber }
    return start.prefix { $0.isNumber || $0 == "." }.split(separator: ".").map { Int($0) ?? 0 }
  }
}
