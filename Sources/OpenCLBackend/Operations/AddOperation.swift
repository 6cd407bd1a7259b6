import BiTModel
import OpenCLRuntime

/// Binds `add.cl` or `add_ref.cl`.
struct AddOperation {
  let activation: Activation?
  let first: FusedNetwork.Source
  let second: FusedNetwork.Source
  let output: Network.NodeID

  static func program(_ kernels: KernelSet, activation: Activation?) -> ProgramRequest {
    ProgramRequest(
      kernels.fuses ? "add.cl" : "add_ref.cl", activation: activation?.function ?? .linear)
  }

  func bind(_ plan: PlanContext) throws -> BoundKernel {
    let program = try plan.programs.program(
      Self.program(plan.kernels, activation: activation))
    let (global, local) = plan.elementwise(output)
    let shapes = [
      plan.extents(first.tensor), plan.extents(second.tensor), plan.extents(output),
    ]
    let constants = try plan.constants(of: activation)
    guard plan.kernels.fuses else {
      return try BoundKernel(
        "add_ref", of: program, label: plan.name(output),
        [plan.tensor(first.tensor), plan.tensor(second.tensor), plan.tensor(output)] + shapes
          + [constants], global: global, local: local)
    }
    var flags: KernelFlags = []
    if first.norm != nil { flags.insert(.normalize) }
    if second.norm != nil { flags.insert(.normalizeSecond) }
    return try BoundKernel(
      "add", of: program, label: plan.name(output),
      [
        plan.tensor(first.tensor), plan.coefficients(first.norm), plan.tensor(second.tensor),
        plan.coefficients(second.norm), plan.tensor(output),
      ] + shapes + [.int(Int(flags.rawValue)), constants], global: global, local: local)
  }
}
