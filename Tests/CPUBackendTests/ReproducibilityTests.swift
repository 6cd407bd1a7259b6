import BiTModel
import CPUBackend
import Testing

@Suite("The CPU backend's results to the last bit")
struct ReproducibilityTests {
  /// Both layer types, odd channels, SAME padding, dilation.
  static let fixtures = [
    "01_preact_default", "02a_same_dynamic", "04b_bottleneck_default",
    "06_bottleneck_output_stride_8", "07_batch3", "08a_odd_channels",
  ]

  @Test("do not depend on the number of threads", arguments: fixtures)
  func threads(name: String) async throws {
    let golden = try Golden(name)
    let nodes = golden.model.network.outputs.map(\.node)
    let expected = try await bits(golden, CPUBackend(threads: 1), nodes)
    for threads in [2, 3, 4, 7] {
      let found = try await bits(golden, CPUBackend(threads: threads), nodes)
      #expect(found == expected, "\(threads) threads")
    }
  }

  @Test("do not depend on which outputs are asked for", arguments: fixtures)
  func requestedOutputs(name: String) async throws {
    let golden = try Golden(name)
    let network = golden.model.network
    let everything = try await bits(golden, CPUBackend(), Array(network.nodes.indices))
    for output in network.outputs {
      let alone = try await bits(golden, CPUBackend(), [output.node])
      #expect(alone == [everything[output.node]], "\(output.name)")
    }
  }

  @Test("do not depend on what the runner computed before")
  func reusedWorkspace() async throws {
    let golden = try Golden("01_preact_default")
    let node = golden.model.network.pooledFeatures
    let runner = try await CPUBackend()
      .prepare(golden.model.network, weights: golden.model.weights)
    let expected = try await runner.run(golden.input, returning: [node])[0].elements
    // More sizes than plans are kept.
    for extent in 33...44 {
      let other = HostTensor(
        shape: TensorShape(batch: 2, height: extent, width: 97 - extent, channels: 3),
        filledWith: Float(extent))
      _ = try await runner.run(other, returning: [node])
      let again = try await runner.run(golden.input, returning: [node])[0].elements
      #expect(again == expected)
    }
  }

  @Test("are in the order asked for, repetitions and the input included")
  func order() async throws {
    let golden = try Golden("07_batch3")
    let network = golden.model.network
    let nodes = [network.pooledFeatures, 0, network.hiddenStates[0], network.pooledFeatures]
    let runner = try await CPUBackend().prepare(network, weights: golden.model.weights)
    let results = try await runner.run(golden.input, returning: nodes)
    #expect(results.count == nodes.count)
    #expect(results[1].elements == golden.input.elements)
    #expect(results[0].elements == results[3].elements)
    #expect(results[0].shape.height == 1)
  }

  private func bits(
    _ golden: Golden, _ backend: CPUBackend, _ nodes: [Network.NodeID]
  ) async throws -> [[UInt32]] {
    let runner = try await backend.prepare(golden.model.network, weights: golden.model.weights)
    return try await runner.run(golden.input, returning: nodes)
      .map { $0.elements.map(\.bitPattern) }
  }
}
