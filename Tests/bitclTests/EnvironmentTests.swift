import TestSupport
import Testing

@Suite("options from the environment")
struct EnvironmentTests {
  private static let image = BuiltCommand.sample("digit-3-a.png")

  @Test("every option has a variable, which an option that is given replaces")
  func variables() async throws {
    let environment = [
      "BITCL_DEVICE": "reference", "BITCL_TOP_K": "2", "BITCL_FORMAT": "jsonl", "BITCL_QUIET": "1",
      "BITCL_MODEL": "demo",
    ]
    let result = try await BuiltCommand.run(["classify", Self.image], environment: environment)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect((try result.jsonLines().first?["predictions"] as? [Any])?.count == 2)
    let replaced = try await BuiltCommand.run(
      ["classify", Self.image, "-k", "4"], environment: environment)
    #expect((try replaced.jsonLines().first?["predictions"] as? [Any])?.count == 4)
  }

  @Test("a variable of another command, and a flag that is off, change nothing")
  func ignored() async throws {
    let result = try await BuiltCommand.run(
      ["inspect"],
      environment: [
        "BITCL_THRESHOLD": "x", "BITCL_TENSORS": "0", "BITCL_MODEL": "demo",
        "BITCL_VERSION": "1", "BITCL_HELP": "1",
      ])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.contains("parameters"))
    #expect(!result.output.contains("embedder.convolution.weight"))
  }

  @Test("a variable that makes no sense is named")
  func invalid() async throws {
    let result = try await BuiltCommand.run(
      ["classify", "-d", "cpu", Self.image], environment: ["BITCL_BATCH": "many"])
    #expect(result.status == 64)
    #expect(result.errors.contains("BITCL_BATCH"))
  }
}
