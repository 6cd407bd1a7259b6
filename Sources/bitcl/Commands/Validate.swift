import ArgumentParser
import BigTransfer

/// A device's numbers beside known ones.
struct Validate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare what a device computes with golden results.",
    discussion: """
      The golden file is a safetensors file with pixel_values and what a network makes of them: any \
      of logits, pooler_output, last_hidden_state, hidden_states.i, feature_maps.i, modules.<path> \
      and standardized_weights.<path>. A row a tensor; the exit code is 3 if one is too far off.
      """)

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var deviceOptions: DeviceOptions

  @Option(help: ArgumentHelp("The file of golden results.", valueName: "file"))
  var golden: String

  @Option(help: "How to write the report.")
  var format = ReportFormat.text

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let console = common.console
    let golden = try readGolden()
    let model = try modelOptions.open(console)
    let (comparison, device) = try await GoldenComparison.run(
      model, golden: golden, on: deviceOptions.device)
    for name in comparison.notCompared {
      console.warn("\(self.golden): \(model.name) has nothing like the tensor \(name)")
    }
    let report = GoldenReport(comparison, model: model.name, device: device)
    let output = ByteSink.standardOutput
    switch format {
    case .text: try output.write(report.text)
    case .json: try output.write(try JSON.encode(report) + "\n")
    }
    try output.flush()
    if !comparison.passed { throw EarlyExit(status: .checkFailed) }
  }

  private func readGolden() throws -> GoldenFile {
    do {
      return try GoldenFile(path: golden)
    } catch CheckpointError.notFound(let path) {
      throw CommandFailure(
        .notFound, "\(path) does not exist. Give a safetensors file of golden results")
    }
  }
}
