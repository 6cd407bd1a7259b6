import BiTModel
import FoundationEssentials
import NumericsValidation
import ReferenceBackend
import TestSupport
import Testing

/// The oracle against transformers' own results, which were computed in Double.
@Suite(.holdsFiles)
struct GoldenTests {
  @Test("reproduces every tensor of a golden to 1e-6", arguments: try GoldenCase.computable)
  func reproducesGolden(_ golden: GoldenCase) async throws {
    let model = try ModelFiles.open(path: golden.folder.path)
    let comparison = try await GoldenComparison(
      GoldenFile(path: golden.folder.appending(path: "golden.safetensors").path),
      network: model.network, weights: model.weights, backend: ReferenceBackend(),
      limits: .oracle)
    for row in comparison.rows { #expect(row.passed, "\(row)") }
    #expect(comparison.notCompared.filter { !$0.hasSuffix("_torchvision") }.isEmpty)
  }

  @Test("refuses what transformers refuses", arguments: try GoldenCase.refused)
  func refuses(_ golden: GoldenCase) async throws {
    let model = try ModelFiles.open(path: golden.folder.path)
    let file = try GoldenFile(path: golden.folder.appending(path: "golden.safetensors").path)
    let runner = try await ReferenceBackend().prepare(model.network, weights: model.weights)
    let result = try #require(model.network.logits)
    await #expect(throws: NetworkError.self) {
      try await runner.run(file.input, returning: [result])
    }
  }
}
