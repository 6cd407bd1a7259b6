import BiTModel
import OpenCLBackend
import OpenCLRuntime
import Testing

/// What passes between host and device, by the runtime's own counters.
struct ResidencyTests {
  @Test("a second run moves the pixels and the logits, and creates nothing")
  func secondRun() async throws {
    let subject = try await Subject()
    _ = try await subject.run(size: 40, batch: 2)
    let before = subject.runner.counters
    _ = try await subject.run(size: 40, batch: 2)
    let moved = subject.runner.counters - before
    #expect(moved.bytesUploaded == 2 * 40 * 40 * 3 * 4)
    // Two rows of ten logits, at most padded to whole vectors between them.
    #expect((2 * 10 * 4...(16 + 10) * 4).contains(moved.bytesDownloaded))
    #expect(moved.buffersCreated == 0)
    #expect(moved.subBuffersCreated == 0)
    #expect(moved.programsBuilt + moved.programsLoaded == 0)
  }

  @Test("a new size or batch builds no program and uploads no weight")
  func newSize() async throws {
    let subject = try await Subject()
    _ = try await subject.run(size: 40, batch: 1)
    let before = subject.runner.counters
    _ = try await subject.run(size: 56, batch: 1)
    _ = try await subject.run(size: 40, batch: 3)
    let moved = subject.runner.counters - before
    #expect(moved.programsBuilt + moved.programsLoaded == 0)
    #expect(moved.bytesUploaded == (56 * 56 + 3 * 40 * 40) * 3 * 4)
  }

  @Test("an old plan comes back after many others")
  func manySizes() async throws {
    let subject = try await Subject()
    let first = try await subject.run(size: 40, batch: 1)
    for size in stride(from: 41, to: 61, by: 2) { _ = try await subject.run(size: size, batch: 1) }
    #expect(try await subject.run(size: 40, batch: 1) == first)
  }
}

private struct Subject {
  let network: Network
  let runner: InferenceScheduler

  init() async throws {
    var configuration = ModelConfiguration()
    configuration.embeddingSize = 16
    configuration.hiddenSizes = [32, 64]
    configuration.depths = [2, 2]
    configuration.groups = 8
    configuration.labels = (0..<10).map(String.init)
    network = try configuration.makeNetwork()
    let backend = BackendUnderTest("opencl") { OpenCLBackend(device: try OpenCLUnderTest.device()) }
    let openCL = try #require(try backend.available() as? OpenCLBackend)
    runner = try await openCL.prepareScheduler(network, weights: RandomWeights())
  }

  /// The logits of images that depend on their size alone.
  func run(size: Int, batch: Int) async throws -> [Float] {
    let shape = TensorShape(batch: batch, height: size, width: size, channels: 3)
    let pixels = RandomWeights().values(of: Parameter("pixels", shape: [shape.count, 1]))
    let input = HostTensor(shape: shape, elements: pixels)
    return try await runner.run(input, returning: [#require(network.logits)])[0].elements
  }
}
