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
        plan.moments(tensor), .buffer(try plan.weights.vector(norm.weight)),
        .buffer(try plan.weights.vector(norm.bias)), plan.coefficients(node),
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
          plan.tensor(tensor), .buffer(try plan.weights.vector(norm.weight)),
          .buffer(try plan.weights.vector(norm.bias)), plan.tensor(node), plan.extents(tensor),
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
