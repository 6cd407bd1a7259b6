import BigTransfer
import Foundation
import TestSupport
import Testing

/// What a user sees of devices that are missing or wrong. The OpenCL device is made wrong by kernels
/// that are: `BITCL_KERNELS` names a folder to take them from.
@Suite("devices that fail", .serialized)
struct DeviceFailureTests {
  private static let image = BuiltCommand.sample("digit-3-a.png")
  private static let hasOpenCL = !Device.all().isEmpty

  /// The program's kernels, one of them changed.
  private static func kernels(
    in folder: URL, file: String, replacing text: String, by other: String
  ) throws -> URL {
    let kernels = folder.appending(path: "kernels")
    try FileManager.default.copyItem(
      at: BuiltCommand.root.appending(path: "Kernels"), to: kernels)
    let changed = kernels.appending(path: file)
    let source = try String(contentsOf: changed, encoding: .utf8)
    try #require(source.contains(text))
    try source.replacingOccurrences(of: text, with: other)
      .write(to: changed, atomically: true, encoding: .utf8)
    return kernels
  }

  /// What is said, but for the word on what preparing takes its time for on a busy machine.
  private static func lines(_ result: BuiltCommand.Outcome) -> [Substring] {
    result.errors.split(separator: "\n").filter {
      !$0.contains(", which later runs ") && !$0.contains("weights are read, packed and uploaded")
    }
  }

  private static func classify(
    _ options: [String] = [], kernels: URL? = nil, cache: URL
  ) async throws -> BuiltCommand.Outcome {
    var environment = ["XDG_CACHE_HOME": cache.path]
    if let kernels { environment["BITCL_KERNELS"] = kernels.path }
    return try await BuiltCommand.run(
      ["classify", "-m", "demo"] + options + [image], environment: environment)
  }

  @Test("a device that is not there is replaced by another, and one line says so")
  func missing() async throws {
    try await withTemporaryDirectory { cache in
      for device in ["77:7", "no such device"] {
        let result = try await Self.classify(["-d", device], cache: cache)
        #expect(result.status == 0)
        #expect(result.output.contains("digit 3"))
        let lines = Self.lines(result)
        #expect(lines.first?.hasPrefix("warning: no device is called '\(device)'") == true)
        #expect(lines.count == 1, "\(result.errors)")
        let strict = try await BuiltCommand.run(
          ["classify", "-m", "demo", "-d", device, Self.image],
          environment: ["BITCL_STRICT_DEVICE": "1", "XDG_CACHE_HOME": cache.path])
        #expect(strict.status == 69)
        #expect(strict.output.isEmpty)
      }
    }
  }

  @Test("no OpenCL at all leaves the work to cpu")
  func noLibrary() async throws {
    for (selection, lines) in [("auto", 1), ("opencl", 1), ("gpu", 1)] {
      let arguments = ["classify", "-m", "demo", "-d", selection, Self.image]
      let result = try await BuiltCommand.run(
        arguments, environment: ["BITCL_OPENCL_LIBRARY": "/nonexistent"])
      #expect(result.status == 0)
      #expect(result.output.contains("digit 3"))
      #expect(result.errors.split(separator: "\n").count == lines, "\(result.errors)")
      #expect(result.errors.contains("cpu"))
    }
    let strict = try await BuiltCommand.run(
      ["classify", "-m", "demo", "-d", "gpu", "--strict-device", Self.image],
      environment: ["BITCL_OPENCL_LIBRARY": "/nonexistent"])
    #expect(strict.status == 69)
  }

  @Test("kernels that do not compile leave the work to cpu", .enabled(if: hasOpenCL))
  func brokenKernels() async throws {
    try await withTemporaryDirectory { folder in
      let kernels = try Self.kernels(
        in: folder, file: "prelude.clh", replacing: "#ifndef ACTIVATION",
        by: "#error broken\n#ifndef ACTIVATION")
      let result = try await Self.classify(["-d", "opencl"], kernels: kernels, cache: folder)
      #expect(result.status == 0)
      #expect(result.output.contains("digit 3"))
      #expect(result.errors.contains("broken"))
      #expect(result.errors.contains("cpu takes over"))
      let strict = try await Self.classify(
        ["-d", "opencl", "--strict-device"], kernels: kernels, cache: folder)
      #expect(strict.status == 69)
      #expect(strict.output.isEmpty)
    }
  }

  @Test(
    "kernels that compute something else are noticed, and the label is right",
    .enabled(if: hasOpenCL))
  func wrongKernels() async throws {
    try await withTemporaryDirectory { folder in
      // A difference where a sum belongs, in the best kernels for CPUs alone.
      let kernels = try Self.kernels(
        in: folder, file: "vector_tile.clh", replacing: "a##j += LOAD(residual",
        by: "a##j -= LOAD(residual")
      let result = try await Self.classify(["-d", "opencl"], kernels: kernels, cache: folder)
      #expect(result.status == 0)
      #expect(result.output.contains("digit 3"))
      #expect(result.errors.contains("self-check failed"), "\(result.errors)")
      #expect(result.errors.contains("plainer kernels"))
      let unchecked = try await Self.classify(
        ["-d", "opencl", "--no-self-check"], kernels: kernels, cache: folder)
      #expect(unchecked.status == 0)
      #expect(!unchecked.errors.contains("self-check"))
      let report = try await BuiltCommand.run(
        ["devices", "--self-check", "--format", "json"],
        environment: [
          "BITCL_KERNELS": kernels.path, "BITCL_KERNEL_SET": "vector8",
          "XDG_CACHE_HOME": folder.path,
        ])
      #expect(report.status == 3)
      #expect(report.output.contains("\"failed\""))
    }
  }

  @Test("what passed is remembered, and shown by devices", .enabled(if: hasOpenCL))
  func remembered() async throws {
    try await withTemporaryDirectory { cache in
      let environment = ["XDG_CACHE_HOME": cache.path]
      let before = try await BuiltCommand.run(["devices"], environment: environment)
      #expect(before.output.contains("self-check  not run"))
      #expect(try await Self.classify(["-d", "opencl"], cache: cache).status == 0)
      let after = try await BuiltCommand.run(["devices"], environment: environment)
      #expect(after.output.contains("self-check  passed on 20"), "\(after.output)")
    }
  }

  @Test("--paranoid confirms a sound device quietly, in the images' order")
  func paranoid() async throws {
    let images = (0..<10).map { BuiltCommand.sample("digit-\($0)-a.png") }
    let result = try await BuiltCommand.run(
      ["classify", "-m", "demo", "--paranoid", "2", "--batch", "2", "-k", "1", "--format", "jsonl"]
        + images,
      // A kernel set that is asked for by name is not left for being slow to build on a busy machine.
      environment: ["BITCL_KERNEL_SET": "tiled16"])
    #expect(result.status == 0)
    #expect(Self.lines(result).count == 1, "\(result.errors)")
    #expect(try result.jsonLines().compactMap { $0["file"] as? String } == images)
  }
}
