import BiTModel
import CPUBackend
import Testing

@Suite("What the CPU backend does not run")
struct RefusalTests {
  @Test("an input that needs more memory than the machine has, refused before it takes any")
  func inputTooLarge() async throws {
    // Each branch's tensor takes 6.4 GB and lives until it is summed, after all are computed.
    let branches = 1000
    let border = 20_000
    var network = Network(inputChannels: 1)
    let padded = (0..<branches).map { network.append("pad\($0)", .zeroPad(border: border), 0) }
    var sum = padded[0]
    for (index, branch) in padded.enumerated().dropFirst() {
      sum = network.append("sum\(index)", .add(nil), branch, sum)
    }
    let runner = try await CPUBackend().prepare(network, weights: InMemoryWeights([:]))
    let input = HostTensor(
      shape: TensorShape(batch: 1, height: 1, width: 1, channels: 1), filledWith: 1)
    await #expect {
      try await runner.run(input, returning: [sum])
    } throws: { error in
      guard case CPUBackendError.inputTooLarge(input.shape, let byteCount, _) = error else {
        return false
      }
      let extent = 2 * border + 1
      return byteCount >= branches * 4 * extent * extent && "\(error)".contains("smaller size")
    }
  }

  @Test("a model larger than the machine's memory, refused before it is read")
  func weightsTooLarge() async throws {
    let width = 1 << 17
    var network = Network(inputChannels: width)
    for index in 0..<1000 {
      let linear = Linear(inputFeatures: width, outputFeatures: width, path: "\(index)")
      network.append("\(index)", .linear(linear), index)
    }
    // Its reader would say that the first tensor is missing.
    await #expect {
      try await CPUBackend().prepare(network, weights: InMemoryWeights([:]))
    } throws: { error in
      guard case CPUBackendError.weightsTooLarge = error else { return false }
      return "\(error)".contains("smaller model")
    }
  }

  @Test("what its task has been told to stop")
  func cancellation() async throws {
    let golden = try Golden("01_preact_default")
    let network = golden.model.network
    let runner = try await CPUBackend().prepare(network, weights: golden.model.weights)
    let cancelled = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await runner.run(golden.input, returning: [network.pooledFeatures])
    }
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    let preparing = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await CPUBackend().prepare(network, weights: golden.model.weights)
    }
    await #expect(throws: CancellationError.self) { _ = try await preparing.value }
    // The runner is as good as before.
    _ = try await runner.run(golden.input, returning: [network.pooledFeatures])
  }
}
