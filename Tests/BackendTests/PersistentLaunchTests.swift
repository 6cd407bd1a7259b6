import BiTModel
import NumericsValidation
import OpenCLBackend
import OpenCLRuntime
import TestSupport
import Testing

/// Plans that are one launch, held against the same plans launched step by step.
struct PersistentLaunchTests {
  /// Without them the tests below would pass in silence.
  @Test(
    "PoCL, which all tests run on, has these sets",
    .enabled(
      if: DeviceUnderTest.wanted != nil && TestScope.current == .everything,
      "Scripts/test names the device"))
  func sets() { #expect(OpenCLUnderTest.persistentSets == ["persistent8", "persistent16"]) }

  @Test(
    "one launch gives the bits of a launch a step, for any batch, again and again",
    arguments: OpenCLUnderTest.persistentSets, [(45, 38), (64, 33)])
  func bits(kernelSet: String, size: (height: Int, width: Int)) async throws {
    let network = try Self.network()
    let results = network.outputs.map(\.node)
    let steps = try await Self.runner(
      network, kernelSet.replacing("persistent", with: "vector"))
    let whole = try await Self.runner(network, kernelSet)
    for batch in [1, 3, 8] {
      let shape = TensorShape(
        batch: batch, height: size.height, width: size.width, channels: 3)
      let input = HostTensor(
        shape: shape,
        elements: RandomWeights().values(of: Parameter("pixels", shape: [shape.count, 1])))
      for nodes in [results, try [#require(network.logits)]] {
        var launches: [Int] = []
        let expected = try await steps.run(input, returning: nodes).map(\.bits)
        _ = try await whole.run(
          HostTensor(shape: shape, filledWith: .nan), returning: nodes)
        for _ in 0..<5 {
          let before = whole.counters
          let found = try await whole.run(input, returning: nodes).map(\.bits)
          #expect(found == expected, "batch \(batch)")
          launches.append((whole.counters - before).launches)
        }
        // A few where the threads had to wait for a processor. A norm that is asked for is written by
        // a kernel of its own: then each step is a launch.
        #expect(try #require(launches.min()) < 20 || nodes.count > 1, "\(launches)")
      }
    }
  }

  @Test(
    "large 3x3 convolutions give the same bits in one launch and step by step, alone and in a batch",
    arguments: OpenCLUnderTest.persistentSets)
  func largeConvolutions(kernelSet: String) async throws {
    for operation in OperationSuite.largeConvolutionCases {
      let steps = try await Self.runner(
        operation.network, kernelSet.replacing("persistent", with: "vector"))
      let whole = try await Self.runner(operation.network, kernelSet)
      let nodes = try [#require(operation.outputs.last)]
      let input = operation.input()
      let expected = try await steps.run(input, returning: nodes).map(\.bits)
      let found = try await whole.run(input, returning: nodes).map(\.bits)
      #expect(found == expected, "\(operation)")
      let last = input.images(input.shape.batch - 1..<input.shape.batch)
      let alone = try await whole.run(last, returning: nodes)[0].bits
      #expect(Array(expected[0].suffix(alone.count)) == alone, "\(operation)")
    }
  }

  /// Otherwise the cases above would show nothing of images that are computed together.
  @Test("some small images are computed together", arguments: OpenCLUnderTest.persistentSets)
  func smallImages(kernelSet: String) async throws {
    let backend = try OpenCLUnderTest.backend(kernelSet: kernelSet)
    var kernels: [String] = []
    for operation in OperationSuite.largeConvolutionCases {
      kernels += try await OperationSuite.compare(operation, on: backend).compactMap(\.kernel)
    }
    #expect(kernels.contains { $0.contains(/\ of [2-9],/) }, "\(Set(kernels).sorted())")
  }

  @Test(
    "a network with operations that one launch has not is computed step by step",
    arguments: OpenCLUnderTest.persistentSets)
  func otherOperations(kernelSet: String) async throws {
    let network = try ModelConfiguration.small(.bottleneck).makeNetwork()
    let runner = try await Self.runner(network, kernelSet)
    let input = HostTensor(
      shape: TensorShape(batch: 2, height: 17, width: 14, channels: 3), filledWith: 0.5)
    let logits = try #require(network.logits)
    let before = runner.counters
    let found = try await runner.run(input, returning: [logits]).map(\.bits)
    #expect((runner.counters - before).launches > 1)
    let steps = try await Self.runner(
      network, kernelSet.replacing("persistent", with: "vector"))
    #expect(try await steps.run(input, returning: [logits]).map(\.bits) == found)
  }

  /// Every kind of step, blocks with and without a projection, and tensors that take over the memory
  /// of others.
  private static func network() throws -> Network {
    var configuration = ModelConfiguration()
    configuration.embeddingSize = 16
    configuration.hiddenSizes = [32, 72, 64, 128]
    configuration.depths = [3, 2, 2, 1]
    configuration.groups = 8
    configuration.labels = (0..<101).map(String.init)
    return try configuration.makeNetwork()
  }

  private static func runner(
    _ network: Network, _ kernelSet: String
  ) async throws -> InferenceScheduler {
    try await OpenCLUnderTest.backend(kernelSet: kernelSet)
      .prepareScheduler(network, weights: RandomWeights())
  }
}

extension HostTensor {
  fileprivate var bits: [UInt32] { elements.map(\.bitPattern) }
}
