import BiTModel
import TestSupport
import Testing

/// An image's results depend on nothing but the image, to the last bit.
struct DeterminismTests {
  @Test("two runs give the same bits", arguments: Backends.all)
  func repeats(_ tested: BackendUnderTest) async throws {
    let subject = try await Subject(tested.available(), layerType: .preactivation)
    let batch = subject.images(0..<2)
    let first = try await subject.outputs(of: batch)
    for _ in 0..<3 {
      let again = try await subject.outputs(of: batch)
      #expect(again == first)
    }
    let prepared = try await Subject(tested.available(), layerType: .preactivation)
    let fromNewRunner = try await prepared.outputs(of: batch)
    #expect(fromNewRunner == first)
  }

  @Test(
    "an image's results do not depend on its batch",
    arguments: Backends.all, [ModelConfiguration.LayerType.preactivation, .bottleneck])
  func ignoresBatch(
    _ tested: BackendUnderTest, _ layerType: ModelConfiguration.LayerType
  ) async throws {
    let subject = try await Subject(tested.available(), layerType: layerType)
    let alone = try await (0..<8).asyncMap { image in
      try await subject.outputs(of: subject.images(image..<image + 1))
    }
    for range in [0..<2, 0..<3, 5..<8, 0..<8] {
      let together = try await subject.outputs(of: subject.images(range))
      for (tensor, batch) in together.enumerated() {
        let expected = range.flatMap { alone[$0][tensor] }
        #expect(batch == expected, "images \(range), output \(tensor)")
      }
    }
  }
}

/// A small network on a backend, and some images.
private struct Subject {
  let network: Network
  let runner: any NetworkRunner

  init(_ backend: any Backend, layerType: ModelConfiguration.LayerType) async throws {
    var configuration = ModelConfiguration()
    configuration.layerType = layerType
    configuration.embeddingSize = 16
    configuration.hiddenSizes = [32, 72, 64]
    configuration.depths = [2, 1, 2]
    configuration.groups = 4
    configuration.labels = (0..<10).map(String.init)
    network = try configuration.makeNetwork()
    runner = try await backend.prepare(network, weights: RandomWeights())
  }

  /// Images by their number, 45x38 pixels.
  func images(_ numbers: Range<Int>) -> HostTensor {
    let shape = TensorShape(batch: numbers.count, height: 45, width: 38, channels: 3)
    return HostTensor(
      shape: shape,
      elements: numbers.flatMap { number in
        RandomWeights().values(of: Parameter("image \(number)", shape: [1, 45, 38, 3]))
      })
  }

  /// The bits of the logits, the pooled features and the stages' outputs.
  func outputs(of batch: HostTensor) async throws -> [[UInt32]] {
    let nodes = network.outputs.map(\.node)
    return try await runner.run(batch, returning: nodes).map { $0.elements.map(\.bitPattern) }
  }
}

extension Sequence {
  fileprivate func asyncMap<Result>(
    _ transform: (Element) async throws -> Result
  ) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
