import Synchronization

/// The lines of a list of files, read as they are wanted.
///
/// A list may come from a pipe over time, and it may be no list at all: no line may be longer than
/// a path can be.
final class LineReader: Sendable {
  /// PATH_MAX on Linux.
  static let lineLimit = 4096
  /// How long a named pipe may be without anybody who writes to it.
  private static let patience = Duration.seconds(5)

  private let descriptor: Int32
  private let name: String
  private let state = Mutex(State())

  private struct State {
    /// Read but not yet handed out.
    var pending: ArraySlice<UInt8> = []
    var lineNumber = 0
    var isAtEnd = false
    var failure: (any Error)?
  }

  /// - Parameter path: A file, a named pipe, or `-` for standard input.
  /// - Throws: `CommandFailure` if there is no such list.
  init(_ path: String) throws {
    name = path == "-" ? "standard input" : path
    if path == "-" {
      descriptor = StandardInput.descriptor
      return
    }
    guard FileStatus(path: path)?.kind != .folder else {
      throw CommandFailure(
        .invalidData, "\(path) is a folder, not a list of files. To search it, use -r \(path)")
    }
    guard let opened = openForReading(path) else {
      throw CommandFailure(
        .notFound, "cannot read the list \(path): \(lastErrorText()). Check the path")
    }
    descriptor = opened
  }

  deinit {
    if descriptor != StandardInput.descriptor { closeDescriptor(descriptor) }
  }

  /// Why the lines ended early, if they did.
  var failure: (any Error)? { state.withLock { $0.failure } }

  /// The next line that is not empty; `nil` after the last, and where reading failed.
  func next() async -> String? {
    do {
      while true {
        switch try state.withLock({ try takeLine(&$0) }) {
        case .line(let line): return line
        case .end: return nil
        case .needsInput:
          let bytes = try await Descriptor.read(
            descriptor, name: name,
            patience: descriptor == StandardInput.descriptor ? nil : Self.patience)
          state.withLock { state in
            state.pending += bytes ?? []
            state.isAtEnd = bytes == nil
          }
        }
      }
    } catch {
      state.withLock { $0.failure = error }
      return nil
    }
  }

  private enum Step {
    case line(String)
    case needsInput
    case end
  }

  private func takeLine(_ state: inout State) throws -> Step {
    while true {
      let end = state.pending.firstIndex(of: UInt8(ascii: "\n"))
      let length = (end ?? state.pending.endIndex) - state.pending.startIndex
      guard length <= Self.lineLimit, !state.pending.prefix(length).contains(0) else {
        throw CommandFailure(
          .invalidData,
          "\(name): line \(state.lineNumber + 1) is no path, but longer than \(Self.lineLimit) bytes"
            + " or binary. Give a list of files, one a line")
      }
      guard end != nil || state.isAtEnd else { return .needsInput }
      if end == nil, state.pending.isEmpty { return .end }
      var line = state.pending.prefix(length)
      state.pending = state.pending.dropFirst(length + 1)
      state.lineNumber += 1
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      if !line.isEmpty { return .line(String(decoding: line, as: UTF8.self)) }
    }
  }
}
