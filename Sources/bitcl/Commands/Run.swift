import ArgumentParser
import BigTransfer

/// Tensors in, tensors out.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a model on a prepared tensor and write its raw outputs.",
    discussion: """
      Reads pixel_values (F32, [N, C, H, W], preprocessed) and writes logits [N, labels], \
      pooler_output [N, C, 1, 1], last_hidden_state, and for backbones feature_maps.i; with \
      --hidden-states also hidden_states.i. Other tensors of the input are ignored.
      """)

  @OptionGroup var modelOptions: ModelOptions

  @Option(name: .shortAndLong, help: "A safetensors file that holds pixel_values.")
  var input: String

  @Option(name: .shortAndLong, help: "The safetensors file to write.")
  var output: String

  @Flag(help: "Write the outputs of the stem and of every stage too.")
  var hiddenStates = false

  @OptionGroup var deviceOptions: DeviceOptions
  @OptionGroup var policyOptions: DevicePolicyOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let console = common.console
    let file = try OutputFile(path: output)
    let model = try await modelOptions.open(console)
    let pixels = try PixelValues.read(input, for: model)
    let prepared = try await deviceOptions.prepare(
      model, policyOptions.policy, expecting: pixels.shape.oneImage, console)
    let outputs = try await prepared.outputs(for: pixels, hiddenStates: hiddenStates)
    for output in outputs where !output.tensor.elements.allSatisfy(\.isFinite) {
      console.warn("\(output.name) holds numbers that are not finite")
    }
    let entries = outputs.map { output in
      output.name == "logits"
        ? SafetensorsWriter.Entry(
          name: output.name,
          shape: [output.tensor.shape.batch, output.tensor.shape.channels],
          elements: output.tensor.elements)
        : SafetensorsWriter.Entry(name: output.name, tensor: output.tensor)
    }
    try file.write(try SafetensorsWriter.encode(entries))
    console.detail("Wrote \(entries.count) tensors to \(output)")
  }
}
