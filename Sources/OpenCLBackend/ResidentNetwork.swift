import BiTModel
import OpenCLRuntime

/// A network on a device: its queue, its resident weights and its plans.
///
/// A plan is made once per input shape and set of results, and reused: a second run of the same
/// shape uploads the pixels, downloads the results, and creates nothing. Blocks its caller; not
/// `Sendable`, since kernels' arguments are state.
final class ResidentNetwork {
  /// Plans kept for further runs.
  private static let planLimit = 8

  private struct PlanKey: Hashable {
    let input: TensorShape
    let kept: Set<Network.NodeID>
    /// Whether the plan may be one launch.
    var inOneLaunch = true
  }

  private let network: Network
  private let kernels: KernelSet
  private let context: Context
  private let queue: CommandQueue
  private let programs: ProgramLibrary
  private let weights: ResidentWeights
  private let standardizer: WeightStandardizer
  private let timeLimit: Duration
  private let guards: PlanGuards?
  /// Grows with kernels that are wanted in a second layout.
  private var need: MemoryNeed
  /// How long reading, packing and uploading the weights took.
  let uploadTime: Duration
  /// The most recently used last.
  private var plans: [(key: PlanKey, plan: ExecutionPlan)] = []

  /// Builds what every plan needs and makes the weights resident.
  /// - Throws: `InsufficientDeviceMemory`, `OpenCLError`; what the weight source throws.
  init(
    _ network: Network, weights source: any WeightSource, programs: ProgramLibrary,
    kernels wanted: KernelSet, timeLimit: Duration, guards: PlanGuards? = nil,
    expecting input: TensorShape? = nil
  ) throws {
    let limits = programs.context.device.limits
    let kernels: KernelSet
    (kernels, need) = wanted.fitting(network, limits: limits, input: input)
    let packings = NetworkPackings(network, kernels: kernels, limits: limits, input: input)
    try need.check(on: programs.context.device)
    self.network = network
    self.kernels = kernels
    self.timeLimit = timeLimit
    self.guards = guards
    self.programs = programs
    context = programs.context
    queue = try CommandQueue(context: context)
    try programs.build(Self.commonPrograms(network, kernels, packings))
    standardizer = try WeightStandardizer(
      context: context,
      program: try programs.program(
        Self.wholeProgram(network, kernels) ?? WeightStandardizer.program(kernels)),
      transformProgram: {
        try programs.program(
          Self.wholeProgram(network, kernels) ?? WeightStandardizer.transformProgram)
      },
      kernels: kernels, queue: queue, guards: guards)
    let ahead = WeightReadAhead(source, network.nodes.flatMap(\.operation.parameters))
    defer { ahead.stop() }
    weights = ResidentWeights(
      source: ahead, standardizer: standardizer,
      arena: kernels.network == nil
        ? nil : WeightArena(need, limits: limits))
    let start = ContinuousClock.now
    for (id, node) in network.nodes.enumerated() {
      try Self.upload(node, id, packings, weights, queue)
    }
    try standardizer.finish(queue)
    // Small networks, of which self-checks make many, leave nothing worth it.
    if need.weights > WeightReadAhead.limit { HostHeap.giveBack() }
    uploadTime = start.duration(to: .now)
  }

  /// - Throws: `NetworkError`, `InsufficientDeviceMemory`, `OpenCLError`, what the weight source
  ///   throws.
  func run(_ input: HostTensor, returning nodes: [Network.NodeID]) throws -> [HostTensor] {
    let key = PlanKey(input: input.shape, kept: Set(nodes))
    guard let plan = try plan(for: key) else { return try runHalves(input, nodes) }
    return try plan.run(input, returning: nodes, queue: queue, timeLimit: timeLimit)
  }

  /// Times the steps of a run, on a queue of its own: profiling costs some drivers a little.
  /// - Throws: As `run(_:returning:)`; `OpenCLError` if the batch has to be divided.
  func profile(
    _ input: HostTensor, returning nodes: [Network.NodeID]
  ) throws -> [StepProfile] {
    guard
      let plan = try plan(
        for: PlanKey(input: input.shape, kept: Set(nodes), inOneLaunch: false))
    else {
      throw OpenCLError(
        .invalidRequest, device: context.device.label,
        detail: "a batch of \(input.shape.batch) does not fit as one: profile a smaller one")
    }
    try queue.finish(timeout: timeLimit)
    let profiling = try CommandQueue(context: context, profiling: true)
    return try plan.profile(input, queue: profiling, timeLimit: timeLimit)
  }

  /// - Returns: `nil` if the batch is too large for the device but could be divided.
  private func plan(for key: PlanKey) throws -> ExecutionPlan? {
    if let index = plans.firstIndex(where: { $0.key == key }) {
      let entry = plans.remove(at: index)
      plans.append(entry)
      return entry.plan
    }
    let limits = context.device.limits
    var kernels = kernels
    func makeBlueprint(inOneLaunch: Bool) throws -> ExecutionPlan.Blueprint {
      try ExecutionPlan.Blueprint(
        network, input: key.input, kept: key.kept, kernels: kernels, limits: limits,
        isGuarded: guards != nil, inOneLaunch: inOneLaunch)
    }
    var blueprint = try makeBlueprint(inOneLaunch: key.inOneLaunch && weights.areInArena)
    var missing = weights.missingByteCounts(blueprint.convolutions.values)
    var running = need.running(key.input, arena: blueprint.arenaByteCount, kernels: missing)
    if !running.fits(limits) {
      if key.input.batch > 1 { return nil }
      // Only now: the form of a convolution must not depend on the batch.
      kernels = kernels.withoutTransforms
      blueprint = try makeBlueprint(inOneLaunch: key.inOneLaunch && weights.areInArena)
      missing = weights.missingByteCounts(blueprint.convolutions.values)
      running = need.running(key.input, arena: blueprint.arenaByteCount, kernels: missing)
      try running.check(on: context.device)
    }
    if !missing.isEmpty {
      need = need.running(key.input, arena: need.arena, kernels: missing)
      try uploadKernels(of: blueprint, byteCounts: missing)
      if !weights.areInArena { blueprint = try makeBlueprint(inOneLaunch: false) }
    }
    let room = min(limits.usableMemory - running.weights, limits.globalMemory / 2)
    while plans.count >= Self.planLimit
      || (!plans.isEmpty && arenaBytes + blueprint.arenaByteCount > room)
    {
      plans.removeFirst()
    }
    let plan = try makePlan(blueprint)
    plans.append((key, plan))
    return plan
  }

