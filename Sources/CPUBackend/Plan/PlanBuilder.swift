import BiTModel

/// Makes a plan: walks the needed nodes in order, fuses, and notes how long each tensor lives.
struct PlanBuilder {
  private let prepared: PreparedNetwork
  private let shapes: [TensorShape]
  private let fusion: Fusion
  private let kernels: VectorKernels
  private let threads: Int

  private var entries: [ExecutionPlan.Entry] = []
  private var requests: [WorkspaceLayout.Request] = []
  /// Where each computed node's output is.
  private var sources: [Network.NodeID: TensorSource] = [0: .input]
  private var coefficients: [Network.NodeID: NormCoefficients] = [:]

  /// - Throws: `NetworkError` where the input does not suit the network.
  static func plan(
    _ prepared: PreparedNetwork, input: TensorShape, requested: Set<Network.NodeID>,
    kernels: VectorKernels, threads: Int
  ) throws(NetworkError) -> ExecutionPlan {
    let shapes = try prepared.network.shapes(forInput: input, upTo: requested.max() ?? 0)
    var builder = PlanBuilder(
      prepared, shapes: shapes, requested: requested, kernels: kernels, threads: threads)
    for id in shapes.indices.dropFirst() where builder.fusion.isNeeded[id] { builder.emit(id) }
    return ExecutionPlan(
      entries: builder.entries, layout: WorkspaceLayout(builder.requests), shapes: shapes)
  }

  private init(
    _ prepared: PreparedNetwork, shapes: [TensorShape], requested: Set<Network.NodeID>,
    kernels: VectorKernels, threads: Int
  ) {
    self.prepared = prepared
    self.shapes = shapes
    self.kernels = kernels
    self.threads = threads
    fusion = Fusion(prepared, shapes: shapes, requested: requested)
  }

  private mutating func emit(_ id: Network.NodeID) {
    let node = prepared.network.nodes[id]
    switch node.operation {
    case .input: break
    case .convolution(let convolution):
      if !fusion.delayedConvolutions.contains(id) {
        emit(convolution, id, as: id, residual: nil)
      }
    case .linear(let linear): emit(linear, id)
    case .groupNorm(let norm): emit(norm, id)
    case .add: emitAdd(id)
    case .zeroPad(let border):
      append(
        ZeroPadStep(
          border: border, inputShape: shapes[node.inputs[0]], outputShape: shapes[id],
          input: read(node.inputs[0]), output: outputBlock(id)), id)
    case .maxPool(let pool):
      append(
        MaxPoolStep(
          pool: pool, inputShape: shapes[node.inputs[0]], outputShape: shapes[id],
          input: read(node.inputs[0]), output: outputBlock(id)), id)
    case .globalAveragePool:
      append(
        GlobalAveragePoolStep(
          inputShape: shapes[node.inputs[0]], input: read(node.inputs[0]),
          output: outputBlock(id)), id)
    }
  }

  private mutating func emit(_ norm: GroupNorm, _ id: Network.NodeID) {
    let input = prepared.network.nodes[id].inputs[0]
    guard let weights = prepared.norms[id], let activation = prepared.activations[id] else {
      return
    }
    let shape = shapes[id]
    let made = NormCoefficients(
      channels: norm.channels,
      block: block(
        byteCount: 4 * NormCoefficients.count(batch: shape.batch, channels: norm.channels)))
    coefficients[id] = made
    append(
      NormStatisticsStep(
        norm: norm, weights: weights, shape: shape, input: read(input), coefficients: made,
        partials: block(byteCount: NormStatisticsStep.partialsByteCount(shape))), nil)
    guard !fusion.foldedNorms.contains(id) else { return }
    markRead(made.block)
    append(
      NormStep(
        shape: shape, coefficients: made, activation: activation, input: read(input),
        output: outputBlock(id)), id)
  }

