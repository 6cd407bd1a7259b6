import Foundation
import TestSupport
import Testing

@Suite("inspect, devices and help")
struct ReportTests {
  @Test("inspect counts the parameters and the work of R50x1")
  func inspect() async throws {
    let result = try await BuiltCommand.run([
      "inspect", "-m", "random:R50x1", "--size", "224", "--format", "json",
    ])
    let document = try result.json()
    #expect(document["schema_version"] as? Int == 1)
    // The figures of the model's card: 25.5 M parameters, 4.1 GMAC at 224x224.
    #expect(document["parameters"] as? Int == 25_549_352)
    let work = try #require(document["work"] as? [String: Any])
    let count = try #require(work["multiply_accumulates"] as? Int)
    #expect((4_050_000_000...4_150_000_000).contains(count))
    #expect(document["tensors"] == nil)
  }

  @Test("inspect lists the tensors of a checkpoint as they are stored")
  func tensors() async throws {
    let model = Fixtures.url("models/10b_bfloat16").path
    let result = try await BuiltCommand.run([
      "inspect", "-m", model, "--tensors", "--format", "json",
    ])
    let document = try result.json()
    #expect(document["dtypes"] as? [String] == ["BF16"])
    let tensors = try #require(document["tensors"] as? [[String: Any]])
    #expect(tensors.count == document["tensor_count"] as? Int)
    #expect(tensors.contains { $0["name"] as? String == "classifier.1.weight" })
    let text = try await BuiltCommand.run(["inspect", "-m", model])
    #expect(text.output.contains("BF16"))
  }

  @Test("devices says what is missing where there is no loader, and auto is the CPU then")
  func noLoader() async throws {
    let environment = ["BITCL_OPENCL_LIBRARY": "/no/such/libOpenCL.so"]
    let result = try await BuiltCommand.run(
      ["devices", "--format", "json"], environment: environment)
    #expect(result.status == 0)
    let document = try result.json()
    #expect((document["auto"] as? [String: Any])?["device"] as? String == "cpu")
    let findings = try #require(document["findings"] as? [[String: Any]])
    #expect((findings.first?["problem"] as? String)?.contains("/no/such/libOpenCL.so") == true)

    let image = BuiltCommand.sample("digit-3-a.png")
    let automatic = try await BuiltCommand.run(
      ["classify", "-k1", image], environment: environment)
    #expect(automatic.status == 0)
    #expect(automatic.errors.contains("Device: cpu"))
    for word in ["opencl", "gpu"] {
      let named = try await BuiltCommand.run(
        ["classify", "--strict-device", "-d", word, image], environment: environment)
      #expect(named.status == 69)
      #expect(named.errors.contains("bitcl devices"))
    }
  }

  @Test("devices lists what it would choose among")
  func devices() async throws {
    let document = try await BuiltCommand.run(["devices", "--format", "json"]).json()
    #expect(document["schema_version"] as? Int == 1)
    let platforms = try #require(document["platforms"] as? [[String: Any]])
    let devices = platforms.flatMap { $0["devices"] as? [[String: Any]] ?? [] }
    let names = devices.map { "\($0["id"] as? String ?? "") \($0["name"] as? String ?? "")" }
    let choice = (document["auto"] as? [String: Any])?["device"] as? String
    #expect((names + ["cpu"]).contains(choice ?? ""))
  }

  @Test(
    "help is what it was",
    arguments: [
      "", "classify", "devices", "run", "preprocess", "validate", "inspect", "convert", "pull",
      "bench",
    ])
  func help(command: String) async throws {
    let name = command.isEmpty ? "bitcl" : "bitcl-\(command)"
    let snapshot = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Snapshots/\(name).txt")
    let arguments = command.isEmpty ? ["--help"] : [command, "--help"]
    let output = try await BuiltCommand.run(arguments).output
    // A new text is taken over by deleting the old one and running the test.
    guard FileManager.default.fileExists(atPath: snapshot.path) else {
      try Data(output.utf8).write(to: snapshot)
      Issue.record("\(snapshot.lastPathComponent) was missing and has been written")
      return
    }
    #expect(output == String(decoding: try Data(contentsOf: snapshot), as: UTF8.self))
  }
}
