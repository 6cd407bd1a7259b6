import BiTModel
import NumericsValidation
import TestSupport
import Testing

/// Every backend against transformers' results.
@Suite(.holdsFiles)
struct BackendGoldenTests {
  @Test(
    "every tensor of a golden lies within the limits",
    arguments: try GoldenCase.computable, Backends.forNetworks)
  func matchesGolden(_ golden: GoldenCase, _ tested: BackendUnderTest) async throws {
    let backend = try tested.available()
    let model = try golden.openModel()
    let comparison = try await GoldenComparison(
      golden.openFile(), network: model.network, weights: model.weights, backend: backend)
    for row in comparison.rows { #expect(row.passed, "\(row)") }
  }

  @Test(
    "what transformers refuses is refused, and its stem still computed",
    arguments: try GoldenCase.refused, Backends.forNetworks)
  func refuses(_ golden: GoldenCase, _ tested: BackendUnderTest) async throws {
    let backend = try tested.available()
    let model = try golden.openModel()
    let file = try golden.openFile()
    let runner = try await backend.prepare(model.network, weights: model.weights)
    let result = try #require(model.network.logits)
    await #expect(throws: NetworkError.self) {
      try await runner.run(file.input, returning: [result])
    }
    let comparison = try await GoldenComparison(
      file, network: model.network, weights: model.weights, backend: backend)
    for row in comparison.rows { #expect(row.passed, "\(row)") }
  }
}

extension GoldenCase {
  func openModel() throws -> Model { try ModelFiles.open(path: folder.path) }

  func openFile() throws -> GoldenFile {
    try GoldenFile(path: folder.appending(path: "golden.safetensors").path)
  }
}
