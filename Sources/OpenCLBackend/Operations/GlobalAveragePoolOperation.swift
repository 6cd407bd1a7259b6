import BiTModel
import OpenCLRuntime

/// Binds `global_avg_pool.cl` or `global_avg_pool_ref.cl`.
struct GlobalAveragePoolOperation {
  let source: FusedNetwork.Source
  let output: Network.NodeID

  static func program(_ kernels: KernelSet, activation: ActivationFunction) -> ProgramRequest {
    kernels.fuses
      ? ProgramRequest("global_avg_pool.cl", activation: activation)
      : ProgramRequest("global_avg_pool_ref.cl")
  }

  func bind(_ plan: PlanContext) throws -> BoundKernel {
    let input = plan.tensors[source.tensor]
    let result = plan.tensors[output]
    let activation = plan.activation(of: source.norm)
    let program = try plan.programs.program(
      Self.program(
        plan.kernels, activation: activation?.function ?? plan.prevailingActivation))
    let sizes: [KernelArgument] = [
      .int(input.pixels), .int(input.shape.channels), .int(input.pixelStride),
      .int(result.pixelStride),
    ]
    let group = plan.channelGroup(result.pixelStride)
    let global = WorkSize(result.pixelStride.roundedUp(to: group), result.shape.batch)
    let local = WorkSize(group, 1)
    guard plan.kernels.fuses else {
      return try BoundKernel(
        "global_avg_pool_ref", of: program, label: plan.name(output),
        [plan.tensor(source.tensor), plan.tensor(output)] + sizes, global: global, local: local)
    }
    let flags: KernelFlags = source.norm == nil ? [] : .normalize
    return try BoundKernel(
      "global_avg_pool", of: program, label: plan.name(output),
      [plan.tensor(source.tensor), plan.coefficients(source.norm), plan.tensor(output)] + sizes
        + [.int(Int(flags.rawValue)), try plan.constants(of: activation)], global: global,
      local: local)
  }
}

extension GlobalAveragePoolOperation: NetworkOperation {
  /// Runs of channels.
  func tiles(_ blueprint: ExecutionPlan.Blueprint) -> Int? {
    guard source.tensor != 0 else { return nil }
    let stride = blueprint.tensors[output].pixelStride
    return NetworkStep.parts(stride, atMost: 2 * blueprint.limits.computeUnits, of: 16).count
  }

  func networkStep(
    _ plan: PlanContext, tiles: Int, queue: borrowing CommandQueue
  ) throws -> NetworkStep {
    var step = NetworkStep(.globalAveragePool, tiles: tiles)
    step.x = plan.operand(.tensor(source.tensor))
    step.coefficients = plan.operand(source.norm.map { .coefficients($0) })
    step.y = plan.operand(.tensor(output))
    step.input = plan.tensors[source.tensor].extents
    step.output = plan.tensors[output].extents
    step.cut.y = Int32(
      NetworkStep.parts(plan.tensors[output].pixelStride, atMost: tiles, of: 16).size)
    let flags: KernelFlags = source.norm == nil ? [] : .normalize
    step.window.w = flags.rawValue
    step.activation = try plan.constants(plan.activation(of: source.norm))
    return step
  }
}
