import BiTModel
import OpenCLRuntime

/// Binds `linear.cl` or `linear_ref.cl`.
struct LinearOperation {
  let linear: Linear
  let source: Network.NodeID
  let output: Network.NodeID

  static func program(_ kernels: KernelSet) -> ProgramRequest {
    kernels.fuses
      ? ProgramRequest("linear.cl", options: "-D ITEMS=\(kernels.reductionItems)")
      : ProgramRequest("linear_ref.cl")
  }

  func bind(_ plan: PlanContext) throws -> BoundKernel {
    let result = plan.tensors[output]
    let items = plan.kernels.fuses ? plan.kernels.reductionItems : 1
    return try BoundKernel(
      plan.kernels.fuses ? "linear" : "linear_ref",
      of: try plan.programs.program(Self.program(plan.kernels)), label: plan.name(output),
      [
        plan.tensor(source), try plan.parameter(linear.weight),
        try plan.parameter(linear.bias), plan.tensor(output),
        .int(linear.inputFeatures), .int(linear.outputFeatures),
        .int(plan.tensors[source].pixelStride), .int(result.pixelStride),
      ],
      global: WorkSize(result.pixelStride * items, result.shape.batch), local: WorkSize(items, 1))
  }
}

extension LinearOperation: NetworkOperation {
  /// Runs of outputs.
  func tiles(_ blueprint: ExecutionPlan.Blueprint) -> Int? {
    let stride = blueprint.tensors[output].pixelStride
    return NetworkStep.parts(stride, atMost: 8 * blueprint.limits.computeUnits, of: 1).count
  }

  func networkStep(
    _ plan: PlanContext, tiles: Int, queue: borrowing CommandQueue
  ) throws -> NetworkStep {
    var step = NetworkStep(.linear, tiles: tiles)
    step.x = plan.operand(.tensor(source))
    step.weight = try plan.place(plan.weights.vector(linear.weight))
    step.bias = try plan.place(plan.weights.vector(linear.bias))
    step.y = plan.operand(.tensor(output))
    step.input = plan.tensors[source].extents
    step.input.z = Int32(linear.inputFeatures)
    step.output = plan.tensors[output].extents
    step.output.z = Int32(linear.outputFeatures)
    step.cut.y = Int32(
      NetworkStep.parts(plan.tensors[output].pixelStride, atMost: tiles, of: 1).size)
    return step
  }
}
