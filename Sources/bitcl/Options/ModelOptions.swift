import ArgumentParser
import BigTransfer

/// `-m`.
struct ModelOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The model: a folder or weights file of Hugging Face's or timm's, an .npz of Google's, an id of"
        + " the Hugging Face hub such as google/bit-50 or google/bit-50@REVISION, 'demo', or"
        + " 'random:R50x1@224'. Without it, the demo.",
      valueName: "model"))
  var model: String?

  private var source: ModelSource {
    get throws { try model.map { try ModelSource($0) } ?? .demo }
  }

  /// Brings what is missing of a hub id.
  func download(_ console: Console) async throws { try await source.download(console) }

  /// Opens the model, which is downloaded if need be; says so where the demo stands in for one.
  func open(_ console: Console) async throws -> Model {
    let source = try source
    try await source.download(console)
    if model == nil {
      console.note(
        "No model was named: the built-in demo answers, which knows handwritten digits only."
          + " Name a model with -m FOLDER or BITCL_MODEL.")
    }
    return try source.open(console)
  }
}

extension ModelSource {
  /// Brings what is missing of a hub id.
  func download(_ console: Console) async throws {
    let report = DownloadReport(console)
    defer { report.end() }
    let setback = try await fetch { report.show($0) }
    report.end()
    if let setback { console.warn("\(setback) What is in the cache is used") }
  }

  /// Opens the model and says what the user should know of it.
  func open(_ console: Console) throws -> Model {
    let model = try open()
    for warning in model.warnings { console.warn(warning) }
    return model
  }
}
