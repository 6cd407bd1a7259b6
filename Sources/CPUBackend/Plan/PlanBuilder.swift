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
  /// Where each node's output is, once it is computed.
  private var sources: [TensorSource]
  /// What the convolutions that read a folded norm have to do.
  private var inputNorms: [Network.NodeID: ConvolutionStep.InputNorm] = [:]

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
    sources = [TensorSource](repeating: .input, count: shapes.count)
    fusion = Fusion(prepared, shapes: shapes, requested: requested)
  }

  private mutating func emit(_ id: Network.NodeID) {
    let inputs = prepared.network.nodes[id].inputs
    switch prepared.operations[id] {
    case .input: break
    case .convolution(let convolution, let weights):
      if !fusion.delayedConvolutions.contains(id) {
        emit(convolution, weights, reading: inputs[0], as: id, residual: nil)
      }
    case .linear(let linear, let weights, let bias):
      let geometry = ConvolutionGeometry(linear, input: shapes[inputs[0]])
      appendConvolution(
        geometry.flattened(mergingBatch: true), weights: weights, bias: bias,
        input: read(inputs[0]), norm: nil, residual: nil, id: id)
    case .groupNorm(let norm, let weights, let activation):
      emit(norm, weights, activation, id)
    case .add(let activation): emitAdd(activation, id)
    case .zeroPad(let border):
      append(
        ZeroPadStep(
          border: border, inputShape: shapes[inputs[0]], outputShape: shapes[id],
          input: read(inputs[0]), output: outputBlock(id)), id)
    case .maxPool(let pool):
      append(
        MaxPoolStep(
          pool: pool, inputShape: shapes[inputs[0]], outputShape: shapes[id],
          input: read(inputs[0]), output: outputBlock(id)), id)
    case .globalAveragePool:
      append(
        GlobalAveragePoolStep(
          inputShape: shapes[inputs[0]], input: read(inputs[0]), output: outputBlock(id)), id)
    }
  }

  private mutating func emit(
    _ norm: GroupNorm, _ weights: PreparedOperation.NormWeights, _ activation: PointwiseFunction,
    _ id: Network.NodeID
  ) {
    let input = prepared.network.nodes[id].inputs[0]
    let shape = shapes[id]
    let coefficients = NormCoefficients(
      channels: norm.channels,
      block: block(
        byteCount: NormCoefficients.byteCount(batch: shape.batch, channels: norm.channels)))
    append(
      NormStatisticsStep(
        norm: norm, weights: weights, shape: shape, input: read(input),
        coefficients: coefficients,
        partials: block(byteCount: NormStatisticsStep.partialsByteCount(shape))))
    if fusion.foldedNorms.contains(id) {
      inputNorms[id] = ConvolutionStep.InputNorm(
        coefficients: coefficients, rectifies: activation.isReLU)
      return
    }
    markRead(coefficients.block)
    append(
      NormStep(
        shape: shape, coefficients: coefficients, activation: activation, input: read(input),
        output: outputBlock(id)), id)
  }

  private mutating func emitAdd(_ activation: PointwiseFunction?, _ id: Network.NodeID) {
    let nodes = prepared.network.nodes
    let (a, b) = (nodes[id].inputs[0], nodes[id].inputs[1])
    if let fused = fusion.summingConvolutions[id],
      case .convolution(let convolution, let weights) = prepared.operations[fused]
    {
      emit(
        convolution, weights, reading: nodes[fused].inputs[0], as: id,
        residual: fused == a ? b : a)
    } else {
      append(
        AddStep(
          shapes: (shapes[a], shapes[b]), shape: shapes[id], inputs: (read(a), read(b)),
          activation: activation, output: outputBlock(id)), id)
    }
  }

  /// - Parameter result: The node that is complete afterwards: the convolution's, or that of the
  ///   sum with `residual`.
  private mutating func emit(
    _ convolution: Convolution, _ weights: PackedWeights, reading input: Network.NodeID,
    as result: Network.NodeID, residual: Network.NodeID?
  ) {
    let norm = inputNorms[input]
    var source = input
    if let norm {
      markRead(norm.coefficients.block)
      source = prepared.network.nodes[input].inputs[0]
    }
    var geometry = ConvolutionGeometry(convolution, input: shapes[input], output: shapes[result])
    if geometry.isPointwise { geometry = geometry.flattened(mergingBatch: norm == nil) }
    appendConvolution(
      geometry, weights: weights, bias: nil, input: read(source), norm: norm,
      residual: residual.map { read($0) }, id: result)
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
}

extension PlanBuilder {
  /// A block that the next step writes.
  private mutating func block(byteCount: Int) -> WorkspaceBlock {
    requests.append(
      WorkspaceLayout.Request(
        byteCount: byteCount, firstStep: entries.count, lastStep: entries.count))
    return WorkspaceBlock(index: requests.count - 1)
  }

  /// The block for a node's output, which the next step completes.
  private mutating func outputBlock(_ id: Network.NodeID) -> WorkspaceBlock {
    let made = block(byteCount: 4 * shapes[id].count)
    sources[id] = .block(made)
    return made
  }

  /// Where a node's output is, for the next step to read.
  private mutating func read(_ id: Network.NodeID) -> TensorSource {
    if case .block(let block) = sources[id] { markRead(block) }
    return sources[id]
  }

  private mutating func markRead(_ block: WorkspaceBlock) {
    requests[block.index].lastStep = entries.count
  }

  /// - Parameter id: The node whose output is complete after the step, if it is one.
  private mutating func append(_ step: some PlanStep, _ id: Network.NodeID? = nil) {
    var result: (Network.NodeID, WorkspaceBlock)?
    if let id, case .block(let block) = sources[id] { result = (id, block) }
    entries.append(ExecutionPlan.Entry(step: step, result: result))
  }
}
