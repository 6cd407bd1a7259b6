import Synchronization

/// The end of what a process prints, however much that is.
final class OutputTail: Sendable {
  private let limit: Int
  private let state = Mutex(State())

  private struct State {
    var bytes: [UInt8] = []
    var dropped = 0
  }

  init(limit: Int = 16384) { self.limit = limit }

  func append(_ bytes: some Collection<UInt8>) {
    state.withLock { state in
      state.bytes += bytes.suffix(limit)
      state.dropped += bytes.count - min(bytes.count, limit)
      let excess = state.bytes.count - limit
      guard excess > 0 else { return }
      state.bytes.removeFirst(excess)
      state.dropped += excess
    }
  }

  /// Whole lines, with a word about those that are missing. Control characters are escaped.
  var text: String {
    state.withLock { state in
      var bytes = state.bytes[...]
      if state.dropped > 0, let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        bytes = bytes[(end + 1)...]
      }
      let lines = String(decoding: bytes, as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false)
        .map { Text.printable(String($0)) }
      let start = state.dropped > 0 ? "(\(state.dropped) bytes before this)\n" : ""
      let text = lines.joined(separator: "\n")
      return start
        + String(
          text.prefix(
            upTo: text.lastIndex { $0 != "\n" }.map {
              text.index(after: $0)
            } ?? text.startIndex))
    }
  }
}
