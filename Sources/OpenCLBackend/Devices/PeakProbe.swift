import OpenCLRuntime

/// Measures what a device's arithmetic gives at most: `multiply_add.cl`.
///
/// The work is short, so that a device that also draws a screen goes on doing so; the best of several
/// bursts counts, since whatever else a machine does can only make one slower.
struct PeakProbe {
  let context: Context

  private static let chains = 12
  private static let bursts = 5
  private static let burstTime = 0.02
  private static let mostTime = Duration.seconds(1)
  private static let timeLimit = Duration.seconds(10)
  /// Within what any driver's loops bear (`DeviceQuirks.loopIterationLimit`), and short enough for
  /// units to share the work evenly.
  private static let mostRounds = 1 << 14
  private static let mostItems = 1 << 20

  /// Floats of a register; of a GPU, whose items are its lanes, any number will do.
  private var vector: Int {
    guard context.device.kind == .cpu else { return 4 }
    let width = context.device.limits.nativeFloatVectorWidth
    return width >= 16 ? 16 : width >= 8 ? 8 : 4
  }

  /// Work-items to a group: a GPU's lanes, or a CPU's one.
  private var items: Int { context.device.kind == .cpu ? 1 : 256 }

  private struct Load {
    var rounds = 64
    var groups: Int

    /// Doubles the work; false where there can be no more.
    mutating func grow(items: Int) -> Bool {
      if rounds < PeakProbe.mostRounds {
        rounds *= 2
      } else if groups * items <= PeakProbe.mostItems / 2 {
        groups *= 2
      } else {
        return false
      }
      return true
    }
  }

  /// To be called on the device's thread.
  /// - Returns: Floating-point operations a second, a multiply-add counted as two.
  func run() throws(OpenCLError) -> Double {
    let source = try ProgramSource(kernels: ["multiply_add.cl"], options: "-D VECTOR=\(vector)")
    let program = try ProgramBuilder(context: context).build(source)
    let kernel = try program.resource.makeKernel("multiply_add")
    let queue = try CommandQueue(context: context)
    let group = WorkSize(min(items, kernel.limits.maxWorkGroupSize))
    let sums = try DeviceBuffer(
      in: context, byteCount: Self.mostItems * MemoryLayout<Float>.stride)
    try kernel.setArgument(0, sums)
    // Converges to 2: never so small that a processor would take longer.
    try kernel.setArgument(1, Float(0.5))
    try kernel.setArgument(2, Float(1))
    let start = ContinuousClock.now
    func seconds(_ load: Load) throws(OpenCLError) -> Double {
      try kernel.setArgument(3, Int32(load.rounds))
      let start = ContinuousClock.now
      try queue.launch(kernel, global: group.times(WorkSize(load.groups)), local: group)
      try queue.finish(timeout: Self.timeLimit)
      return start.duration(to: .now) / .seconds(1)
    }
    let units = min(context.device.limits.computeUnits, Self.mostItems / group.x / 32)
    var load = Load(groups: max(1, units) * 8)
    // Some drivers compile at the first launch.
    _ = try seconds(load)
    var best = 0.0
    for _ in 0..<Self.bursts where start.duration(to: .now) < Self.mostTime {
      var time = try seconds(load)
      while time < Self.burstTime, load.grow(items: group.x) { time = try seconds(load) }
      let products = Double(load.rounds) * Double(load.groups * group.x * vector * Self.chains)
      best = max(best, time > 0 ? 2 * products / time : 0)
    }
    return best
  }
}
