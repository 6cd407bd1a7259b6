#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A folder of `Tests/Fixtures/models` in Hugging Face's form.
package struct GoldenCase: Sendable, CustomStringConvertible {
  package let folder: URL
  /// transformers itself fails on it.
  package let expectsError: Bool

  package var name: String { folder.lastPathComponent }
  package var description: String { name }

  package static var all: [GoldenCase] {
    get throws {
      return try Fixtures.modelFolders.compactMap { folder in
        func has(_ file: String) -> Bool {
          FileManager.default.fileExists(atPath: folder.appending(path: file).path)
        }
        let files = ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"]
        guard files.contains(where: has) else { return nil }
        let configuration = try Data(contentsOf: folder.appending(path: "config.json"))
        // timm's configurations name no model type.
        guard try JSONDecoder().decode(ModelType.self, from: configuration).modelType == "bit"
        else { return nil }
        let record = try Data(contentsOf: folder.appending(path: "golden.json"))
        let expectsError = try JSONDecoder().decode(Record.self, from: record).expectedError
        return GoldenCase(folder: folder, expectsError: expectsError != nil)
      }
    }
  }

  package static var computable: [GoldenCase] {
    get throws { try all.filter { !$0.expectsError } }
  }

  package static var refused: [GoldenCase] {
    get throws { try all.filter(\.expectsError) }
  }

  private struct ModelType: Decodable {
    let modelType: String?
    private enum CodingKeys: String, CodingKey { case modelType = "model_type" }
  }

  private struct Record: Decodable {
    struct Failure: Decodable {}
    let expectedError: Failure?
    private enum CodingKeys: String, CodingKey { case expectedError = "expected_error" }
  }
}
