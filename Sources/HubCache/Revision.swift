/// A branch, a tag, a commit, or a reference such as `refs/pr/1` of a repository.
package struct Revision: Hashable, Sendable, CustomStringConvertible {
  package static let main = Revision(unchecked: "main")

  package let description: String

  private init(unchecked text: String) { description = text }

  /// - Returns: `nil` for what git would not take as a reference (`git help check-ref-format`);
  ///   what remains is also safe as the name of a file under `refs`.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isSound = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.count <= 255 && !part.hasPrefix(".") && !part.hasSuffix(".lock")
        && !part.hasSuffix(".")
    }
    let hasOddity = text.utf8.contains { byte in
      byte <= UInt8(ascii: " ") || byte == 0x7F || " ~^:?*[\\".utf8.contains(byte)
    }
    guard isSound, !hasOddity, text.utf8.count <= 1024, !text.contains(".."), !text.contains("@{"),
      text != "@"
    else { return nil }
    description = text
  }

  package init(_ commit: Commit) { description = commit.description }

  /// The commit, where the revision is written as one.
  package var commit: Commit? { Commit(description) }
}

/// A git commit: 40 hexadecimal digits.
package struct Commit: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init?(_ text: some StringProtocol) {
    guard text.utf8.count == 40, text.utf8.allSatisfy(Self.isDigit) else { return nil }
    description = String(text)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }
}
