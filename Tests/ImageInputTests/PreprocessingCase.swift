import FoundationEssentials
import ImageInput
import TestSupport

/// A case of `Tests/Fixtures/preprocess/cases.json` with a stored tensor for the route `pil`.
struct PreprocessingCase: Sendable, CustomStringConvertible {
  let id: String
  let image: String
  let configuration: ImageProcessorConfiguration
  /// The name of the golden tensor.
  let tensor: String

  var description: String { id }

  static let all: [PreprocessingCase] = (try? load()) ?? []

  private struct File: Decodable {
    struct Case: Decodable {
      struct Route: Decodable { let tensor: String? }
      let id: String
      let image: String
      let configuration: ImageProcessorConfiguration
      let routes: [String: Route]

      private enum CodingKeys: String, CodingKey {
        case id, image, routes
        case configuration = "preprocessor_config"
      }
    }
    let cases: [Case]
  }

  private static func load() throws -> [PreprocessingCase] {
    let json = try Data(contentsOf: Fixtures.url("preprocess/cases.json"))
    return try JSONDecoder().decode(File.self, from: json).cases.compactMap { entry in
      guard let tensor = entry.routes["pil"]?.tensor else { return nil }
      return PreprocessingCase(
        id: entry.id, image: Fixtures.url("preprocess/\(entry.image)").path,
        configuration: entry.configuration, tensor: tensor)
    }
  }
}
