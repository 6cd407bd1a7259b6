/// The name of a model on the hub, such as `google/bit-50`.
package struct RepositoryID: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  /// - Returns: `nil` for what the hub would not take as `organisation/name`
  ///   (huggingface_hub, `utils/_validators.py`).
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy(Self.isName), !text.hasSuffix(".git"),
      !text.contains("--"), !text.contains("..")
    else { return nil }
    description = text
  }

  private static let longestName = 96

  private static func isName(_ part: Substring) -> Bool {
    guard let first = part.utf8.first, let last = part.utf8.last else { return false }
    return part.utf8.count <= longestName && part.utf8.allSatisfy { isWord($0) || isMark($0) }
      && isWord(first) && isWord(last)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func isMark(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }

  /// The name of its folder in the cache.
  package var folderName: String {
    "models--" + description.split(separator: "/").joined(separator: "--")
  }
}
