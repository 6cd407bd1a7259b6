/// Results that cannot be written.
enum OutputError: Error, Hashable, CustomStringConvertible {
  /// The reader went away, as `head` does.
  case closedPipe
  case unwritable(name: String, reason: String)

  var description: String {
    switch self {
    case .closedPipe: "the reader of the output went away"
    case .unwritable(let name, let reason):
      "cannot write to \(name): \(reason). Choose another place for the output"
    }
  }
}

/// Where results go: gathers what is written until it is flushed.
final class ByteSink {
  private let descriptor: Int32
  private let name: String
  private var pending: [UInt8] = []

  init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  static var standardOutput: ByteSink { ByteSink(descriptor: 1, name: "standard output") }

  /// Flushes by itself once a block is full.
  func write(_ text: String) throws(OutputError) {
    pending.append(contentsOf: text.utf8)
    if pending.count >= 1 << 16 { try flush() }
  }

  func flush() throws(OutputError) {
    defer { pending.removeAll(keepingCapacity: true) }
    var failure: OutputError?
    pending.withUnsafeBytes { bytes in
      do throws(OutputError) {
        try writeAll(bytes, to: descriptor, name: name)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
