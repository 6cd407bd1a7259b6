import BiTModel

/// A whole network with weights and the images that it is validated on.
public struct NetworkCase: Sendable, CustomStringConvertible {
  public let name: String
  public let network: Network
  public let weights: any WeightSource
  /// Of the images.
  public let shape: TensorShape

  public init(
    _ name: String, network: Network, weights: any WeightSource, shape: TensorShape
  ) {
    self.name = name
    self.network = network
    self.weights = weights
    self.shape = shape
  }

  public var description: String { name }

  /// Images whose pixels depend on the case and the seed: noise on a level of its own in each
  /// channel, so that padding differs from what it surrounds.
  func input(seed: UInt64) -> HostTensor {
    var input = HostTensor(shape: shape, uniform: "images of \(name), seed \(seed)")
    for index in input.elements.indices {
      input.elements[index] += 0.5 - 0.25 * Float(index % shape.channels)
    }
    return input
  }

  /// What a user of the network asks for: the logits, or else the feature maps or the features.
  var results: [Network.NodeID] {
    if let logits = network.logits { return [logits] }
    return network.featureMaps.isEmpty ? [network.pooledFeatures] : network.featureMaps
  }

  /// Multiply-accumulates and other work of one run.
  var work: Double { network.work(forInput: shape) }
}

extension Network {
  /// A measure of what one run costs a device, in multiply-accumulates.
  ///
  /// A convolution is computed in tiles, and an interpreter feels every work-item of them, whether
  /// its pixel and its channel exist or not: extents count in whole tiles. Every element costs a
  /// little more.
  func work(forInput input: TensorShape) -> Double {
    guard let shapes = try? shapes(forInput: input) else { return 0 }
    var work = 0.0
    for (node, shape) in zip(nodes, shapes) {
      work += 8 * Double(shape.count)
      switch node.operation {
      case .convolution(let c):
        let pixels = (shape.height * shape.width).tiles(of: 64)
        let depth = (c.inputChannels * c.kernel * c.kernel).tiles(of: 16)
        work += Double(shape.batch * pixels) * Double(shape.channels.tiles(of: 64) * depth)
      case .linear(let linear): work += Double(shape.count * linear.inputFeatures)
      default: break
      }
    }
    return work
  }
}

extension Int {
  /// Rounded up to a multiple.
  fileprivate func tiles(of size: Int) -> Int { (self + size - 1) / size * size }
}
