import BiTModel

/// Runs prepared images through a network in batches of equal shape.
struct BatchEvaluation: Sendable {
  let prepared: PreparedModel
  private let node: Network.NodeID

  /// Elements of the largest tensor that a batch may make: 256 MB of Float. One image may need more.
  static let elementLimit = 1 << 26

  /// One image's result.
  struct Output: Sendable {
    /// The node's output, flat.
    let values: [Float]
    /// Which of the prepared model's candidates computed it.
    let candidate: Int
  }

  init(_ prepared: PreparedModel, node: Network.NodeID) {
    self.prepared = prepared
    self.node = node
  }

  /// - Parameter images: [1, H, W, C] each, or why there is no such tensor.
  /// - Returns: The node's output for each image, in their order.
  func evaluate(
    _ images: [Result<HostTensor, any Error>]
  ) async -> [Result<Output, any Error>] {
    var results = images.map { image in
      image.flatMap { _ in .success(Output(values: [], candidate: 0)) }
    }
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

  private func run(_ tensors: [HostTensor]) async -> [Result<Output, any Error>] {
    do {
      let run = try await prepared.trackedRun(HostTensor(stacking: tensors), returning: [node])
      let device = await prepared.deviceName
      let output = run.outputs[0]
      let length = output.shape.imageCount
      return tensors.indices.map { image in
        let values = Array(output.elements[(image * length)..<((image + 1) * length)])
        guard values.allSatisfy(\.isFinite) else {
          return .failure(ClassifierError.notFinite(device: device))
        }
        return .success(Output(values: values, candidate: run.candidate))
      }
    } catch {
      return tensors.map { _ in .failure(error) }
    }
  }

  // MARK: Verification

  /// What the referee found wrong.
  struct Verdict: Sendable {
    let candidate: Int
    let disagreement: Disagreement
  }

  /// Computes a batch a second time on the referee.
  /// - Returns: The first image's that differs; `nil` if none does.
  func verify(
    _ outputs: [Result<Output, any Error>], of images: [Result<HostTensor, any Error>]
  ) async -> Verdict? {
    for (output, image) in zip(outputs, images) {
      guard case .success(let output) = output, case .success(let image) = image,
        await prepared.isVerifiable(output.candidate)
      else { continue }
      let disagreement = await prepared.verify(output.values, of: image, node: node)
      if let disagreement {
        return Verdict(candidate: output.candidate, disagreement: disagreement)
      }
      if Task.isCancelled { return nil }
    }
    return nil
  }

  /// Evaluates a batch and has it verified before it is returned.
  func evaluateVerified(
    _ images: [Result<HostTensor, any Error>]
  ) async -> [Result<Output, any Error>] {
    var outputs = await evaluate(images)
    while let verdict = await verify(outputs, of: images) {
      do {
        try await prepared.distrust(verdict.candidate, because: verdict.disagreement)
      } catch {
        return outputs.map { output in output.flatMap { _ in .failure(error) } }
      }
      outputs = await evaluate(images)
    }
    return outputs
  }
}
