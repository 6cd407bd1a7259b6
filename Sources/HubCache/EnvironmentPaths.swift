#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Paths from environment variables, with `~`, `$NAME` and `${NAME}` in them replaced as
/// huggingface_hub does (Python's `expanduser` and `expandvars`).
package struct EnvironmentPaths: Sendable {
  private let variables: [String: String]

  package init(_ variables: [String: String]) { self.variables = variables }

  /// The home folder; `nil` where nobody says.
  package var userHome: String? {
    if let home = variables["HOME"], !home.isEmpty { return home }
    let home = FileManager.default.homeDirectoryForCurrentUser.path
    return home.isEmpty || home == "/" ? nil : home
  }

  /// - Returns: `nil` for a variable that is not set or empty.
  package subscript(name: String) -> String? {
    guard let value = variables[name], !value.isEmpty else { return nil }
    let path = expandVariables(in: expandHome(in: value))
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  private func expandHome(in path: String) -> String {
    guard path == "~" || path.hasPrefix("~/"), let userHome else { return path }
    return userHome + path.dropFirst()
  }

  private func expandVariables(in path: String) -> String {
    var result = ""
    var rest = path[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      let after = rest[rest.index(after: dollar)...]
      let isBraced = after.first == "{"
      let name = (isBraced ? after.dropFirst() : after).prefix {
        $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber)
      }
      let end = name.endIndex
      let isClosed = !isBraced || (end < after.endIndex && after[end] == "}")
      guard !name.isEmpty, isClosed, let value = variables[String(name)] else {
        result += "$"
        rest = after
        continue
      }
      result += value
      rest = isBraced ? after[after.index(after: end)...] : after[end...]
    }
    return result + rest
  }
}
