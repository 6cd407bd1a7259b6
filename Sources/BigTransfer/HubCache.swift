#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The folder where Hugging Face's tools keep what they download:
/// `models--ORG--NAME/snapshots/COMMIT`, the commit being named by `refs/main`
/// (huggingface_hub, `constants.py` and its guide "Understand caching").
package enum HubCache {
  /// Whether a name has the form `organisation/name`.
  package static func isRepositoryID(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        !part.isEmpty && !part.hasPrefix(".") && !part.hasPrefix("~")
          && part.utf8.allSatisfy(isNameByte)
      }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// The downloaded files of a repository, `nil` if there are none.
  package static func folder(
    of id: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String? {
    guard let root = root(environment) else { return nil }
    let folder = "\(root)/models--\(id.split(separator: "/").joined(separator: "--"))"
    guard let reference = try? String(contentsOfFile: "\(folder)/refs/main", encoding: .utf8) else {
      return nil
    }
    let commit = reference.prefix { !$0.isWhitespace }
    guard !commit.isEmpty, commit.allSatisfy(\.isHexDigit) else { return nil }
    let snapshot = "\(folder)/snapshots/\(commit)"
    return FileManager.default.fileExists(atPath: snapshot) ? snapshot : nil
  }

  private static func root(_ environment: [String: String]) -> String? {
    if let cache = environment["HF_HUB_CACHE"] { return cache }
    if let home = environment["HF_HOME"] { return "\(home)/hub" }
    if let cache = environment["XDG_CACHE_HOME"] { return "\(cache)/huggingface/hub" }
    return environment["HOME"].map { "\($0)/.cache/huggingface/hub" }
  }
}
