import BiTModel
import OpenCLRuntime

/// Binds `zero_pad.cl`.
enum ZeroPadOperation {
  static let program = ProgramRequest("zero_pad.cl")

  static func bind(
    border: Int, source: Network.NodeID, output: Network.NodeID, _ plan: PlanContext
  ) throws -> BoundKernel {
    let (global, local) = plan.elementwise(output)
    return try BoundKernel(
      "zero_pad", of: try plan.programs.program(program), label: plan.name(output),
      [
        plan.tensor(source), plan.tensor(output), plan.extents(source), plan.extents(output),
        .int(border),
      ], global: global, local: local)
  }
}
