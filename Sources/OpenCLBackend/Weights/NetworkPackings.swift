import BiTModel
import OpenCLRuntime

/// The layouts in which a network's kernels are needed.
struct NetworkPackings {
  private let kernels: KernelSet
  private let network: Network
  private var packings: [Network.NodeID: WeightPacking] = [:]

  /// - Parameter input: What the network is to be run on, if that is known: some forms of a
  ///   convolution depend on the image's size.
  init(_ network: Network, kernels: KernelSet, limits: DeviceLimits, input: TensorShape?) {
    self.network = network
    self.kernels = kernels
    // A shape that does not suit the network is for the run to complain of.
    guard let input, let shapes = try? network.shapes(forInput: input) else { return }
    for (id, node) in network.nodes.enumerated() {
      guard case .convolution(let convolution) = node.operation else { continue }
      func tensor(_ id: Network.NodeID) -> DeviceTensor {
        DeviceTensor(shapes[id], channelAlignment: id == 0 ? 1 : kernels.channelAlignment)
      }
      packings[id] =
        ConvolutionLaunch(
          convolution, input: tensor(node.inputs[0]), output: tensor(id),
          isImage: node.inputs[0] == 0, kernels: kernels, limits: limits
        ).packing
    }
  }

  /// Whether there are kernels for `conv2d_winograd.cl`.
  var transformSome: Bool { packings.values.contains(where: \.isTransformed) }

  func packing(of convolution: Convolution, node: Network.NodeID) -> WeightPacking {
    packings[node]
      ?? WeightPacking(
        convolution, isImage: network.nodes[node].inputs[0] == 0, kernels: kernels)
  }
}