  private mutating func emitAdd(_ id: Network.NodeID) {
    let inputs = prepared.network.nodes[id].inputs
    if let fused = fusion.summingConvolutions[id],
      case .convolution(let convolution) = prepared.network.nodes[fused].operation
    {
      let other = inputs[0] == fused ? inputs[1] : inputs[0]
      emit(convolution, fused, as: id, residual: other)
      return
    }
    append(
      AddStep(
        shapes: (shapes[inputs[0]], shapes[inputs[1]]), shape: shapes[id],
        inputs: (read(inputs[0]), read(inputs[1])), activation: prepared.activations[id],
        output: outputBlock(id)), id)
  }

  private mutating func emit(
    _ convolution: Convolution, _ id: Network.NodeID, as result: Network.NodeID,
    residual: Network.NodeID?
  ) {
    guard let weights = prepared.packed[id] else { return }
    var input = prepared.network.nodes[id].inputs[0]
    var norm: ConvolutionStep.InputNorm?
    if fusion.foldedNorms.contains(input), let coefficients = coefficients[input] {
      markRead(coefficients.block)
      norm = ConvolutionStep.InputNorm(
        coefficients: coefficients,
        rectifies: prepared.activations[input]?.isReLU ?? false)
      input = prepared.network.nodes[input].inputs[0]
    }
    var geometry = ConvolutionGeometry(convolution, input: shapes[input], output: shapes[id])
    if geometry.isPointwise { geometry = geometry.flattened(mergingBatch: norm == nil) }
    appendConvolution(
      geometry, weights: weights, bias: nil, input: read(input), norm: norm,
      residual: residual.map { read($0) }, id: result)
  }

  private mutating func emit(_ linear: Linear, _ id: Network.NodeID) {
    guard let weights = prepared.packed[id] else { return }
    let input = prepared.network.nodes[id].inputs[0]
    appendConvolution(
      ConvolutionGeometry(linear, input: shapes[input]).flattened(mergingBatch: true),
      weights: weights, bias: prepared.biases[id], input: read(input), norm: nil, residual: nil,
      id: id)
  }

  private mutating func appendConvolution(
    _ geometry: ConvolutionGeometry, weights: PackedWeights, bias: [Float]?,
    input: TensorSource, norm: ConvolutionStep.InputNorm?, residual: TensorSource?,
    id: Network.NodeID
  ) {
    let division = ConvolutionDivision(
      geometry, form: ConvolutionStep.form(of: geometry, norm: norm), panels: weights.panels,
      tilePixels: kernels.tilePixels, threads: threads)
    let scratch =
      division.scratchCount == 0 ? nil : block(byteCount: 4 * threads * division.scratchCount)
    append(
      ConvolutionStep(
        geometry: geometry, division: division, weights: weights, bias: bias, input: input,
        norm: norm, residual: residual, output: outputBlock(id), scratch: scratch), id)
  }

  // MARK: Tensors and their lives

  /// A block that the next step writes.
  private mutating func block(byteCount: Int) -> WorkspaceBlock {
    requests.append(
      WorkspaceLayout.Request(
        byteCount: byteCount, firstStep: entries.count, lastStep: entries.count))
    return WorkspaceBlock(index: requests.count - 1)
  }

  private mutating func outputBlock(_ id: Network.NodeID) -> WorkspaceBlock {
    let made = block(byteCount: 4 * shapes[id].count)
    sources[id] = .block(made)
    return made
  }

  /// Where a node's output is, for the next step to read.
  private mutating func read(_ id: Network.NodeID) -> TensorSource {
    let source = sources[id] ?? .input
    if case .block(let block) = source { markRead(block) }
    return source
  }

  private mutating func markRead(_ block: WorkspaceBlock) {
    requests[block.index].lastStep = entries.count
  }

  private mutating func append(_ step: some PlanStep, _ id: Network.NodeID?) {
    var result: (Network.NodeID, WorkspaceBlock)?
    if let id, case .block(let block) = sources[id] { result = (id, block) }
    entries.append(ExecutionPlan.Entry(step: step, result: result))
  }
}
