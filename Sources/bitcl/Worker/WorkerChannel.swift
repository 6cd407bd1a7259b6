import Synchronization

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A worker's side of its two pipes.
final class WorkerChannel: Sendable {
  /// Paths of images are the longest part of a request.
  private static let requestLimit = 1 << 26

  private let input: Int32
  private let output: Mutex<Int32>

  /// Takes the pipes over: whoever writes to stdout later, such as a driver, writes to stderr, and
  /// whoever reads stdin finds it empty.
  /// - Throws: `CommandFailure` where the process was not started as a worker.
  init() throws {
    guard let input = takeOverForReading(0), let output = takeOver(1, by: 2) else {
      throw CommandFailure(.unexpected, "cannot take over the pipes: \(lastErrorText())")
    }
    // A driver's last words must not stay in the buffer of a process that dies.
    writeLinesAtOnce()
    self.input = input
    self.output = Mutex(output)
  }

  /// - Throws: `CommandFailure`, `DecodingError`, `InputError`.
  func readRequest() throws -> WorkerRequest {
    var line: [UInt8] = []
    while line.last != UInt8(ascii: "\n") {
      let bytes = try readAvailable(input, limit: 1 << 16, name: "the request")
      guard !bytes.isEmpty, line.count + bytes.count <= Self.requestLimit else {
        throw CommandFailure(.usage, "this command is for the program's own use")
      }
      line += bytes
    }
    return try WorkerRequest(line: line)
  }

  /// Ends the process when the one that started it is gone, whatever a driver is busy with.
  func endWithCaller() {
    // A thread of its own: a driver may have blocked all those of the pools.
    startThread { [input] in
      while let bytes = try? readAvailable(input, limit: 64, name: "the request"), !bytes.isEmpty {}
      endProcessGroup()
    }
  }

  /// - Throws: `OutputError`, `EncodingError`.
  func send(_ event: WorkerEvent) throws {
    var line = try event.line()
    line.append(UInt8(ascii: "\n"))
    var failure: OutputError?
    output.withLock { descriptor in
      line.withUnsafeBytes { bytes in
        do throws(OutputError) {
          try writeAll(bytes, to: descriptor, name: "the caller")
        } catch { failure = error }
      }
    }
    if let failure { throw failure }
  }
}
