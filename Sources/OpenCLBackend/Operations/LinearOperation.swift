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
        plan.tensor(source), .buffer(try plan.weights.vector(linear.weight)),
        .buffer(try plan.weights.vector(linear.bias)), plan.tensor(output),
        .int(linear.inputFeatures), .int(linear.outputFeatures),
        .int(plan.tensors[source].pixelStride), .int(result.pixelStride),
      ],
      global: WorkSize(result.pixelStride * items, result.shape.batch), local: WorkSize(items, 1))
  }
}
