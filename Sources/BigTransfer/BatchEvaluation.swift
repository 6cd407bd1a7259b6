import BiTModel

/// Runs prepared images through a network in batches of equal shape.
struct BatchEvaluation: Sendable {
  private let prepared: PreparedModel
  private let node: Network.NodeID

  /// Elements of the largest tensor that a batch may make: 256 MB of Float. One image may need more.
  static let elementLimit = 1 << 26

  init(_ prepared: PreparedModel, node: Network.NodeID) {
    self.prepared = prepared
    self.node = node
  }

  /// - Parameter images: [1, H, W, C] each, or why there is no such tensor.
  /// - Returns: The node's output for each image, flat, in their order.
  func evaluate(
    _ images: [Result<HostTensor, any Error>]
  ) async -> [Result<[Float], any Error>] {
    var results = images.map { image in image.flatMap { _ in .success([Float]()) } }
    var places: [TensorShape: [Int]] = [:]
    for (place, image) in images.enumerated() {
      if case .success(let tensor) = image { places[tensor.shape, default: []].append(place) }
    }
    for (shape, group) in places.sorted(by: { $0.value[0] < $1.value[0] }) {
      let length: Int
      do {
        length = try batchSize(for: shape)
      } catch {
        for place in group { results[place] = .failure(error) }
        continue
      }
      for start in stride(from: 0, to: group.count, by: length) {
        let batch = group[start..<min(start + length, group.count)]
        let tensors = batch.compactMap { try? images[$0].get() }
        for (place, result) in zip(batch, await run(tensors)) { results[place] = result }
      }
    }
    return results
  }

  /// How many images of a shape go together.
  ///
  /// The network is asked about a single image, so that no image is refused or accepted for the
  /// company that it is in.
  private func batchSize(for shape: TensorShape) throws(NetworkError) -> Int {
    let shapes = try prepared.model.network.shapes(forInput: shape, upTo: node)
    let largest = shapes.map(\.count).max() ?? 1
    return max(1, Self.elementLimit / max(1, largest))
  }

  private func run(_ tensors: [HostTensor]) async -> [Result<[Float], any Error>] {
    do {
      let output = try await prepared.run(HostTensor(stacking: tensors), returning: [node])[0]
      let device = await prepared.deviceName
      let length = output.shape.imageCount
      return tensors.indices.map { image in
        let values = Array(output.elements[(image * length)..<((image + 1) * length)])
        guard values.allSatisfy(\.isFinite) else {
          return .failure(ClassifierError.notFinite(device: device))
        }
        return .success(values)
      }
    } catch {
      return tensors.map { _ in .failure(error) }
    }
  }
}
