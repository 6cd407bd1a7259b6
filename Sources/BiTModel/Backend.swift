/// Something that can run networks: the oracle, the CPU, an OpenCL device.
///
/// A single operation is run as a network of that one node, so the same door serves whole models
/// and the operation suite.
public protocol Backend: Sendable {
  /// What a user calls it and where it runs, such as `cpu` or `0:0 pthread-haswell`.
  var name: String { get }

  /// Makes a network ready to run: folds and packs its weights and, on a device, uploads them.
  /// - Throws: What the weight source throws; the backend's own errors.
  func prepare(_ network: Network, weights: any WeightSource) async throws -> any NetworkRunner

  /// The same for a network that will be run on a certain shape first, so that a backend can tell
  /// before it reads weights whether it has memory enough for both.
  func prepare(
    _ network: Network, weights: any WeightSource, expecting input: TensorShape?
  ) async throws -> any NetworkRunner

  /// This backend with its memory watched while networks run, for checks: a write beyond a tensor
  /// or a value that nobody wrote is an error then. Itself where it cannot be watched.
  var watched: any Backend { get }
}

extension Backend {
  public func prepare(
    _ network: Network, weights: any WeightSource, expecting input: TensorShape?
  ) async throws -> any NetworkRunner {
    try await prepare(network, weights: weights)
  }

  public var watched: any Backend { self }
}

/// A network on a backend, its weights resident.
public protocol NetworkRunner: Sendable {
  /// Runs a batch and returns the outputs of some nodes, in the order asked for.
  ///
  /// An image's results do not depend on the other images of its batch, and repeat bit for bit.
  /// - Throws: `NetworkError` where the input does not suit the network; the backend's own errors;
  ///   `CancellationError`.
  func run(_ input: HostTensor, returning nodes: [Network.NodeID]) async throws -> [HostTensor]

  /// What computed each of some nodes when they were last asked for together: a kernel and its tile
  /// parameters, in a line. `nil` where the backend does not know.
  /// - Parameters:
  ///   - input: The shape of the batch that was run.
  ///   - kept: All nodes that were asked for in that run.
  func provenance(
    of nodes: [Network.NodeID], input: TensorShape, kept: [Network.NodeID]
  ) async -> [String?]
}

extension NetworkRunner {
  public func provenance(
    of nodes: [Network.NodeID], input: TensorShape, kept: [Network.NodeID]
  ) async -> [String?] {
    nodes.map { _ in nil }
  }
}
