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
    // Two rows of ten logits, at most padded to whole vectors between them, and a word a launch that
    // tells whether all is done.
    #expect((2 * 10 * 4...(16 + 10 + moved.launches) * 4).contains(moved.bytesDownloaded))
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
    // Beside the pixels two plans' tables.
    let pixels = (56 * 56 + 3 * 40 * 40) * 3 * 4
    #expect((pixels..<pixels + 2 * 16_384).contains(moved.bytesUploaded))
  }

  @Test("networks that are prepared at the same time share one context and its programs")
  func sharedContext() async throws {
    let first = try await Subject()
    let counters = try await withThrowingTaskGroup(of: InferenceScheduler.self) { group in
      let backend = OpenCLBackend(device: try OpenCLUnderTest.device())
      for _ in 0..<20 {
        group.addTask {
          try await backend.prepareScheduler(first.network, weights: RandomWeights())
        }
      }
      let runners = try await group.reduce(into: []) { $0.append($1) }
      return runners.map(\.counters)
    }
    #expect(Set(counters).count == 1)
    let alone = first.runner.counters
    // Not twenty times as many. Just as many, were it not that a busy machine may leave the vector kernels, which
    // are one program, for being slow to build; the tiled ones are eight.
    #expect(
      counters[0].programsBuilt + counters[0].programsLoaded
        < 20 * (alone.programsBuilt + alone.programsLoaded))
    #expect(counters[0].bytesUploaded > 10 * alone.bytesUploaded)
  }

  @Test("an old plan comes back after many others")
  func manySizes() async throws {
    let subject = try await Subject()
    let first = try await subject.run(size: 40, batch: 1)
    for size in stride(from: 41, to: 61, by: 2) { _ = try await subject.run(size: size, batch: 1) }
    #expect(try await subject.run(size: 40, batch: 1) == first)
  }

  @Test("a profile has every multiply-accumulate of the network, and disturbs no later run")
  func profile() async throws {
    let subject = try await Subject()
    let before = try await subject.run(size: 40, batch: 2)
    let steps = try await subject.profile(size: 40, batch: 2)
    let shape = TensorShape(batch: 2, height: 40, width: 40, channels: 3)
    let products = try subject.network.multiplyAccumulates(forInput: shape)
    #expect(steps.reduce(0) { $0 + $1.multiplyAccumulates } == products)
    #expect(steps.contains { $0.seconds > 0 })
    #expect(steps.allSatisfy { $0.bytes >= 0 && !$0.name.isEmpty })
    #expect(try await subject.run(size: 40, batch: 2) == before)
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
    let input = Self.input(size: size, batch: batch)
    return try await runner.run(input, returning: [#require(network.logits)])[0].elements
  }

  func profile(size: Int, batch: Int) async throws -> [StepProfile] {
    let input = Self.input(size: size, batch: batch)
    return try await runner.profile(input, returning: [#require(network.logits)])
  }

  private static func input(size: Int, batch: Int) -> HostTensor {
    let shape = TensorShape(batch: batch, height: size, width: size, channels: 3)
    let pixels = RandomWeights().values(of: Parameter("pixels", shape: [shape.count, 1]))
    return HostTensor(shape: shape, elements: pixels)
  }
}
