import BiTModel
import OpenCLRuntime

/// A network bound to device memory for one size, batch and set of results: nothing is left to do
/// per run but to upload the pixels, launch in order, and read the results.
final class ExecutionPlan {
  let launches: [BoundKernel]
  /// Where all steps are one launch.
  private let network: NetworkLaunch?
  /// Of each step.
  let works: [Work]
  private let buffers: PlanBuffers
  private let tensors: [DeviceTensor]
  /// The kernel that writes each node, with its tile parameters.
  let writers: [Network.NodeID: String]

  /// What a plan needs before anything is allocated.
  struct Blueprint {
    let network: Network
    let kept: Set<Network.NodeID>
    let kernels: KernelSet
    let limits: DeviceLimits
    let tensors: [DeviceTensor]
    let fused: FusedNetwork
    let convolutions: [Network.NodeID: ConvolutionLaunch]
    private var layout: PlanBuffers.Layout
    /// Where all steps are to be one launch.
    private(set) var schedule: NetworkSchedule?
    /// Bytes of device memory that the plan will hold.
    var arenaByteCount: Int { layout.byteCount }

    /// - Parameter inOneLaunch: Whether the plan may be one launch, if the kernels can do so.
    /// - Throws: `NetworkError` where the input does not suit the network.
    init(
      _ network: Network, input: TensorShape, kept: Set<Network.NodeID>, kernels: KernelSet,
      limits: DeviceLimits, isGuarded: Bool = false, inOneLaunch: Bool = true
    ) throws(NetworkError) {
      let shapes = try network.shapes(forInput: input, upTo: kept.max() ?? 0)
      let tensors = shapes.enumerated().map { id, shape in
        // The image keeps its pixels as they come.
        DeviceTensor(shape, channelAlignment: id == 0 ? 1 : kernels.channelAlignment)
      }
      let fused = FusedNetwork(network, shapes: shapes, kept: kept, fuses: kernels.fuses)
      var convolutions: [Network.NodeID: ConvolutionLaunch] = [:]
      for case .convolution(let convolution, let source, _, _, let output) in fused.steps {
        convolutions[output] = ConvolutionLaunch(
          convolution, input: tensors[source.tensor], output: tensors[output],
          isImage: source.tensor == 0, kernels: kernels, limits: limits)
      }
      self.network = network
      self.kept = kept
      self.kernels = kernels
      self.limits = limits
      self.tensors = tensors
      self.fused = fused
      self.convolutions = convolutions
      func layout(_ arrangement: PlanBuffers.Arrangement) -> PlanBuffers.Layout {
        PlanBuffers.Layout(
          steps: fused.steps, tensors: { tensors[$0] },
          tiles: { Self.tiling($0, convolutions, tensors).tiles }, kept: kept,
          alignment: max(limits.bufferAlignment, 64), isGuarded: isGuarded,
          arrangement: arrangement)
      }
      self.layout = layout(.together)
      guard inOneLaunch, let (tiles, together) = networkTiles else { return }
      let apart = layout(.apart)
      schedule = NetworkSchedule(
        tiles: tiles, together: together, regions: fused.steps.map(\.regions),
        place: { apart.places[$0] }, batch: input.batch)
      if schedule != nil { self.layout = apart }
    }

    /// Pixels whose moments one work-item gathers where no convolution does.
    private static let momentsTile = 64

    private static func tiling(
      _ node: Network.NodeID, _ convolutions: [Network.NodeID: ConvolutionLaunch],
      _ tensors: [DeviceTensor]
    ) -> MomentsTiling {
      convolutions[node]?.tiling ?? MomentsTiling(pixels: tensors[node].pixels, tile: momentsTile)
    }

    func tiling(_ node: Network.NodeID) -> MomentsTiling {
      Self.tiling(node, convolutions, tensors)
    }

    func makeBuffers(in context: Context) throws(OpenCLError) -> PlanBuffers {
      try PlanBuffers(layout, context: context)
    }

    /// Every program that the plan's steps use.
    var programs: Set<ProgramRequest> {
      if let networkProgram { return [networkProgram] }
      let prevailing = network.prevailingActivation
      func activation(_ norm: Network.NodeID?) -> ActivationFunction {
        guard let norm, case .groupNorm(let groupNorm) = network.nodes[norm].operation else {
          return prevailing
        }
        return groupNorm.activation.function
      }
      var requests = Set<ProgramRequest>()
      for step in fused.steps {
        switch step {
        case .convolution(_, let source, _, _, let output):
          if let launch = convolutions[output] {
            requests.insert(launch.program(activation: activation(source.norm)))
          }
        case .moments, .coefficients:
          requests.insert(GroupNormOperation.statisticsProgram(kernels))
        case .groupNorm(let norm, _, _): requests.insert(GroupNormOperation.program(norm, kernels))
        case .maxPool(_, let source, _, _):
          requests.insert(
            MaxPoolOperation.program(kernels, activation: activation(source.norm)))
        case .zeroPad: requests.insert(ZeroPadOperation.program)
        case .add(let activation, _, _, _):
          requests.insert(AddOperation.program(kernels, activation: activation))
        case .globalAveragePool(let source, _):
          requests.insert(
            GlobalAveragePoolOperation.program(kernels, activation: activation(source.norm)))
        case .linear: requests.insert(LinearOperation.program(kernels))
        }
      }
      return requests
    }
  }

