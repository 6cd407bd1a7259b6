import Foundation
import Testing

/// The program as it was built beside the tests, run as a user runs it.
enum BuiltCommand {
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// stdout as lines, without the last line break.
    var lines: [String] {
      output.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }

    func json() throws -> [String: Any] { try Outcome.object(Data(output.utf8)) }

    /// A document a line.
    func jsonLines() throws -> [[String: Any]] {
      try lines.map { try Outcome.object(Data($0.utf8)) }
    }

    private static func object(_ data: Data) throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
  }

  /// The repository.
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func sample(_ name: String) -> String { root.appending(path: "Samples/\(name)").path }

  /// Test bundles and executables lie in one folder.
  static var executable: URL {
    get throws {
      let bundle = URL(filePath: try #require(ProcessInfo.processInfo.arguments.first))
        .resolvingSymlinksInPath()
      let file = bundle.deletingLastPathComponent().appending(path: "bitcl")
      try #require(FileManager.default.isExecutableFile(atPath: file.path), "no \(file.path)")
      return file
    }
  }

  /// Nothing that the caller's surroundings set may matter.
  private static func environment(_ additions: [String: String]) -> [String: String] {
    ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("BITCL_") || $0.key == "BITCL_OPENCL_LIBRARY" }
      .merging(["COLUMNS": "80", "NO_COLOR": "1"]) { $1 }
      .merging(additions) { $1 }
  }

  /// Runs the program to its end.
  /// - Parameters:
  ///   - input: What it reads on stdin.
  ///   - interruptAfter: When it is sent `signal`.
  static func run(
    _ arguments: [String], input: Data = Data(), environment additions: [String: String] = [:],
    interruptAfter: Duration? = nil, signal: Int32 = SIGINT
  ) async throws -> Outcome {
    try await run(
      try executable, arguments, input: input, environment: additions,
      interruptAfter: interruptAfter, signal: signal)
  }

  /// Runs a line of shell in which `$BITCL` is the program.
  static func shell(_ line: String) async throws -> Outcome {
    try await run(
      URL(filePath: "/bin/sh"), ["-c", line], environment: ["BITCL": try executable.path])
  }

  private static func run(
    _ program: URL, _ arguments: [String], input: Data = Data(),
    environment additions: [String: String], interruptAfter: Duration? = nil,
    signal: Int32 = SIGINT
  ) async throws -> Outcome {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "bitcl-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files and not pipes: a full pipe would make the program wait for us.
    let (stdin, stdout, stderr) = (
      folder.appending(path: "in"), folder.appending(path: "out"), folder.appending(path: "err")
    )
    try input.write(to: stdin)
    for file in [stdout, stderr] { try Data().write(to: file) }

    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = environment(additions)
    process.currentDirectoryURL = root
    let handles = [
      try FileHandle(forReadingFrom: stdin), try FileHandle(forWritingTo: stdout),
      try FileHandle(forWritingTo: stderr),
    ]
    // They outlive the process otherwise, three a run.
    defer { for handle in handles { try? handle.close() } }
    process.standardInput = handles[0]
    process.standardOutput = handles[1]
    process.standardError = handles[2]
    try await finish(process, interruptAfter: interruptAfter, signal)
    return Outcome(
      status: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: String(decoding: try Data(contentsOf: stdout), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: stderr), as: UTF8.self))
  }

  /// Far beyond any sound run.
  private static let limit = Duration.seconds(120)

  private static func finish(
    _ process: Process, interruptAfter: Duration?, _ signal: Int32
  ) async throws {
    let ended = AsyncStream<Void>.makeStream()
    process.terminationHandler = { _ in ended.continuation.finish() }
    try process.run()
    let pid = process.processIdentifier
    let timer = Task {
      if let interruptAfter {
        try await Task.sleep(for: interruptAfter)
        kill(pid, signal)
      }
      try await Task.sleep(for: limit)
      kill(pid, SIGKILL)
    }
    for await _ in ended.stream {}
    timer.cancel()
  }
}
