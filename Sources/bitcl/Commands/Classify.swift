import ArgumentParser
import BigTransfer

/// The main job: images in, labels out.
struct Classify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Label images.",
    discussion: """
      Reads PNG and JPEG files. An image that cannot be used is one row that says why, and the \
      others go on; the exit code is 2 then.
      """)

  @Argument(help: "Image files; '-' for one image on standard input; with -r also folders.")
  var images: [String] = []

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var deviceOptions: DeviceOptions
  @OptionGroup var policyOptions: DevicePolicyOptions

  @Flag(name: [.customShort("r"), .long], help: "Label the images in folders, at any depth.")
  var recursive = false

  @Option(
    help: ArgumentHelp(
      "Label the files that are listed in a file, one a line; '-' for standard input.",
      valueName: "list"))
  var filesFrom: String?

  @Option(
    name: [.customShort("k", allowingJoined: true), .long], help: "How many labels to give at most."
  )
  var topK = 5

  @Option(help: "Leave out labels with a lower score.")
  var threshold: Double?

  @Option(
    help: """
      How logits become scores. Without it, sigmoid for models of \
      several labels an image or of a single output, else softmax.
      """)
  var activation: ScoreFunction?

  @Option(
    help: ArgumentHelp(
      "Names for the classes, in the order of the model's outputs: one a line, or JSON like a"
        + " config.json's id2label.",
      valueName: "file"))
  var labels: String?

  @Option(help: "How many images to compute together; results do not depend on it.")
  var batch = ImageClassifier.defaultBatchSize

  @Option(
    help: ArgumentHelp(
      "Compute every N-th batch once more on cpu, beside the work, and hold results back until such"
        + " a batch confirmed the device. A device that is found wrong is given up: what it computed"
        + " since the last confirmed batch is computed again on the next one, and one line says so.",
      valueName: "n"))
  var paranoid: Int?

  @Option(help: "How to write results.")
  var format = ResultFormat.text

  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if images.isEmpty, filesFrom == nil {
      throw ValidationError(
        "No image was named. Name files, '-', folders with -r, or --files-from.")
    }
    if filesFrom == "-", images.contains("-") {
      throw ValidationError("Standard input cannot be both an image and a list of files.")
    }
    guard topK >= 1 else { throw ValidationError("--top-k must be 1 or more.") }
    guard (1...4096).contains(batch) else {
      throw ValidationError("--batch must be 1 to 4096.")
    }
    guard (1...1_000_000).contains(paranoid ?? 1) else {
      throw ValidationError("--paranoid must be 1 to 1000000.")
    }
    guard threshold?.isNaN != true else { throw ValidationError("--threshold must be a number.") }
  }

  func run() async throws {
    let console = common.console
    let inputs = ImageInputs(
      arguments: images, searchesFolders: recursive, list: try filesFrom.map { try LineReader($0) })
    let classifier = try await makeClassifier(console)
    let output = ByteSink.standardOutput
    let writer = format.writer(
      to: output,
      header: ClassificationHeader(
        model: classifier.model.name, device: await classifier.prepared.deviceName,
        scores: classifier.scoreFunction.rawValue))
    let outcome = try await write(classifier, inputs, writer, console)
    if let failure = inputs.list?.failure { throw failure }
    try Task.checkCancellation()
    try outcome.check()
  }

  private func makeClassifier(_ console: Console) async throws -> ImageClassifier {
    var options = ImageClassifier.Options()
    options.labels = try labels.map { try LabelList.read($0) }
    options.scoreFunction = activation
    let model = try await modelOptions.open(console)
    options.preprocessing = try preprocessing.configuration(for: model)
    // What is wrong with the model and the labels is said before a device is made busy.
    try check(model, options)
    var policy = policyOptions.policy
    policy.verificationInterval = paranoid
    return try ImageClassifier(
      try await deviceOptions.prepare(
        model, policy, expecting: model.expectedInput(options.preprocessing), console),
      options: options)
  }

  private func check(_ model: Model, _ options: ImageClassifier.Options) throws {
    do {
      try ImageClassifier.check(model, options: options)
    } catch ClassifierError.labelCount(let expected, let found, let source) {
      throw ClassifierError.labelCount(expected: expected, found: found, source: labels ?? source)
    }
  }

  private func write(
    _ classifier: ImageClassifier, _ inputs: ImageInputs, _ writer: any ClassificationWriter,
    _ console: Console
  ) async throws -> ClassificationOutcome {
    var outcome = ClassificationOutcome()
    var progress = ProgressLine(console, total: inputs.count)
    try writer.begin()
    let results = classifier.classifications(
      ofEach: inputs, batchSize: batch, topK: topK, threshold: threshold)
    for await classification in results {
      progress.clear()
      outcome.count(classification)
      try writer.write(classification)
      progress.show(done: outcome.total)
    }
    progress.clear()
    try writer.end()
    if outcome.total == 0, !Task.isCancelled { console.warn("no image was found") }
    return outcome
  }
}

extension ScoreFunction: ExpressibleByArgument {}
