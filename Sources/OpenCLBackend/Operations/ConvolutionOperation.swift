import BiTModel
import OpenCLRuntime

/// Binds `conv2d_vector.cl`, `conv2d_pointwise.cl`, `conv2d_winograd.cl`, `conv2d_tiled.cl` or `conv2d_ref.cl`.
struct ConvolutionOperation {
  let launch: ConvolutionLaunch
  let source: FusedNetwork.Source
  let residual: Network.NodeID?
  let gathersMoments: Bool
  let output: Network.NodeID

  func bind(_ plan: PlanContext, queue: borrowing CommandQueue) throws -> BoundKernel {
    let convolution = launch.convolution
    let activation = plan.activation(of: source.norm)
    let program = try plan.programs.program(
      launch.program(activation: activation?.function ?? plan.prevailingActivation))
    let weights = try plan.weights.kernel(of: convolution, launch.packing, queue: queue).buffer
    let shapes: [KernelArgument] = [
      .int4(launch.input.extents), .int4(launch.output.extents), .int4(window), .int2(before),
    ]
    let operands: [KernelArgument] = [
      plan.tensor(source.tensor), .buffer(weights), plan.coefficients(source.norm),
      residual.map(plan.tensor) ?? plan.unused, plan.tensor(output),
      gathersMoments ? plan.moments(output) : plan.unused,
    ]
    let label = plan.name(output)
    let batch = launch.output.shape.batch
    let constants = try plan.constants(of: activation)

    switch launch.form {
    case .vector(let tuning, let tile, _):
      return try BoundKernel(
        "conv2d_vector", of: program, label: label,
        operands + [.local(tile.patchBytes)] + shapes + [.int4(cut(tile)), constants],
        global: WorkSize(runs(tuning, tile), launch.tiling.tiles, batch), local: WorkSize(1, 1, 1),
        parameters: launch.parameters)
    case .pointwise(let tuning, let tile):
      let extents = shapes.dropLast()  // There is no padding.
      return try BoundKernel(
        "conv2d_pointwise", of: program, label: label,
        operands + [.local(tile.patchBytes)] + extents + [.int4(cut(tile)), constants],
        global: WorkSize(runs(tuning, tile), launch.tiling.tiles, batch), local: WorkSize(1, 1, 1),
        parameters: launch.parameters)
    case .winograd(let tuning, let tile):
      let parts = (batch + tile.images - 1) / tile.images
      return try BoundKernel(
        "conv2d_winograd", of: program, label: label,
        operands + [.local(tile.patchBytes)] + shapes + [
          .int4(cut(tile)), constants, .int2(SIMD2(Int32(tile.images), Int32(batch))),
        ],
        global: WorkSize(runs(tuning, tile), launch.tiling.tiles, parts), local: WorkSize(1, 1, 1),
        parameters: launch.parameters)
    case .tiled(let tuning):
      let columns = launch.output.pixelStride.roundedUp(to: tuning.tileN) / tuning.tileN
      return try BoundKernel(
        "conv2d_tiled", of: program, label: label,
        operands + shapes + [.int(convolution.outputChannels), constants],
        global: WorkSize(columns * tuning.groupSize, launch.tiling.tiles, batch),
        local: WorkSize(tuning.groupSize, 1, 1), parameters: launch.parameters)
    case .reference:
      let (global, local) = plan.elementwise(output)
      let plain: [KernelArgument] = [
        plan.tensor(source.tensor), .buffer(weights), plan.tensor(output),
        plan.extents(source.tensor), plan.extents(output), .int4(window), .int2(before),
      ]
      return try BoundKernel(
        "conv2d_ref", of: program, label: label, plain + [.int(convolution.outputChannels)],
        global: global, local: local)
    }
  }

  /// Kernel, stride, dilation and flags.
  private var window: SIMD4<Int32> {
    var flags: KernelFlags = []
    if source.norm != nil { flags.insert(.normalize) }
    if residual != nil { flags.insert(.residual) }
    if gathersMoments { flags.insert(.statistics) }
    let convolution = launch.convolution
    return SIMD4(
      Int32(convolution.kernel), Int32(convolution.stride), Int32(convolution.dilation),
      flags.rawValue)
  }

  private var before: SIMD2<Int32> {
    SIMD2(Int32(launch.before.top), Int32(launch.before.left))
  }

  /// The `tile` argument of the vector kernels.
  private func cut(_ tile: VectorTile) -> SIMD4<Int32> {
    SIMD4(
      Int32(tile.rows), Int32(tile.columns), Int32(launch.tiling.across),
      Int32(tile.blocksPerGroup))
  }

  /// Runs of channel blocks of a launch.
  private func runs(_ tuning: VectorConvolutionTuning, _ tile: VectorTile) -> Int {
    (blocks(tuning) + tile.blocksPerGroup - 1) / tile.blocksPerGroup
  }

  private func blocks(_ tuning: VectorConvolutionTuning) -> Int {
    (launch.output.pixelStride + tuning.outputBlock - 1) / tuning.outputBlock
  }
}

extension ConvolutionOperation: NetworkOperation {
  func tiles(_ blueprint: ExecutionPlan.Blueprint) -> Int? {
    launch.vectorTile.map { _ in launch.tiling.tiles }
  }

  var imagesTogether: Int { launch.vectorTile?.tile.images ?? 1 }

  func networkStep(
    _ plan: PlanContext, tiles: Int, queue: borrowing CommandQueue
  ) throws -> NetworkStep {
    guard let (tuning, tile) = launch.vectorTile else {
      throw NetworkStep.unsupported(plan.name(output))
    }
    let weights = try plan.weights.kernel(of: launch.convolution, launch.packing, queue: queue)
    var step = NetworkStep(launch.networkOperation, tiles: tiles)
    step.count.y = Int32(blocks(tuning) * launch.tiling.tiles)
    step.x = plan.operand(.tensor(source.tensor))
    step.weight = try plan.place(weights)
    step.coefficients = plan.operand(source.norm.map { .coefficients($0) })
    step.residual = plan.operand(residual.map { .tensor($0) })
    step.y = plan.operand(.tensor(output))
    step.partials = plan.operand(gathersMoments ? .moments(output) : nil)
    step.cut = SIMD4(0, 0, before.x, before.y)
    (step.input, step.output) = (launch.input.extents, launch.output.extents)
    (step.window, step.tile) = (window, cut(tile))
    step.activation = try plan.constants(plan.activation(of: source.norm))
    return step
  }
}
