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

    let operations = prepared.operations
    for id in nodes.indices where needed[id] {
      switch operations[id] {
      case .groupNorm(_, _, let activation) where !requested.contains(id):
        // A dearer function would be computed again for every tile.
        guard activation.isLinear || activation.isReLU else { continue }
        if readers[id].allSatisfy({ operations[$0].isConvolution }) { foldedNorms.insert(id) }
      case .add(nil):
        let (a, b) = (nodes[id].inputs[0], nodes[id].inputs[1])
        guard shapes[a] == shapes[b] else { continue }
        let convolution = [b, a].first {
          operations[$0].isConvolution && readers[$0] == [id] && !requested.contains($0)
        }
        guard let convolution else { continue }
        summingConvolutions[id] = convolution
        delayedConvolutions.insert(convolution)
      default: break
      }
    }
  }
}
