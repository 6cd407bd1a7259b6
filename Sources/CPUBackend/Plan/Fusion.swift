import BiTModel

/// Which operations of a network run as part of a neighbour.
struct Fusion {
  /// Whether a node is computed at all.
  let isNeeded: [Bool]
  /// Norms that the convolutions reading them apply.
  private(set) var foldedNorms: Set<Network.NodeID> = []
  /// For a sum, the convolution that adds the other operand to its result.
  private(set) var summingConvolutions: [Network.NodeID: Network.NodeID] = [:]
  /// Convolutions that run in the place of a sum.
  private(set) var delayedConvolutions: Set<Network.NodeID> = []

  init(
    _ prepared: PreparedNetwork, shapes: [TensorShape], requested: Set<Network.NodeID>
  ) {
    let nodes = prepared.network.nodes
    var needed = [Bool](repeating: false, count: nodes.count)
    for node in requested { needed[node] = true }
    for id in nodes.indices.reversed() where needed[id] {
      for input in nodes[id].inputs { needed[input] = true }
    }
    isNeeded = needed
    let readers = prepared.network.readers.map { $0.filter { needed[$0] } }

    for id in nodes.indices where needed[id] {
      switch nodes[id].operation {
      case .groupNorm where !requested.contains(id):
        // A dearer function would be computed again for every tile.
        guard let activation = prepared.activations[id], activation.isLinear || activation.isReLU
        else { continue }
        if readers[id].allSatisfy({ nodes[$0].operation.isConvolution }) {
          foldedNorms.insert(id)
        }
      case .add(nil):
        let convolution = nodes[id].inputs.last { input in
          nodes[input].operation.isConvolution && readers[input] == [id]
            && !requested.contains(input)
        }
        guard let convolution, shapes[nodes[id].inputs[0]] == shapes[nodes[id].inputs[1]]
        else { continue }
        summingConvolutions[id] = convolution
        delayedConvolutions.insert(convolution)
      default: break
      }
    }
  }
}

extension Operation {
  fileprivate var isConvolution: Bool {
    if case .convolution = self { true } else { false }
  }
}
