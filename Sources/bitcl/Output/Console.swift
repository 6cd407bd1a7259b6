#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Everything that is not a result: errors, warnings and notes on stderr.
struct Console: Sendable {
  enum Verbosity: Int, Comparable, Sendable {
    case quiet, normal, verbose

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  let verbosity: Verbosity

  /// What the user should know although all goes on.
  func warn(_ message: String) {
    if verbosity > .quiet { Self.printLine("warning", color: "33", message) }
  }

  /// What was decided for the user.
  func note(_ message: String) {
    if verbosity > .quiet { Self.printRaw(message + "\n") }
  }

  /// What only those want to know who asked for it.
  func detail(_ message: @autoclosure () -> String) {
    if verbosity == .verbose { Self.printRaw(message() + "\n") }
  }

  /// Errors are said however quiet the program is to be.
  static func printError(_ message: String) {
    printLine("error", color: "31", message)
  }

  /// stderr is a terminal that may be drawn on.
  static let isInteractive =
    isTerminal(2) && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  // https://no-color.org: any value but the empty one.
  private static let hasColor =
    isInteractive && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

  /// A path may have 4096 bytes; beyond that, a message repeats what a damaged file is full of.
  private static let lengthLimit = 8192

  private static func printLine(_ kind: String, color: String, _ message: String) {
    let tag = hasColor ? "\u{1B}[1;\(color)m\(kind):\u{1B}[0m" : "\(kind):"
    let end = message.last.map { ".!?\n".contains($0) } ?? true ? "" : "."
    let message = Text.shortened(message, to: lengthLimit).split(
      separator: "\n", omittingEmptySubsequences: false
    )
    .map { Text.printable(String($0)) }.joined(separator: "\n")
    printRaw("\(tag) \(message)\(end)\(message.hasSuffix("\n") ? "" : "\n")")
  }

  /// A stderr that cannot be written to leaves nobody to tell.
  static func printRaw(_ text: String) {
    let bytes = Array(text.utf8)
    bytes.withUnsafeBytes { try? writeAll($0, to: 2, name: "standard error") }
  }
}
