import BiTModel
import ReferenceBackend
import Testing

struct ReferenceRunnerTests {
  /// Two convolutions, and a sum that no input fits.
  private func makeRunner() throws -> (ReferenceRunner, first: Int, sum: Int) {
    var network = Network(inputChannels: 2)
    func convolution(_ path: String, kernel: Int) -> Operation {
      .convolution(
        Convolution(
          inputChannels: 2, outputChannels: 2, kernel: kernel, padding: .symmetric(0),
          standardizationEpsilon: 1e-8, path: path))
    }
    let first = network.append("first", convolution("first", kernel: 3), 0)
    let second = network.append("second", convolution("second", kernel: 3), first)
    let sum = network.append("sum", .add(nil), second, first)
    return (
      try ReferenceBackend().makeRunner(network, weights: RandomWeights()), first, sum
    )
  }

  private let input = HostTensor(
    shape: TensorShape(batch: 1, height: 9, width: 9, channels: 2), filledWith: 0.5)

  @Test("what is not asked for may be impossible")
  func computesOnlyWhatIsNeeded() async throws {
    let (runner, first, sum) = try makeRunner()
    #expect(try await runner.evaluate(input, returning: [first])[0].shape.height == 7)
    #expect(try await runner.evaluate(input, returning: []).isEmpty)
    await #expect(throws: NetworkError.self) {
      try await runner.evaluate(input, returning: [first, sum])
    }
  }

  @Test("outputs come in the order asked for, the input and repetitions among them")
  func order() async throws {
    let (runner, first, _) = try makeRunner()
    let outputs = try await runner.run(input, returning: [first, 0, first])
    #expect(outputs.map(\.shape.height) == [7, 9, 7])
    #expect(outputs[1].elements == input.elements)
    #expect(outputs[0].elements == outputs[2].elements)
  }

  @Test("a cancelled run ends with a CancellationError")
  func cancellation() async throws {
    let (runner, first, _) = try makeRunner()
    let input = input
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await runner.run(input, returning: [first])
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("a missing weight is reported when the network is prepared")
  func missingWeight() throws {
    var network = Network(inputChannels: 3)
    let layer = Linear(inputFeatures: 3, outputFeatures: 2, path: "linear")
    network.append("linear", .linear(layer), 0)
    #expect(throws: CheckpointError.self) {
      try ReferenceBackend().makeRunner(network, weights: InMemoryWeights([:]))
    }
  }
}