  /// Images of another size may want kernels in another layout.
  private func uploadKernels(
    of blueprint: ExecutionPlan.Blueprint, byteCounts: [Int]
  ) throws {
    weights.arena?.expect(byteCounts: byteCounts)
    for (_, launch) in blueprint.convolutions.sorted(by: { $0.key < $1.key }) {
      _ = try weights.kernel(of: launch.convolution, launch.packing, queue: queue)
    }
    try standardizer.finish(queue)
  }

  /// Where memory is short, other plans make room.
  private func makePlan(_ blueprint: ExecutionPlan.Blueprint) throws -> ExecutionPlan {
    func make() throws -> ExecutionPlan {
      try ExecutionPlan(
        blueprint, context: context, programs: programs, weights: weights, queue: queue)
    }
    do {
      return try make()
    } catch let error as OpenCLError where error.remedy == .smallerBatch && !plans.isEmpty {
      plans = []
      return try make()
    }
  }

  /// The kernel that writes each node in a plan that is still at hand, with its tile parameters.
  func kernels(input: TensorShape, kept: Set<Network.NodeID>) -> [Network.NodeID: String] {
    let key = PlanKey(input: input, kept: kept)
    return plans.first { $0.key == key }?.plan.writers ?? [:]
  }

  private var arenaBytes: Int { plans.reduce(0) { $0 + $1.plan.arenaByteCount } }

  private func runHalves(
    _ input: HostTensor, _ nodes: [Network.NodeID]
  ) throws -> [HostTensor] {
    let first = input.shape.batch / 2
    let head = try run(input.images(0..<first), returning: nodes)
    let tail = try run(input.images(first..<input.shape.batch), returning: nodes)
    return zip(head, tail).map { HostTensor(stacking: [$0, $1]) }
  }

  /// The one program for everything, where plans are one launch as a rule.
  private static func wholeProgram(_ network: Network, _ kernels: KernelSet) -> ProgramRequest? {
    guard case .vector(let tuning, _, let program?) = kernels, network.isPreactivated else {
      return nil
    }
    return program.request(tuning, activation: network.prevailingActivation)
  }

  /// Programs that can be named before a size is known, so that they build together.
  private static func commonPrograms(
    _ network: Network, _ kernels: KernelSet, _ packings: NetworkPackings
  ) -> Set<ProgramRequest> {
    if let program = wholeProgram(network, kernels) { return [program] }
    var requests: Set = [WeightStandardizer.program(kernels)]
    if packings.transformSome { requests.insert(WeightStandardizer.transformProgram) }
    let activation = network.prevailingActivation
    for (id, node) in network.nodes.enumerated() {
      switch node.operation {
      case .convolution(let convolution):
        if case .vector(let tuning, _, _) = kernels {
          let isImage = node.inputs[0] == 0
          requests.insert(
            packings.packing(of: convolution, node: id).isTransformed
              ? ConvolutionLaunch.winogradProgram(tuning, activation: activation)
              : convolution.kernel == 1 && !isImage
                ? ConvolutionLaunch.pointwiseProgram(tuning, activation: activation)
                : ConvolutionLaunch.vectorProgram(
                  tuning, dense: isImage, activation: activation))
        } else if case .tiled(let tuning) = kernels {
          requests.insert(
            ProgramRequest(
              "conv2d_tiled.cl", activation: activation, options: tuning.buildOptions))
        }
      case .groupNorm where kernels.fuses:
        requests.insert(GroupNormOperation.statisticsProgram(kernels))
      case .maxPool: requests.insert(MaxPoolOperation.program(kernels, activation: activation))
      case .globalAveragePool:
        requests.insert(GlobalAveragePoolOperation.program(kernels, activation: activation))
      case .linear: requests.insert(LinearOperation.program(kernels))
      default: break
      }
    }
    return requests
  }

  private static func upload(
    _ node: Network.Node, _ id: Network.NodeID, _ packings: NetworkPackings,
    _ weights: ResidentWeights, _ queue: borrowing CommandQueue
  ) throws {
    switch node.operation {
    case .convolution(let convolution):
      let packing = packings.packing(of: convolution, node: id)
      _ = try weights.kernel(of: convolution, packing, queue: queue)
    case .groupNorm(let norm):
      try weights.upload(norm.weight, queue: queue)
      try weights.upload(norm.bias, queue: queue)
      _ = try weights.constants(of: norm.activation)
    case .add(let activation?): _ = try weights.constants(of: activation)
    case .linear(let linear):
      try weights.upload(linear.weight, queue: queue)
      try weights.upload(linear.bias, queue: queue)
    case .input, .zeroPad, .maxPool, .add(nil), .globalAveragePool: break
    }
  }
}

extension Network {
  /// Whether no sum has an activation of its own: then plans can be one launch as a rule.
  fileprivate var isPreactivated: Bool {
    nodes.allSatisfy { if case .add(_?) = $0.operation { false } else { true } }
  }
}
