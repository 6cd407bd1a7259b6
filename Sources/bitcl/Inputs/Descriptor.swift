import BigTransfer

/// Reading from pipes and terminals without blocking a thread: the wait for data ends when the
/// task is cancelled.
enum Descriptor {
  private static let pieceSize = 1 << 16
  /// How long to sleep before looking again: short at first, for a writer that keeps up.
  private static let shortestPause = Duration.microseconds(250)
  private static let longestPause = Duration.milliseconds(20)

  /// - Parameter patience: How long to wait for somebody to write to a named pipe; `nil` for ever.
  /// - Returns: What is there, at least one byte; `nil` at the end.
  /// - Throws: `InputError.unreadable`; `CancellationError`.
  static func read(
    _ descriptor: Int32, name: String, patience: Duration? = nil
  ) async throws -> [UInt8]? {
    let start = ContinuousClock.now
    var pause = shortestPause
    while !hasInput(descriptor) {
      if let patience, ContinuousClock.now - start > patience, !hasWriter(descriptor) {
        return nil
      }
      try await Task.sleep(for: pause)
      pause = min(pause * 2, longestPause)
    }
    try Task.checkCancellation()
    let bytes = try readAvailable(descriptor, limit: pieceSize, name: name)
    return bytes.isEmpty ? nil : bytes
  }
}

/// An input that cannot be read.
enum InputError: ClassifiedFailure, Hashable, CustomStringConvertible {
  case unreadable(name: String, reason: String)

  var failureKind: FailureKind { .notFound }

  var description: String {
    switch self {
    case .unreadable(let name, let reason):
      "cannot read \(name): \(reason). Check the path and its permissions"
    }
  }
}
