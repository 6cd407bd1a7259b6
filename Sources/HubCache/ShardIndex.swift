#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The part of a `….index.json` that says in which files the weights are.
package enum ShardIndex {
  private struct Document: Decodable {
    let weights: [String: String]

    private enum CodingKeys: String, CodingKey {
      case weights = "weight_map"
    }
  }

  /// Far beyond any: R152x4 has some thousand tensors.
  package static let sizeLimit = 16 << 20

  /// - Returns: The files' names; `nil` if there is no such file, or it is something else.
  package static func files(in path: String) -> [String]? {
    guard let bytes = SmallFile.read(path, limit: sizeLimit),
      let document = try? JSONDecoder().decode(Document.self, from: Data(bytes))
    else { return nil }
    return Set(document.weights.values).sorted()
  }
}
