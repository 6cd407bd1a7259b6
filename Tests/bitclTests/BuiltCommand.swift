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

  /// When a program is sent a signal.
  enum Moment: Sendable {
    case never
    /// So long after its start.
    case after(Duration)
    /// As soon as a condition holds, which is looked at again and again: the better choice where what the
    /// program does can be seen, since a busy machine makes every duration too short.
    case once(@Sendable () -> Bool)
  }

  /// Runs the program to its end.
  /// - Parameters:
  ///   - input: What it reads on stdin.
  ///   - interrupt: When it is sent `signal`.
  static func run(
    _ arguments: [String], input: Data = Data(), environment additions: [String: String] = [:],
    interrupt: Moment = .never, signal: Int32 = SIGINT
  ) async throws -> Outcome {
    try await run(
      try executable, arguments, input: input, environment: additions,
      interrupt: interrupt, signal: signal)
  }

  /// Runs a line of shell in which `$BITCL` is the program.
  static func shell(_ line: String) async throws -> Outcome {
    try await run(
      URL(filePath: "/bin/sh"), ["-c", line], environment: ["BITCL": try executable.path])
  }

  private static func run(
    _ program: URL, _ arguments: [String], input: Data = Data(),
    environment additions: [String: String], interrupt: Moment = .never, signal: Int32 = SIGINT
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
    try await finish(process, interrupt: interrupt, signal)
    return Outcome(
      status: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: String(decoding: try Data(contentsOf: stdout), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: stderr), as: UTF8.self))
  }

  /// Far beyond any sound run, on a busy machine too.
  private static let limit = Duration.seconds(300)

  private static func finish(
    _ process: Process, interrupt: Moment, _ signal: Int32
  ) async throws {
    let ended = AsyncStream<Void>.makeStream()
    process.terminationHandler = { _ in ended.continuation.finish() }
    try process.run()
    let watch = Watch(of: process)
    // A thread of its own: a task would wait for the pool, which hundreds of tests keep busy for a minute.
    Thread.detachNewThread { watch.send(signal, at: interrupt, andKillAfter: limit) }
    for await _ in ended.stream {}
  }

  /// Sends signals to a process while it runs.
  private final class Watch: @unchecked Sendable {
    private let process: Process
    private let start = ContinuousClock.now

    init(of process: Process) { self.process = process }

    func send(_ signal: Int32, at moment: Moment, andKillAfter limit: Duration) {
      var sent = false
      while process.isRunning {
        let time = ContinuousClock.now - start
        let due =
          switch moment {
          case .never: false
          case .after(let duration): time >= duration
          case .once(let condition): condition()
          }
        if due && !sent { sent = kill(process.processIdentifier, signal) == 0 }
        if time >= limit { kill(process.processIdentifier, SIGKILL) }
        Thread.sleep(forTimeInterval: 0.02)
      }
    }
  }
}
