import ArgumentParser
import BigTransfer

/// Images in, the tensor that a network reads out.
struct Preprocess: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the tensor that a model would be given for some images.",
    discussion: """
      Writes pixel_values (F32, [N, 3, H, W]), prepared as the model's preprocessor_config.json \
      says. All images must come out at one size.
      """)

  @Argument(help: "Image files; '-' for one image on standard input.")
  var images: [String]

  @OptionGroup var modelOptions: ModelOptions

  @Option(
    help: ArgumentHelp(
      "A preprocessor_config.json to follow instead of the model's.", valueName: "file"))
  var preprocessorConfig: String?

  @Option(name: .shortAndLong, help: "The safetensors file to write.")
  var output: String

  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let console = common.console
    let file = try OutputFile(path: output)
    let preprocessor = ImagePreprocessor(try await configuration(console))
    var tensors: [HostTensor] = []
    let inputs = ImageInputs(arguments: images, searchesFolders: false, list: nil)
    for await request in inputs {
      try Task.checkCancellation()
      let tensor = try preprocessor.tensor(for: try request.source.get())
      if let first = tensors.first, first.shape != tensor.shape {
        throw CommandFailure(
          .imagesFailed,
          "\(request.name) becomes \(tensor.shape.height)x\(tensor.shape.width) pixels, but"
            + " \(images[0]) \(first.shape.height)x\(first.shape.width); one tensor needs one size."
            + " Prepare them one by one, or give --crop")
      }
      guard tensor.shape.count * images.count <= PixelValues.elementLimit else {
        throw PixelValues.tooLarge(
          tensor.shape.count * images.count, "the tensor of \(images.count) images")
      }
      tensors.append(tensor)
    }
    let batch = HostTensor(stacking: tensors)
    try file.write(
      try SafetensorsWriter.encode([.init(name: PixelValues.name, tensor: batch)]))
    let shape = batch.shape
    console.detail(
      "Wrote \(PixelValues.name) [\(shape.batch), \(shape.channels), \(shape.height),"
        + " \(shape.width)] to \(output)")
  }

  private func configuration(_ console: Console) async throws -> ImageProcessorConfiguration {
    guard let preprocessorConfig else {
      return try preprocessing.configuration(for: try await modelOptions.open(console))
    }
    do {
      var configuration = try ImageProcessorConfiguration(contentsOfFile: preprocessorConfig)
      try preprocessing.apply(to: &configuration)
      return configuration
    } catch CheckpointError.notFound(let path) {
      throw CommandFailure(.notFound, "\(path) does not exist. Give a preprocessor_config.json")
    }
  }
}
