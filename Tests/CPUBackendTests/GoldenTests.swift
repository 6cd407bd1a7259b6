import BiTModel
import CPUBackend
import TestSupport
import Testing

@Suite("The CPU backend against transformers' outputs", .holdsFiles)
struct GoldenTests {
  /// Torch's own float32 results lie within 6e-6 (logits) and 9e-6 (inner tensors) of float64.
  static func limit(_ name: String) -> Double {
    name == "logits" || name == "pooler_output" ? 2e-5 : 5e-5
  }

  @Test(
    "computes every stored tensor of a fixture", arguments: Golden.names, InstructionSet.available)
  func everyNode(name: String, instructionSet: InstructionSet) async throws {
    let golden = try Golden(name)
    #expect(!golden.outputs.isEmpty)
    let runner = try await CPUBackend(instructionSet: instructionSet)
      .prepare(golden.model.network, weights: golden.model.weights)
    let results = try await runner.run(golden.input, returning: golden.outputs.map(\.node))
    for (output, result) in zip(golden.outputs, results) {
      let error = relativeError(result, output.expected)
      #expect(error <= Self.limit(output.name), "\(output.name): \(error)")
    }
  }

  @Test(
    "computes a fixture's outputs when neighbouring operations are fused", arguments: Golden.names)
  func fused(name: String) async throws {
    let golden = try Golden(name)
    let runner = try await CPUBackend()
      .prepare(golden.model.network, weights: golden.model.weights)
    let outputs = golden.outputs.filter { !$0.name.hasPrefix("modules.") }
    for output in outputs {
      let result = try await runner.run(golden.input, returning: [output.node])
      let error = relativeError(result[0], output.expected)
      #expect(error <= Self.limit(output.name), "\(output.name): \(error)")
    }
    let all = try await runner.run(golden.input, returning: outputs.map(\.node))
    for (output, result) in zip(outputs, all) {
      let error = relativeError(result, output.expected)
      #expect(error <= Self.limit(output.name), "\(output.name): \(error)")
    }
  }
}
