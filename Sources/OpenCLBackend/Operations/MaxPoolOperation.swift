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
    let activation = plan.activation(of: source.norm)
    let program = try plan.programs.program(
      Self.program(
        plan.kernels, activation: activation?.function ?? plan.prevailingActivation))
    let geometry: [KernelArgument] = [
      plan.extents(source.tensor), plan.extents(output), .int4(window),
      .int2(before(plan.tensors[source.tensor].shape)),
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

  /// Window, stride and flags.
  private var window: SIMD4<Int32> {
    let flags: KernelFlags = source.norm == nil ? [] : .normalize
    return SIMD4(Int32(pool.window), Int32(pool.stride), 0, flags.rawValue)
  }

  /// Zeros above and to the left.
  private func before(_ shape: TensorShape) -> SIMD2<Int32> {
    func zeros(_ extent: Int) -> Int32 {
      let padding = pool.padding.amounts(
        extent: extent + 2 * border, window: pool.window, stride: pool.stride, dilation: 1)
      return Int32(border + padding.0)
    }
    return SIMD2(zeros(shape.height), zeros(shape.width))
  }
}

extension MaxPoolOperation: NetworkOperation {
  /// Rows of the output.
  func tiles(_ blueprint: ExecutionPlan.Blueprint) -> Int? {
    // The image's pixels are not padded to whole vectors.
    source.tensor == 0 ? nil : blueprint.tensors[output].shape.height
  }

  func networkStep(
    _ plan: PlanContext, tiles: Int, queue: borrowing CommandQueue
  ) throws -> NetworkStep {
    var step = NetworkStep(.maxPool, tiles: tiles)
    step.x = plan.operand(.tensor(source.tensor))
    step.coefficients = plan.operand(source.norm.map { .coefficients($0) })
    step.y = plan.operand(.tensor(output))
    let before = before(plan.tensors[source.tensor].shape)
    step.cut = SIMD4(0, 0, before.x, before.y)
    step.input = plan.tensors[source.tensor].extents
    step.output = plan.tensors[output].extents
    step.window = window
    step.activation = try plan.constants(plan.activation(of: source.norm))
    return step
  }
}
