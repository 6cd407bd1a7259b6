import Foundation
import OpenCLRuntime
import Testing

/// The built program run on PoCL under the layer.
struct FaultedRun {
  let status: Int32
  let output: String
  let errors: String
  let duration: Duration
  let ledger: Ledger

  /// Two batches of two images each, of which the demo model knows the labels.
  static let images = ["0-a", "1-a", "2-a", "3-a"]
  private static let arguments =
    ["classify", "-k1", "--batch", "2", "-m", "demo", "--format", "csv"]
    + images.map { "Samples/digit-\($0).png" }

  /// The labels in the images' order: scores may differ in the last digit between devices.
  var labels: [Substring] {
    output.split(separator: "\n").dropFirst().compactMap { row in
      row.split(separator: ",").first { $0.hasPrefix("digit ") }
    }
  }

  /// Runs to the end, or for at most `limit`.
  /// - Parameters:
  ///   - fault: As OPENCL_FAULTS takes it.
  ///   - options: In addition; `-d auto` without any.
  static func classify(
    _ fault: String = "", options: [String] = [], environment: [String: String] = [:],
    limit: Duration = .seconds(100)
  ) async throws -> FaultedRun {
    try await run(arguments + options, fault, environment, limit)
  }

  static func run(
    _ arguments: [String], _ fault: String, _ additions: [String: String] = [:],
    _ limit: Duration = .seconds(100)
  ) async throws -> FaultedRun {
    // Fills PoCL's cache of kernels: no compilation is to be taken for a hang.
    try await warmUp.value
    return try await turnstile.passing { try await launch(arguments, fault, additions, limit) }
  }

  /// All suites together: a machine that is overloaded shows nothing but its own limits.
  private static let turnstile = Turnstile(
    width: ProcessInfo.processInfo.activeProcessorCount + 2)

  private static let warmUp = Task {
    _ = try await launch(arguments, "", [:], .seconds(300))
  }

  private static func launch(
    _ arguments: [String], _ fault: String, _ additions: [String: String], _ limit: Duration
  ) async throws -> FaultedRun {
    let layer = try FaultLayer.shared.get()
    let name = UUID().uuidString
    let file = { (suffix: String) in layer.folder.appending(path: "ledgers/\(name).\(suffix)") }
    let (output, errors, ledger) = (file("out"), file("err"), file("ledger"))
    defer { for url in [output, errors, ledger] { try? FileManager.default.removeItem(at: url) } }
    for url in [output, errors, ledger] { try Data().write(to: url) }

    let process = Process()
    process.executableURL = try executable
    process.arguments = arguments
    process.currentDirectoryURL = FaultLayer.root
    process.environment = environment(layer, fault, ledger).merging(additions) { $1 }
    process.standardInput = FileHandle.nullDevice
    let handles = [try FileHandle(forWritingTo: output), try FileHandle(forWritingTo: errors)]
    // They outlive the process otherwise, two a run.
    defer { for handle in handles { try? handle.close() } }
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    let start = ContinuousClock.now
    try await finish(process, within: limit)
    return FaultedRun(
      status: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self),
      duration: start.duration(to: .now), ledger: try Ledger(contentsOf: ledger))
  }

  private static var executable: URL {
    get throws {
      let bundle = URL(filePath: try #require(ProcessInfo.processInfo.arguments.first))
        .resolvingSymlinksInPath()
      let file = bundle.deletingLastPathComponent().appending(path: "bitcl")
      try #require(FileManager.default.isExecutableFile(atPath: file.path), "no \(file.path)")
      return file
    }
  }

  /// PoCL alone, and caches of our own: what an injected fault leaves there must harm nobody.
  private static func environment(
    _ layer: FaultLayer, _ fault: String, _ ledger: URL
  ) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("BITCL_") }
    environment["OPENCL_LAYERS"] = layer.library.path
    environment["OPENCL_FAULTS"] = fault
    environment["OPENCL_FAULTS_LEDGER"] = ledger.path
    environment["OCL_ICD_VENDORS"] = "/etc/OpenCL/vendors/pocl.icd"
    environment["XDG_CACHE_HOME"] = layer.folder.appending(path: "cache").path
    environment["POCL_CACHE_DIR"] = layer.folder.appending(path: "pocl").path
    return environment
  }

  private static func finish(_ process: Process, within limit: Duration) async throws {
    let ended = AsyncStream<Void>.makeStream()
    process.terminationHandler = { _ in ended.continuation.finish() }
    try process.run()
    let pid = process.processIdentifier
    let timer = Task {
      try await Task.sleep(for: limit)
      kill(pid, SIGKILL)
    }
    for await _ in ended.stream {}
    timer.cancel()
  }
}
