import BiTModel
import FoundationEssentials
import NumericsValidation
import ReferenceBackend
import TestSupport
import Testing

/// What judges backends must itself notice a wrong one.
struct ValidationTests {
  private let network: Network

  init() throws {
    var configuration = ModelConfiguration()
    configuration.embeddingSize = 8
    configuration.hiddenSizes = [32, 32]
    configuration.depths = [1, 1]
    configuration.groups = 4
    configuration.labels = ["a", "b", "c"]
    network = try configuration.makeNetwork()
  }

  private var input: HostTensor {
    let shape = TensorShape(batch: 1, height: 20, width: 24, channels: 3)
    return HostTensor(
      shape: shape,
      elements: RandomWeights().values(of: Parameter("input", shape: [1, 20, 24, 3])))
  }

  /// A golden of the oracle's own outputs, with some tensors beside them.
  private func withGolden(
    _ outputs: [String], extra: [SafetensorsWriter.Entry] = [],
    _ body: (GoldenFile) async throws -> Void
  ) async throws {
    let runner = try ReferenceBackend().makeRunner(network, weights: RandomWeights())
    let nodes = try outputs.map { try #require(network.node(forOutput: $0)) }
    let tensors = try await runner.run(input, returning: nodes)
    var entries = [SafetensorsWriter.Entry(name: "pixel_values", tensor: input)] + extra
    for (name, tensor) in zip(outputs, tensors) {
      entries.append(SafetensorsWriter.Entry(name: name, tensor: tensor))
    }
    try await withTemporaryDirectory { folder in
      let file = folder.appending(path: "golden.safetensors").path
      try SafetensorsWriter.write(entries, to: file)
      try await body(GoldenFile(path: file))
    }
  }

  private func compare(
    _ golden: GoldenFile, on backend: any Backend
  ) async throws -> GoldenComparison {
    try await GoldenComparison(
      golden, network: network, weights: RandomWeights(), backend: backend)
  }

  @Test("a wrong layer fails its row of a golden, and only its row")
  func noticesWrongLayer() async throws {
    let layer = "modules.encoder.stages.0.layers.0.conv2"
    let node = try #require(network.node(forOutput: layer))
    let faulty = FaultyBackend(fault: { _, run in run.change(node) { $0.elements[7] += 1e-3 } })
    try await withGolden(["logits", layer, "hidden_states.1"]) { golden in
      #expect(try await compare(golden, on: ReferenceBackend()).passed)
      let comparison = try await compare(golden, on: faulty)
      #expect(!comparison.passed)
      #expect(comparison.rows.filter { !$0.passed }.map(\.name) == [layer])
    }
  }

  @Test("the layer-by-layer comparison names the first layer that is wrong")
  func namesFirstWrongLayer() async throws {
    let faulty = FaultyBackend(fault: { _, run in
      for id in 9..<100 { run.change(id) { $0.elements[0] = .nan } }
    })
    let comparison = try await NetworkComparison(
      network, weights: RandomWeights(), input: input, backend: faulty)
    #expect(comparison.rows.count == network.nodes.count - 1)
    #expect(comparison.firstFailure?.name == network.nodes[9].name)
  }

  @Test("tensors that mean nothing are listed, whatever their rank")
  func listsUnknown() async throws {
    let extra = [
      SafetensorsWriter.Entry(name: "labels", shape: [3], elements: [1, 2, 3]),
      SafetensorsWriter.Entry(name: "hidden_states.9", shape: [1, 1], elements: [1]),
      SafetensorsWriter.Entry(name: "modules.nothing", shape: [1, 1], elements: [1]),
    ]
    try await withGolden(["pooler_output"], extra: extra) { golden in
      let comparison = try await compare(golden, on: ReferenceBackend())
      #expect(comparison.passed && comparison.rows.map(\.name) == ["pooler_output"])
      #expect(Set(comparison.notCompared) == ["labels", "hidden_states.9", "modules.nothing"])
    }
  }

  @Test("a golden that holds nothing to compare is an error, not a pass")
  func refusesEmptyGolden() async throws {
    try await withGolden([]) { golden in
      await #expect(throws: GoldenError.self) {
        try await compare(golden, on: ReferenceBackend())
      }
    }
  }

  @Test("an output of a rank that cannot be compared is an error")
  func refusesWrongRank() async throws {
    let extra = [SafetensorsWriter.Entry(name: "logits", shape: [3], elements: [1, 2, 3])]
    try await withGolden(["pooler_output"], extra: extra) { golden in
      await #expect(throws: GoldenError.self) {
        try await compare(golden, on: ReferenceBackend())
      }
    }
  }

  @Test("torch's stored error widens the limit twentyfold")
  func usesStoredError() async throws {
    let runner = try ReferenceBackend().makeRunner(network, weights: RandomWeights())
    let logits = try #require(network.logits)
    var torch = try await runner.run(input, returning: [logits])[0]
    let magnitude = try #require(torch.elements.map { abs($0) }.max())
    let error = 5e-5 * magnitude
    torch.elements[1] += error
    let stored = SafetensorsWriter.Entry(name: "torch_fp32.logits", tensor: torch)
    try await withGolden(["logits"], extra: [stored]) { golden in
      let row = try #require(try await compare(golden, on: ReferenceBackend()).rows.first)
      #expect(abs(row.allowed - 20 * Double(error)) < 1e-4 * Double(magnitude))
    }
  }

  @Test("a golden tensor that is far from torch's result beside it does not widen its own limit")
  func doesNotTrustDamagedGolden() async throws {
    let runner = try ReferenceBackend().makeRunner(network, weights: RandomWeights())
    let logits = try #require(network.logits)
    let right = try await runner.run(input, returning: [logits])[0]
    var damaged = right
    damaged.elements[1] += 1
    let extra = [
      SafetensorsWriter.Entry(name: "torch_fp32.logits", tensor: right),
      SafetensorsWriter.Entry(name: "logits", tensor: damaged),
    ]
    try await withGolden(["pooler_output"], extra: extra) { golden in
      let comparison = try await compare(golden, on: ReferenceBackend())
      #expect(comparison.rows.filter { !$0.passed }.map(\.name) == ["logits"])
    }
  }

  @Test("a tensor of another shape fails its row and is not read")
  func refusesWrongShape() async throws {
    let extra = [
      SafetensorsWriter.Entry(
        name: "logits", shape: [1, 7], elements: Array(repeating: 0, count: 7))
    ]
    try await withGolden(["pooler_output"], extra: extra) { golden in
      let rows = try await compare(golden, on: ReferenceBackend()).rows
      #expect(rows.filter { !$0.passed }.map(\.name) == ["logits"])
      #expect(rows.first?.foundShape.channels == 3)
    }
  }

  @Test("a golden without an input is an error")
  func refusesMissingInput() throws {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "golden.safetensors").path
      try SafetensorsWriter.write(
        [SafetensorsWriter.Entry(name: "logits", shape: [1, 1], elements: [0])], to: file)
      #expect(throws: GoldenError.noInput(file: file)) { try GoldenFile(path: file) }
    }
  }
}
