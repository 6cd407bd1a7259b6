import Foundation
import TestSupport
import Testing

@Suite("convert")
struct ConvertTests {
  private static func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  /// Layers of the demo that have weights, one after the other: the stem, three in each of four blocks,
  /// and the classifier.
  private static let weightedLayers = 14.0

  @Test(
    "what is written gives what the original gives, as closely as its type holds the weights",
    // The types' largest relative errors, which each layer adds independently of the others.
    arguments: [("f32", 0.0), ("f16", 0x1p-11), ("bf16", 0x1p-8)])
  func demo(type: String, rounding: Double) async throws {
    try await withTemporaryDirectory { folder in
      let target = folder.appending(path: "out").path
      let result = try await BuiltCommand.run(["convert", "demo", target, "--dtype", type])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("112,090 parameters as \(type)"))
      let (original, written) = (try await Self.logits("demo"), try await Self.logits(target))
      #expect(original.count == 10)
      let largest = original.values.reduce(0) { max($0, abs($1)) }
      for (label, logit) in original {
        let error = abs(logit - (try #require(written[label])))
        #expect(
          error <= Self.weightedLayers.squareRoot() * rounding * largest,
          "\(label): \(error) of \(largest)")
      }
    }
  }

  /// Of a picture, by label.
  private static func logits(_ model: String) async throws -> [String: Double] {
    let result = try await BuiltCommand.run([
      "classify", "-d", "cpu", "-m", model, "-k10", "--activation", "none", "--format", "jsonl",
      BuiltCommand.sample("digit-3-a.png"),
    ])
    let row = try #require(try result.jsonLines().last)
    let predictions = try #require(row["predictions"] as? [[String: Any]])
    return try predictions.reduce(into: [:]) {
      $0[try #require($1["label"] as? String)] = try #require($1["score"] as? Double)
    }
  }

  @Test("a folder that holds something is not touched without --overwrite")
  func overwrite() async throws {
    try await withTemporaryDirectory { folder in
      try Data("mine".utf8).write(to: folder.appending(path: "notes.txt"))
      let refused = try await BuiltCommand.run(["convert", "demo", folder.path])
      #expect(refused.status == 64)
      #expect(refused.errors.contains("--overwrite"))
      #expect(try Self.names(folder) == ["notes.txt"])
      let done = try await BuiltCommand.run(["convert", "demo", folder.path, "--overwrite"])
      #expect(done.status == 0, "\(done.errors)")
      #expect(
        try Self.names(folder)
          == ["config.json", "model.safetensors", "notes.txt", "preprocessor_config.json"])
      let onto = try await BuiltCommand.run(["convert", folder.path, folder.path, "--overwrite"])
      #expect(onto.status == 64)
      #expect(onto.errors.contains("read from there"))
    }
  }

  @Test("where the disk is full nothing is left behind, and the error says how much is needed")
  func fullDisk() async throws {
    try await withTemporaryDirectory { folder in
      let target = folder.appending(path: "out").path
      // A limit of 512-byte blocks stands for a disk; the shell's unit may be 1024.
      let result = try await BuiltCommand.shell(
        "ulimit -f 100; \"$BITCL\" convert demo '\(target)'")
      #expect(result.status == 1)
      #expect(result.errors.contains("\(target)/model.safetensors"), "\(result.errors)")
      #expect(result.errors.contains("needs 453008 bytes"), "\(result.errors)")
      #expect(try Self.names(folder).isEmpty)
    }
  }

  @Test(
    "Ctrl-C and SIGTERM leave nothing behind", arguments: [("INT", 130 as Int32), ("TERM", 143)])
  func interrupt(signal: String, status: Int32) async throws {
    try await withTemporaryDirectory { folder in
      // As soon as something is there, while the weights are being written.
      let result = try await BuiltCommand.shell(
        """
        "$BITCL" convert random:R50x3 '\(folder.path)/out' &
        until ls -A '\(folder.path)' | grep -q .; do sleep 0.01; done
        kill -\(signal) $!
        wait $!
        """)
      #expect(result.status == status, "\(result.errors)")
      #expect(try Self.names(folder).isEmpty)
    }
  }

  @Test("what cannot be opened is said as other commands say it")
  func missing() async throws {
    try await withTemporaryDirectory { folder in
      let target = folder.appending(path: "out").path
      let result = try await BuiltCommand.run(["convert", "no/such/model", target])
      #expect(result.status == 66)
      #expect(try Self.names(folder).isEmpty)
    }
  }
}
