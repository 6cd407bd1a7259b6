import FoundationEssentials

/// The index that transformers writes beside a checkpoint in several files: which tensor is in
/// which.
package struct ShardIndex: Equatable, Sendable {
  /// Tensor name → file name.
  package let fileOfTensor: [String: String]
  /// The files' names, sorted. Each is that of a file beside the index.
  package let files: [String]

  static let byteLimit = 8 << 20
  static let fileLimit = 1024

  private struct Document: Decodable {
    let weightMap: [String: String]

    private enum CodingKeys: String, CodingKey { case weightMap = "weight_map" }
  }

  /// - Parameter file: What errors call it.
  /// - Throws: `CheckpointError`, also for names that lead elsewhere.
  package init(json: Data, file: String) throws(CheckpointError) {
    guard let document = try? JSONDecoder().decode(Document.self, from: json) else {
      throw .malformed(file: file, reason: "it has no weight_map of tensor names to files")
    }
    fileOfTensor = document.weightMap
    let names = Set(fileOfTensor.values)
    guard names.count <= Self.fileLimit else {
      throw .malformed(file: file, reason: "it names \(names.count) files")
    }
    files = names.sorted()
    // A NUL would end the path before the name does.
    for name in files
    where name.isEmpty || name.hasPrefix(".") || name.utf8.count > 255
      || name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 })
    {
      throw .malformed(file: file, reason: "it names the file \(quoted(name))")
    }
  }
}
