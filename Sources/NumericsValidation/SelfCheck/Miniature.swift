import BiTModel

/// A small network with weights and an input, which a device must compute as the oracle does.
struct Miniature: Sendable {
  let name: String
  let network: Network
  let weights: any WeightSource
  let input: HostTensor
  /// Whether every tensor is asked for, those included that a plan would not store. That takes other
  /// kernels than a plan that fuses.
  let keepsAll: Bool

  init(
    _ name: String, _ network: Network, input: HostTensor,
    weights: any WeightSource = RandomWeights(), keepsAll: Bool = false
  ) {
    self.name = name
    self.network = network
    self.weights = weights
    self.input = input
    self.keepsAll = keepsAll
  }

  /// - Parameter build: Appends nodes to the network.
  init(
    _ name: String, input shape: TensorShape, values: HostTensor? = nil,
    build: (inout Network) -> Void
  ) {
    var network = Network(inputChannels: shape.channels)
    build(&network)
    self.init(name, network, input: values ?? HostTensor(shape: shape, uniform: name))
  }

  /// The last node that can be computed; with padding VALID, branches may end in different sizes.
  private var last: Network.NodeID {
    network.nodes.indices.last {
      (try? network.shapes(forInput: input.shape, upTo: $0)) != nil
    } ?? 0
  }

  /// The nodes that are compared.
  var compared: [Network.NodeID] {
    let last = last
    return (keepsAll ? Array(network.nodes.indices.dropFirst()) : network.storedNodes)
      .filter { $0 <= last }
  }

  /// The nodes that no other reads, as results of a network are.
  var results: [Network.NodeID] {
    let last = last
    let readers = network.readers
    return network.nodes.indices.dropFirst().filter { node in
      node <= last && readers[node].allSatisfy { $0 > last }
    }
  }
}

extension Network {
  /// Nodes whose tensors a plan that fuses all it can stores anyway, so that asking for them changes
  /// no kernel: not norms, borders, or what a sum takes from a convolution at once.
  var storedNodes: [NodeID] {
    let readers = readers
    return nodes.indices.dropFirst().filter { id in
      switch nodes[id].operation {
      case .input, .groupNorm, .zeroPad: false
      case .convolution:
        !readers[id].contains { reader in
          if case .add(nil) = nodes[reader].operation {
            nodes[reader].inputs.max() == id
          } else {
            false
          }
        }
      case .maxPool, .add, .globalAveragePool, .linear: true
      }
    }
  }
}
