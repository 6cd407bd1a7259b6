import BiTModel
import OpenCLRuntime

/// A whole plan as one launch of `network_vector.cl`, with the tables and counters that it takes.
struct NetworkLaunch {
  let kernel: BoundKernel
  private let progress: Shared<DeviceBuffer>
  /// Tiles in all, and so the most launches that computing them can take.
  private let claims: Int

  /// Where the kernel counts, in ints: cache lines apart.
  private enum Counter {
    static let status = 33
    static let done = 48
  }

  /// Groups for each thread of the device. PoCL gives a thread several at once, the first one most:
  /// with too few of them some threads would get none. Those that come late find nothing to do.
  private static let groupsPerUnit = 4
  /// Whatever a driver says.
  private static let mostUnits = 1024

  init(
    _ schedule: NetworkSchedule, steps: [NetworkStep], program: Shared<Program>, batch: Int,
    patchBytes: Int, plan: PlanContext
  ) throws(OpenCLError) {
    guard let weights = plan.weights.arena?.buffers, let first = weights.first else {
      throw NetworkStep.unsupported("a network without parameters")
    }
    var steps = steps
    var awaited: [Int32] = []
    for index in steps.indices {
      steps[index].count.x = Int32(schedule.firstClaims[index])
      steps[index].cut.x = Int32(schedule.together[index])
      steps[index].work.z = Int32(awaited.count)
      steps[index].work.w = Int32(schedule.awaited[index].count)
      awaited += schedule.awaited[index].map(Int32.init)
    }
    // A buffer cannot be empty.
    if awaited.isEmpty { awaited = [0] }
    let counters = [Int32](
      repeating: 0, count: Counter.done + steps.count * batch + schedule.claims)
    func buffer(_ bytes: RawSpan) throws(OpenCLError) -> Shared<DeviceBuffer> {
      Shared(try DeviceBuffer(in: plan.programs.context, copying: bytes))
    }
    progress = try buffer(counters.span.bytes)
    claims = schedule.claims
    let parts = (0..<WeightArena.mostBuffers).map {
      weights.indices.contains($0) ? weights[$0] : first
    }
    let units = min(plan.limits.computeUnits, Self.mostUnits)
    let arguments =
      [KernelArgument.buffer(plan.buffers.arena)] + parts.map(KernelArgument.buffer) + [
        .buffer(try buffer(steps.span.bytes)), .buffer(try buffer(awaited.span.bytes)),
        .buffer(progress), .local(max(patchBytes, 256)),
        .int4(
          SIMD4(Int32(schedule.claims), Int32(steps.count), Int32(batch), Int32(units))),
      ]
    let groups = units * Self.groupsPerUnit
    kernel = try BoundKernel(
      "network_vector", of: program, label: "network", arguments, global: WorkSize(groups),
      local: WorkSize(1), parameters: "\(steps.count) steps, \(schedule.claims) tiles")
  }

  /// To be called after the launch: waits for its end, and launches again until everything is
  /// computed. Each launch computes a tile at least.
  /// - Throws: `UntrustedKernels` where tiles were left out; `OpenCLError`.
  func complete(on queue: borrowing CommandQueue, timeLimit: Duration) throws {
    for _ in 0..<claims {
      try queue.finish(timeout: timeLimit)
      let status = try queue.read(
        progress.resource, at: Counter.status * MemoryLayout<Int32>.stride, as: Int32.self, count: 1
      )
      switch Status(rawValue: status[0]) {
      case .finished: return
      case .toBeContinued: try kernel.launch(on: queue)
      case .tilesMissing, nil: throw Self.tilesMissing
      }
    }
    throw Self.tilesMissing
  }

  private static var tilesMissing: UntrustedKernels {
    UntrustedKernels(
      reason: "tiles of a network in one launch were left out: groups do not see what others wrote,"
        + " or loops end early")
  }

  /// The kernel's words for how far a launch got.
  private enum Status: Int32 {
    case finished = 0
    case toBeContinued = 1
    case tilesMissing = 2
  }
}
