import BiTModel
import FoundationEssentials

/// A network with its weights in the form that the kernels read.
struct PreparedNetwork: Sendable {
  /// A group norm's learnt values, one a channel.
  struct NormWeights: Sendable {
    let scale: [Float]
    let bias: [Float]
  }

  let network: Network
  /// The weights of convolutions and of the classifier.
  private(set) var packed: [Network.NodeID: PackedWeights] = [:]
  private(set) var biases: [Network.NodeID: [Float]] = [:]
  private(set) var norms: [Network.NodeID: NormWeights] = [:]
  /// The activations of norms and sums.
  private(set) var activations: [Network.NodeID: PointwiseFunction] = [:]

  /// - Throws: What the source throws; `CPUBackendError`; `CancellationError`.
  init(
    _ network: Network, weights: any WeightSource, kernels: VectorKernels, workers: WorkerPool
  ) throws {
    self.network = network
    try Self.checkMemory(network)
    for (id, node) in network.nodes.enumerated() {
      try Task.checkCancellation()
      switch node.operation {
      case .convolution(let convolution):
        packed[id] = try PackedWeights(
          convolution, values: weights.values(of: convolution.weight),
          panelWidth: kernels.panelWidth, workers: workers)
      case .linear(let linear):
        packed[id] = try PackedWeights(
          linear, values: weights.values(of: linear.weight), panelWidth: kernels.panelWidth,
          workers: workers)
        biases[id] = try weights.values(of: linear.bias)
      case .groupNorm(let norm):
        norms[id] = try NormWeights(
          scale: weights.values(of: norm.weight), bias: weights.values(of: norm.bias))
        activations[id] = try PointwiseFunction(norm.activation, weights: weights)
      case .add(let activation):
        activations[id] = try activation.map { try PointwiseFunction($0, weights: weights) }
      case .input, .zeroPad, .maxPool, .globalAveragePool: break
      }
    }
  }

  private static func checkMemory(_ network: Network) throws(CPUBackendError) {
    let byteCount = 4 * network.parameters.reduce(0) { $0 + $1.count }
    let memory = PhysicalMemory.byteCount
    guard byteCount <= memory else {
      throw .weightsTooLarge(byteCount: byteCount, physicalMemory: memory)
    }
  }
}
