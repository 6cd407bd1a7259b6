import BiTModel

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The names of a model's classes from a file of one's own.
public enum LabelList {
  private static let fileSizeLimit = 16 << 20

  /// Reads one label a line, or JSON: an array, `{"0": "cat", …}`, or a `config.json` with such an
  /// `id2label`.
  /// - Throws: `CheckpointError`.
  public static func read(_ path: String) throws -> [String] {
    let bytes = try FileReader.contents(ofFile: path, limit: fileSizeLimit)
    let text = bytes.drop { $0 == UInt8(ascii: " ") || (9...13).contains($0) }
    if text.first == UInt8(ascii: "{") { return try named(Data(bytes), path) }
    if text.first == UInt8(ascii: "["),
      let labels = try? JSONDecoder().decode([String].self, from: Data(bytes))
    {
      return labels
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CheckpointError.malformed(file: path, reason: "it is not UTF-8 text")
    }
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if lines.last == "" { lines.removeLast() }
    return lines.map(String.init)
  }

  private struct Document: Decodable {
    let id2label: [String: String]
  }

  private static func named(_ json: Data, _ path: String) throws -> [String] {
    let decoder = JSONDecoder()
    let names =
      (try? decoder.decode(Document.self, from: json))?.id2label
      ?? (try? decoder.decode([String: String].self, from: json))
    guard let names else {
      throw CheckpointError.malformed(
        file: path, reason: "its JSON is no table of numbers and labels, as id2label is")
    }
    return try (0..<names.count).map { index in
      guard let name = names[String(index)] else {
        throw CheckpointError.malformed(
          file: path, reason: "of \(names.count) labels, number \(index) is missing")
      }
      return name
    }
  }
}
