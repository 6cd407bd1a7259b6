import ArgumentParser
import BigTransfer

/// What a checkpoint holds.
struct Inspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a model's configuration, labels, parameters, tensors, size and work.")

  @OptionGroup var modelOptions: ModelOptions

  @Option(
    help: ArgumentHelp(
      "The input size to count the work for, in pixels: N, or HxW. Without it, the model's own.",
      valueName: "size"))
  var size: ImageSize?

  @Flag(help: "List every tensor with its shape and type.")
  var tensors = false

  @Option(
    help: "How to write it.")
  var format = ReportFormat.text

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let console = common.console
    let model = try await modelOptions.open(console)
    do {
      _ = try model.imageProcessorConfiguration()
    } catch {
      // It keeps images out, but not the rest of what there is to show.
      console.warn("\(error)")
    }
    let report = try ModelReport(model, size: size, listsTensors: tensors)
    let output = ByteSink.standardOutput
    switch format {
    case .text: try output.write(report.text)
    case .json: try output.write(try JSON.encode(report) + "\n")
    }
    try output.flush()
  }
}
