import Foundation
import TestSupport
import Testing

@Suite("exit codes and errors")
struct ExitCodeTests {
  struct Case: CustomTestStringConvertible {
    let arguments: [String]
    let status: Int32
    /// What stderr must say.
    var message = ""

    var testDescription: String { arguments.joined(separator: " ") }
  }

  private static let image = BuiltCommand.sample("digit-3-a.png")
  private static func model(_ name: String) -> String { Fixtures.url("models/\(name)").path }
  private static func torch(_ name: String) -> String { Fixtures.url("torch/\(name)").path }
  private static func golden(_ name: String) -> String { "\(model(name))/golden.safetensors" }

  static let cases = [
    Case(arguments: [], status: 0),
    Case(arguments: ["--version"], status: 0),
    Case(arguments: ["frobnicate"], status: 64, message: "error: Unexpected argument"),
    Case(arguments: ["classify"], status: 64, message: "error: No image was named."),
    Case(arguments: ["classify", "-k", "0", image], status: 64, message: "--top-k"),
    Case(arguments: ["classify", "--input-size", "0", image], status: 64, message: "--input-size"),
    Case(arguments: ["classify", "--crop", "1x99999", image], status: 64, message: "--crop"),
    Case(arguments: ["classify", "--batch", "no", image], status: 64, message: "--batch"),
    Case(arguments: ["classify", "-", "--files-from", "-"], status: 64, message: "Standard input"),
    Case(arguments: ["classify", "-m", "./no", image], status: 66, message: "no model './no'"),
    Case(arguments: ["classify", "-m", "random:R51x1", image], status: 66, message: "R50x1"),
    Case(
      arguments: ["classify", "-m", torch("refused-namespace.pt"), image], status: 65,
      message: "argparse.Namespace"),
    Case(
      arguments: ["classify", "-m", model("15a_headless"), image], status: 65,
      message: "no classifier"),
    Case(
      arguments: ["classify", "--strict-device", "-d", "77:7", image], status: 69,
      message: "reference"),
    Case(
      arguments: ["classify", "--strict-device", "-d", "no such device", image], status: 69,
      message: "reference"),
    Case(arguments: ["classify", "--paranoid", "0", image], status: 64, message: "--paranoid"),
    Case(
      arguments: ["run", "-m", "demo", "-i", "nothing", "-o", "/dev/null"], status: 66,
      message: "nothing does not exist"),
    Case(
      arguments: ["run", "-m", "demo", "-i", image, "-o", "/dev/null"], status: 65,
      message: "digit-3-a.png"),
    Case(
      arguments: [
        "run", "-d", "reference", "-m", model("03a_valid_error"), "-i", golden("03a_valid_error"),
        "-o", "/dev/null",
      ], status: 65, message: "different sizes, 9x9 and 11x11"),
    Case(
      arguments: ["run", "-m", "demo", "-i", golden("07_batch3"), "-o", "/no/folder/file"],
      status: 1, message: "there is no folder /no/folder"),
    Case(
      arguments: [
        "run", "-d", "reference", "-m", model("07_batch3"), "-i", golden("07_batch3"), "-o",
        "/dev/full",
      ], status: 1, message: "No space left"),
    Case(
      arguments: ["preprocess", "none.png", "-o", "/dev/null"], status: 2, message: "none.png"),
    Case(
      arguments: ["preprocess", image, image, image, "--crop", "2800", "-o", "/dev/null"],
      status: 65, message: "3 images"),
    Case(
      arguments: ["classify", "--labels", golden("07_batch3"), image], status: 65,
      message: "golden.safetensors"),
    Case(
      arguments: ["validate", "-m", "demo", "--golden", "nothing"], status: 66,
      message: "nothing does not exist"),
    Case(
      arguments: [
        "validate", "-d", "cpu", "-m", model("08a_odd_channels"), "--golden",
        golden("09_two_labels"),
      ], status: 3),
    Case(
      arguments: ["inspect", "-m", golden("07_batch3")], status: 65, message: "lacks the tensor"),
    Case(
      arguments: ["inspect", "-m", Fixtures.url("preprocess").path], status: 66,
      message: "holds no weights"),
    Case(arguments: ["bench", "--iterations", "0"], status: 64, message: "--iterations"),
    Case(arguments: ["bench", "--batch", "1,,8"], status: 64, message: "--batch"),
    Case(arguments: ["bench", "--limit", "0"], status: 64, message: "--limit"),
    Case(arguments: ["bench", "--scenario", "prepare"], status: 64, message: "needs images"),
    Case(arguments: ["bench", image], status: 64, message: "--scenario throughput"),
    Case(arguments: ["bench", "--spread", "0"], status: 64, message: "--spread"),
    Case(arguments: ["bench", "--scenario", "speed"], status: 64, message: "--scenario"),
    Case(
      arguments: ["bench", "-m", model("15a_headless"), "--scenario", "throughput"], status: 65,
      message: "no classifier"),
    Case(arguments: ["bench", "--compare", "nothing"], status: 66, message: "nothing"),
    Case(arguments: ["bench", "--compare", "."], status: 66, message: "not a regular file"),
    Case(arguments: ["bench", "--compare", image], status: 65, message: "line 1"),
    Case(
      arguments: ["bench", "--compare", "/dev/null"], status: 66, message: "not a regular file"),
  ]

  @Test("each failure has its code and says what happened", arguments: cases)
  func failure(_ example: Case) async throws {
    let result = try await BuiltCommand.run(example.arguments)
    #expect(result.status == example.status, "\(result.errors)")
    #expect(example.message.isEmpty || result.errors.contains(example.message), "\(result.errors)")
    if ![0, 3].contains(example.status) {
      #expect(result.errors.contains("error: "))
      #expect(result.output.isEmpty)
    }
  }

  @Test("a reader that goes away ends the program quietly")
  func closedPipe() async throws {
    let result = try await BuiltCommand.shell(
      """
      { "$BITCL" classify -q -d cpu --format jsonl Samples/*.png Samples/*.png; echo $? >&2; } \
      | head -n 1
      """)
    #expect(result.lines.count == 1)
    #expect(result.errors == "0\n")
  }

  @Test("a full disk is an error")
  func fullOutput() async throws {
    let result = try await BuiltCommand.shell("\"$BITCL\" inspect -m demo > /dev/full")
    #expect(result.status == 1)
    #expect(result.errors.contains("cannot write to standard output: No space left on device"))
  }

  @Test("an interrupt closes the document and is code 130")
  func interrupt() async throws {
    let result = try await BuiltCommand.run(
      [
        "classify", "-q", "-m", "random:R152x4@1024", "-d", "reference", "--format", "json",
        Self.image,
      ], interrupt: .after(.milliseconds(700)))
    #expect(result.status == 130)
    if !result.output.isEmpty { #expect(try result.json()["results"] != nil) }
  }

  @Test("waiting for standard input can be interrupted, and finished rows are out")
  func interruptWaiting() async throws {
    let result = try await BuiltCommand.shell(
      """
      sleep 2 | "$BITCL" classify -q -d cpu --batch 1 --format jsonl Samples/digit-3-a.png \
      --files-from - & pid=$!; sleep 1; kill -INT $pid; wait $pid
      """)
    #expect(result.status == 130 || result.status == 0)
    #expect(try result.jsonLines().count == 1)
  }
}