  init(
    _ blueprint: Blueprint, context: Context, programs: ProgramLibrary, weights: ResidentWeights,
    queue: borrowing CommandQueue
  ) throws {
    try blueprint.checkLoops(on: context.device)
    try programs.build(blueprint.programs)
    buffers = try blueprint.makeBuffers(in: context)
    tensors = blueprint.tensors
    let plan = PlanContext(
      network: blueprint.network, kernels: blueprint.kernels, limits: blueprint.limits,
      tensors: tensors, buffers: buffers, programs: programs, weights: weights,
      tiling: blueprint.tiling)
    var launches: [BoundKernel] = []
    var writers: [Network.NodeID: String] = [:]
    network = try blueprint.bindNetwork(plan, queue: queue)
    if let network { launches = [network.kernel] }
    for step in blueprint.fused.steps {
      if let network, let node = step.writes {
        let parameters = blueprint.convolutions[node]?.parameters ?? ""
        writers[node] = "\(network.kernel)" + (parameters.isEmpty ? "" : "; \(parameters)")
      } else if network == nil {
        let launch = try Self.bind(step, blueprint, plan, queue)
        if let node = step.writes { writers[node] = launch.description }
        launches.append(launch)
      }
    }
    self.launches = launches
    works = blueprint.fused.steps.map { Work($0, tensors: blueprint.tensors) }
    self.writers = writers
  }

  private static func bind(
    _ step: FusedNetwork.Step, _ blueprint: Blueprint, _ plan: PlanContext,
    _ queue: borrowing CommandQueue
  ) throws -> BoundKernel {
    switch step {
    case .convolution(let convolution, let source, let residual, let gathers, let output):
      let launch =
        blueprint.convolutions[output]
        ?? ConvolutionLaunch(
          convolution, input: plan.tensors[source.tensor], output: plan.tensors[output],
          isImage: source.tensor == 0, kernels: plan.kernels, limits: plan.limits)
      return try ConvolutionOperation(
        launch: launch, source: source, residual: residual, gathersMoments: gathers,
        output: output
      ).bind(plan, queue: queue)
    case .moments(let tensor):
      return try GroupNormOperation.bindMoments(of: tensor, blueprint.tiling(tensor), plan)
    case .coefficients(let norm, let node, let tensor):
      return try GroupNormOperation.bindCoefficients(
        norm, node: node, tensor: tensor, blueprint.tiling(tensor), plan)
    case .groupNorm(let norm, let node, let tensor):
      return try GroupNormOperation.bind(norm, node: node, tensor: tensor, plan)
    case .maxPool(let pool, let source, let border, let output):
      return try MaxPoolOperation(pool: pool, source: source, border: border, output: output)
        .bind(plan)
    case .zeroPad(let border, let source, let output):
      return try ZeroPadOperation.bind(border: border, source: source, output: output, plan)
    case .add(let activation, let first, let second, let output):
      return try AddOperation(
        activation: activation, first: first, second: second, output: output
      ).bind(plan)
    case .globalAveragePool(let source, let output):
      return try GlobalAveragePoolOperation(source: source, output: output).bind(plan)
    case .linear(let linear, let source, let output):
      return try LinearOperation(linear: linear, source: source, output: output).bind(plan)
    }
  }

  var arenaByteCount: Int { buffers.arenaByteCount }

  func upload(_ input: HostTensor, queue: borrowing CommandQueue) throws(OpenCLError) {
    try queue.write(input.elements, to: buffers[.tensor(0)].resource)
  }

  /// Uploads a batch, computes, and downloads the results in the order asked for.
  /// - Throws: `OpenCLError`; `UntrustedKernels` where the plan is watched, or a launch
  ///   left something out.
  func run(
    _ input: HostTensor, returning nodes: [Network.NodeID], queue: borrowing CommandQueue,
    timeLimit: Duration
  ) throws -> [HostTensor] {
    try buffers.guarded?.poison(queue)
    try upload(input, queue: queue)
    for launch in launches { try launch.launch(on: queue) }
    if let network {
      try network.complete(on: queue, timeLimit: timeLimit)
    } else {
      try queue.finish(timeout: timeLimit)
    }
    try buffers.guarded?.check(queue)
    var results: [HostTensor] = []
    for node in nodes {
      let tensor = tensors[node]
      let elements = try queue.read(
        buffers[.tensor(node)].resource, as: Float.self, count: tensor.usedElementCount)
      results.append(tensor.unpadded(elements))
    }
    return results
  }
}
