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
    var batch = PixelValues.Batch(imageCount: images.count)
    var requests: [ImageRequest] = []
    for await request in ImageInputs(arguments: images, searchesFolders: false, list: nil) {
      requests.append(request)
      // The first alone: whether all of them fit into one tensor is known then.
      guard batch.isEmpty || requests.count == Self.imagesAtOnce else { continue }
      try await add(requests, to: &batch, preprocessor)
      requests = []
    }
    try await add(requests, to: &batch, preprocessor)
    try file.write(try SafetensorsWriter.encode([batch.entry]))
    let shape = batch.entry.shape
    console.detail(
      "Wrote \(PixelValues.name) \(shape) to \(output)")
  }

  /// More than cores, so that no core waits long for the slowest image.
  private static let imagesAtOnce = 32

  private func add(
    _ requests: [ImageRequest], to batch: inout PixelValues.Batch,
    _ preprocessor: ImagePreprocessor
  ) async throws {
    try Task.checkCancellation()
    // As an entry: turned in the module that knows the elements' type, ten times as fast.
    let images = await preprocessor.prepare(requests) { tensor in
      let entry = SafetensorsWriter.Entry(name: PixelValues.name, tensor: tensor)
      return (shape: tensor.shape, elements: entry.elements)
    }
    for (request, image) in zip(requests, images) {
      let (shape, elements) = try image.get()
      try batch.append(shape, elements, name: request.name)
    }
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
