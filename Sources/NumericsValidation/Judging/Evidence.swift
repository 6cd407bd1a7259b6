import BiTModel

/// What a device returned for some nodes, and the kernels that wrote it.
struct Evidence: Sendable {
  let input: HostTensor
  let nodes: [Network.NodeID]
  let tensors: [HostTensor]
  let kernels: [String?]

  init(
    input: HostTensor, nodes: [Network.NodeID], tensors: [HostTensor], kernels: [String?]
  ) {
    self.input = input
    self.nodes = nodes
    self.tensors = tensors
    self.kernels = kernels
  }

  var byNode: [Network.NodeID: (tensor: HostTensor, kernel: String?)] {
    var result: [Network.NodeID: (tensor: HostTensor, kernel: String?)] = [:]
    for (index, node) in nodes.enumerated() { result[node] = (tensors[index], kernels[index]) }
    return result
  }

  /// Runs a network.
  /// - Throws: What the backend throws; `EvidenceError` where it does not return a tensor of the
  ///   batch's images for each node.
  init(
    of nodes: [Network.NodeID], from runner: any NetworkRunner, input: HostTensor
  ) async throws {
    self.input = input
    self.nodes = nodes
    tensors = try await runner.run(input, returning: nodes)
    guard tensors.count == nodes.count else {
      throw EvidenceError.tensorCount(asked: nodes.count, returned: tensors.count)
    }
    for tensor in tensors where tensor.shape.batch != input.shape.batch {
      throw EvidenceError.imageCount(asked: input.shape.batch, returned: tensor.shape.batch)
    }
    kernels = await runner.provenance(of: nodes, input: input.shape, kept: nodes)
  }
}

/// A backend broke its promise to return a tensor for each node, of each image.
enum EvidenceError: Error, Hashable, CustomStringConvertible {
  case tensorCount(asked: Int, returned: Int)
  case imageCount(asked: Int, returned: Int)

  var description: String {
    switch self {
    case .tensorCount(let asked, let returned):
      "\(asked) tensors were asked for and \(returned) returned"
    case .imageCount(let asked, let returned):
      "\(asked) images were given and \(returned) returned"
    }
  }
}
