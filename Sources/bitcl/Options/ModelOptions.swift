import ArgumentParser
import BigTransfer

/// `-m`.
struct ModelOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The model: a folder or weights file of Hugging Face's or timm's, an .npz of Google's, the id of"
        + " a model that Hugging Face's tools have downloaded, 'demo', or 'random:R50x1@224'. Without"
        + " it, the demo.",
      valueName: "model"))
  var model: String?

  /// Opens the model; says so where the demo stands in for one.
  func open(_ console: Console) throws -> Model {
    let source = try model.map { try ModelSource($0) } ?? .demo
    if model == nil {
      console.note(
        "No model was named: the built-in demo answers, which knows handwritten digits only."
          + " Name a model with -m FOLDER or BITCL_MODEL.")
    }
    let model = try source.open()
    for warning in model.warnings { console.warn(warning) }
    return model
  }
}
