import ArgumentParser
import BigTransfer

/// A model of any form in, a Hugging Face folder out.
struct Convert: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model as a folder that transformers loads.",
    discussion: """
      Writes config.json, preprocessor_config.json and model.safetensors as transformers' \
      save_pretrained does. The folder appears only when it is complete. What transformers will do \
      otherwise, because its form has no words for it, is said as a warning.
      """)

  @Argument(help: "The model: whatever -m of the other commands takes.")
  var source: String

  @Argument(help: "The folder to write.")
  var destination: String

  @Option(
    help: ArgumentHelp(
      "What to store weights as, rounded to nearest. Without it, what the checkpoint has, or f32"
        + " where that is mixed or another type.",
      valueName: "type"))
  var dtype: WeightType?

  @Option(
    help: ArgumentHelp(
      "Begin another file when one would hold more than this, such as 5GB. Without it, 50GB.",
      valueName: "size"))
  var maxShardSize: ByteCount?

  @Flag(
    help: """
      Write into a folder that is not empty: weights and configuration are replaced, other files \
      stay.
      """)
  var overwrite = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let console = common.console
    let source = try ModelSource(source)
    try await source.download(console)
    let model = try source.open(console)
    let export = try ModelExport(model, type: dtype, shardSize: maxShardSize?.bytes)
    let total = export.byteCount
    var progress = ProgressLine(console, total: total, unit: .bytes)
    defer { progress.clear() }
    do {
      try export.write(to: destination, overwriting: overwrite) { progress.show(done: $0) }
    } catch let error as ExportError {
      progress.clear()
      guard case .destination = error else { throw error }
      throw CommandFailure(.usage, "\(error)")
    }
    progress.clear()
    for warning in export.warnings { console.warn(warning) }
    console.note(
      "Wrote \(Text.grouped(model.parameterCount)) parameters as \(export.type.word)"
        + " (\(Text.bytes(total))) to \(destination)")
  }
}

extension WeightType: ExpressibleByArgument {
  public init?(argument: String) {
    guard let type = Self.allCases.first(where: { $0.word == argument.lowercased() }) else {
      return nil
    }
    self = type
  }

  public static var allValueStrings: [String] { allCases.map(\.word) }
}
