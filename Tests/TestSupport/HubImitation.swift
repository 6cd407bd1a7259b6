import Foundation
import Synchronization

/// `Tests/HubImitation/hub.py`: a hub on the loopback that misbehaves on demand.
package final class HubImitation: Sendable {
  /// What somebody asked of it.
  package struct Request: Decodable, Sendable {
    package let method: String
    package let path: String
    /// `hub`, or `storage`, which is another port.
    package let origin: String
    package let authorized: Bool
    package let range: String?
  }

  package struct NotStarted: Error {}

  /// The addresses of the hub and of its storage.
  package let endpoint: String
  package let storage: String
  private let connection: Mutex<Connection>

  private struct Connection: @unchecked Sendable {
    let process: Process
    let input: FileHandle
    let output: FileHandle

    func readLine() throws -> Data {
      var line = Data()
      while let byte = try output.read(upToCount: 1), let value = byte.first {
        if value == UInt8(ascii: "\n") { return line }
        line.append(value)
      }
      throw NotStarted()
    }
  }

  /// - Parameters:
  ///   - folder: Holds `ORG/NAME/FILE`.
  ///   - options: `--tls CERTIFICATE KEY`, `--token TOKEN`.
  package init(serving folder: URL, options: [String] = []) throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "HubImitation/hub.py")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script.path, folder.path] + options
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let connection = Connection(
      process: process, input: input.fileHandleForWriting, output: output.fileHandleForReading)
    endpoint = String(decoding: try connection.readLine(), as: UTF8.self)
    storage = String(decoding: try connection.readLine(), as: UTF8.self)
    self.connection = Mutex(connection)
  }

  deinit {
    connection.withLock { connection in
      try? connection.input.close()
      connection.process.terminate()
      connection.process.waitUntilExit()
    }
  }

  private func order(_ order: [String: Any]) throws -> Data {
    let line = try JSONSerialization.data(withJSONObject: order) + Data("\n".utf8)
    return try connection.withLock { connection in
      try connection.input.write(contentsOf: line)
      return try connection.readLine()
    }
  }

  /// Lets the next request go wrong whose path holds `path`.
  /// - Parameters:
  ///   - misdeed: What is done; see the script.
  ///   - times: How often.
  ///   - origin: `hub` or `storage`; `nil` for either.
  package func misbehave(
    _ misdeed: String, path: String, origin: String? = nil, method: String? = nil, times: Int = 1,
    _ details: [String: any Sendable] = [:]
  ) throws {
    var fault: [String: Any] = details
    fault["do"] = misdeed
    fault["path"] = path
    fault["times"] = times
    if let origin { fault["origin"] = origin }
    if let method { fault["method"] = method }
    _ = try order(["fault": fault])
  }

  /// What was asked so far.
  package var requests: [Request] {
    get throws { try JSONDecoder().decode([Request].self, from: try order(["log": true])) }
  }

  package func reset() throws { _ = try order(["reset": true]) }
}
