import BiTModel

/// An operation with its learnt values in the form that the kernels read.
enum PreparedOperation: Sendable {
  case input
  case zeroPad(border: Int)
  case convolution(Convolution, PackedWeights)
  case groupNorm(GroupNorm, NormWeights, PointwiseFunction)
  case maxPool(MaxPool)
  case add(PointwiseFunction?)
  case globalAveragePool
  case linear(Linear, PackedWeights, bias: [Float])

  /// A group norm's learnt values, one a channel.
  struct NormWeights: Sendable {
    let scale: [Float]
    let bias: [Float]
  }

  /// - Throws: What the source throws; `CPUBackendError.outOfMemory`.
  init(
    _ operation: Operation, weights: any WeightSource, kernels: VectorKernels, workers: WorkerPool
  ) throws {
    switch operation {
    case .input: self = .input
    case .zeroPad(let border): self = .zeroPad(border: border)
    case .maxPool(let pool): self = .maxPool(pool)
    case .globalAveragePool: self = .globalAveragePool
    case .convolution(let convolution):
      let packed = try PackedWeights(
        convolution, values: weights.values(of: convolution.weight),
        panelWidth: kernels.panelWidth, workers: workers)
      self = .convolution(convolution, packed)
    case .linear(let linear):
      let packed = try PackedWeights(
        linear, values: weights.values(of: linear.weight), panelWidth: kernels.panelWidth,
        workers: workers)
      self = .linear(linear, packed, bias: try weights.values(of: linear.bias))
    case .groupNorm(let norm):
      let learnt = NormWeights(
        scale: try weights.values(of: norm.weight), bias: try weights.values(of: norm.bias))
      self = .groupNorm(norm, learnt, try PointwiseFunction(norm.activation, weights: weights))
    case .add(let activation):
      self = .add(try activation.map { try PointwiseFunction($0, weights: weights) })
    }
  }

  var isConvolution: Bool {
    if case .convolution = self { true } else { false }
  }
}
