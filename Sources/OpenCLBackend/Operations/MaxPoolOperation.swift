import BiTModel
import OpenCLRuntime

/// Binds `max_pool.cl` or `max_pool_ref.cl`.
struct MaxPoolOperation {
  let pool: MaxPool
  let source: FusedNetwork.Source
  /// Zeros around the input, beside the pooling's own padding.
  let border: Int
  let output: Network.NodeID

  static func program(_ kernels: KernelSet, activation: ActivationFunction) -> ProgramRequest {
    kernels.fuses
      ? ProgramRequest("max_pool.cl", activation: activation) : ProgramRequest("max_pool_ref.cl")
  }

  func bind(_ plan: PlanContext) throws -> BoundKernel {
    let shape = plan.tensors[source.tensor].shape
    func before(_ extent: Int) -> Int32 {
      let padding = pool.padding.amounts(
        extent: extent + 2 * border, window: pool.window, stride: pool.stride, dilation: 1)
      return Int32(border + padding.0)
    }
    let activation = plan.activation(of: source.norm)
    let program = try plan.programs.program(
      Self.program(
        plan.kernels, activation: activation?.function ?? plan.prevailingActivation))
    let flags: KernelFlags = source.norm == nil ? [] : .normalize
    let geometry: [KernelArgument] = [
      plan.extents(source.tensor), plan.extents(output),
      .int4(SIMD4(Int32(pool.window), Int32(pool.stride), 0, flags.rawValue)),
      .int2(SIMD2(before(shape.height), before(shape.width))),
    ]
    let (global, local) = plan.elementwise(output)
    guard plan.kernels.fuses else {
      return try BoundKernel(
        "max_pool_ref", of: program, label: plan.name(output),
        [plan.tensor(source.tensor), plan.tensor(output)] + geometry, global: global,
        local: local)
    }
    return try BoundKernel(
      "max_pool", of: program, label: plan.name(output),
      [plan.tensor(source.tensor), plan.coefficients(source.norm), plan.tensor(output)] + geometry
        + [try plan.constants(of: activation)], global: global, local: local)
  }
}
