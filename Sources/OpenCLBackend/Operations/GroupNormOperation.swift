import BiTModel
import OpenCLRuntime

/// Binds `group_norm_statistics.cl`, `group_norm.cl` and `group_norm_ref.cl`.
enum GroupNormOperation {
  static func statisticsProgram(_ kernels: KernelSet) -> ProgramRequest {
    ProgramRequest("group_norm_statistics.cl", options: "-D ITEMS=\(kernels.reductionItems)")
  }

  static func program(_ norm: GroupNorm, _ kernels: KernelSet) -> ProgramRequest {
    ProgramRequest(
      kernels.fuses ? "group_norm.cl" : "group_norm_ref.cl", activation: norm.activation.function)
  }

  /// Moments of a tensor that no convolution has gathered.
  static func bindMoments(
    of node: Network.NodeID, _ tiling: MomentsTiling, _ plan: PlanContext
  ) throws -> BoundKernel {
    let tensor = plan.tensors[node]
    let group = plan.channelGroup(tensor.pixelStride)
    return try BoundKernel(
      "group_norm_moments", of: try plan.programs.program(statisticsProgram(plan.kernels)),
      label: plan.name(node),
      [
        plan.tensor(node), plan.moments(node), .int(tensor.pixels), .int(tensor.pixelStride),
        .int(tiling.columns), .int(tiling.tiles),
      ],
      global: WorkSize(
        tensor.pixelStride.roundedUp(to: group), tiling.tiles, tensor.shape.batch),
      local: WorkSize(group, 1, 1))
  }

  /// From a tensor's moments to a norm's coefficients.
  static func bindCoefficients(
    _ norm: GroupNorm, node: Network.NodeID, tensor: Network.NodeID, _ tiling: MomentsTiling,
    _ plan: PlanContext
  ) throws -> BoundKernel {
    let items = plan.kernels.reductionItems
    let input = plan.tensors[tensor]
    let shape = SIMD4(
      Int32(norm.channels), Int32(input.pixelStride), Int32(norm.groups), 0)
    return try BoundKernel(
      "group_norm_coefficients", of: try plan.programs.program(statisticsProgram(plan.kernels)),
      label: plan.name(node),
      [
        plan.moments(tensor), try plan.parameter(norm.weight),
        try plan.parameter(norm.bias), plan.coefficients(node),
        .int2(tiling.extent), .int4(tiling.tile), .int4(shape), .float(Float(norm.epsilon)),
      ],
      global: WorkSize(norm.groups * items, input.shape.batch), local: WorkSize(items, 1))
  }

  /// A norm that is written out.
  static func bind(
    _ norm: GroupNorm, node: Network.NodeID, tensor: Network.NodeID, _ plan: PlanContext
  ) throws -> BoundKernel {
    let program = try plan.programs.program(program(norm, plan.kernels))
    let (global, local) = plan.elementwise(node)
    let constants = try plan.constants(of: norm.activation)
    guard plan.kernels.fuses else {
      return try BoundKernel(
        "group_norm_ref", of: program, label: plan.name(node),
        [
          plan.tensor(tensor), try plan.parameter(norm.weight),
          try plan.parameter(norm.bias), plan.tensor(node), plan.extents(tensor),
          plan.extents(node), .int(norm.groups), .float(Float(norm.epsilon)), constants,
        ], global: global, local: local)
    }
    return try BoundKernel(
      "group_norm", of: program, label: plan.name(node),
      [
        plan.tensor(tensor), plan.coefficients(node), plan.tensor(node), plan.extents(tensor),
        plan.extents(node), constants,
      ], global: global, local: local)
  }
}

/// Moments of a tensor that no convolution has gathered, as part of one launch.
struct NetworkMoments: NetworkOperation {
  let tensor: Network.NodeID

  func tiles(_ blueprint: ExecutionPlan.Blueprint) -> Int? {
    tensor == 0 ? nil : blueprint.tiling(tensor).tiles
  }

  func networkStep(
    _ plan: PlanContext, tiles: Int, queue: borrowing CommandQueue
  ) throws -> NetworkStep {
    var step = NetworkStep(.moments, tiles: tiles)
    step.x = plan.operand(.tensor(tensor))
    step.partials = plan.operand(.moments(tensor))
    step.input = plan.tensors[tensor].extents
    step.tile = plan.tiling(tensor).tile
    return step
  }
}

/// From a tensor's moments to a norm's coefficients, as part of one launch.
struct NetworkCoefficients: NetworkOperation {
  let norm: GroupNorm
  let node: Network.NodeID
  let tensor: Network.NodeID

  /// Runs of groups: many for few images, so that nobody waits long for the coefficients.
  func tiles(_ blueprint: ExecutionPlan.Blueprint) -> Int? {
    let batch = max(1, blueprint.tensors[tensor].shape.batch)
    let units = blueprint.limits.computeUnits
    return NetworkStep.parts(norm.groups, atMost: (units + batch - 1) / batch, of: 1).count
  }

  func networkStep(
    _ plan: PlanContext, tiles: Int, queue: borrowing CommandQueue
  ) throws -> NetworkStep {
    let tiling = plan.tiling(tensor)
    var step = NetworkStep(.coefficients, tiles: tiles)
    step.partials = plan.operand(.moments(tensor))
    step.weight = try plan.place(plan.weights.vector(norm.weight))
    step.bias = try plan.place(plan.weights.vector(norm.bias))
    step.y = plan.operand(.coefficients(node))
    step.cut.y = Int32(NetworkStep.parts(norm.groups, atMost: tiles, of: 1).size)
    step.input = SIMD4(
      tiling.extent.x, tiling.extent.y, Int32(norm.channels),
      Int32(plan.tensors[tensor].pixelStride))
    step.tile = tiling.tile
    step.window.x = Int32(norm.groups)
    step.epsilon.x = Float(norm.epsilon)
    return step
  }
}
