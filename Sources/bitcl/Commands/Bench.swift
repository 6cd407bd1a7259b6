import ArgumentParser
import BigTransfer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How fast a model runs.
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model's latency and throughput on a device.",
    discussion: """
      Every run gives a batch of fixed noise to the network and takes its logits back, as \
      classifying does after images are prepared. Runs are repeated until the median is known \
      closely enough: its interval, given beside it, holds it with a probability of 95 %. \
      'bench -m random:R50x1@224' needs no download.

      With --compare the exit code is 3 if something has become slower: by more than the spread \
      of both measurements explains, and by more than 1 %.
      """)

  @Argument(
    help: "Image files for throughput, from the file to the label, and for prepare.")
  var images: [String] = []

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var deviceOptions: DeviceOptions
  @OptionGroup var policyOptions: DevicePolicyOptions

  @Option(
    help: ArgumentHelp(
      "latency: one request at a time; throughput: a stream of batches, as for a folder of images,"
        + " the next ones being prepared while the device computes; prepare: reading, decoding and"
        + " scaling the images alone. Several with commas.",
      valueName: "scenario"))
  var scenario: CommaSeparated<BenchScenario> = [.latency]

  @Option(help: "Images that are computed together; several numbers with commas are several rows.")
  var batch: CommaSeparated<Int> = [1]

  @Option(
    help: ArgumentHelp(
      "The input size in pixels: N, or HxW; several with commas. Without it, the model's own.",
      valueName: "size"))
  var size: CommaSeparated<ImageSize>?

  @Option(help: "Runs before the clock starts; the first one is reported alone as well.")
  var warmup = 3

  @Option(
    help: ArgumentHelp(
      "Measure so many runs, instead of as many as the spread takes.", valueName: "count"))
  var iterations: Int?

  @Option(
    help: ArgumentHelp(
      "Measure until the median's interval of 95 % reaches no further than this from it.",
      valueName: "percent"))
  var spread = 2.0

  @Option(
    help: ArgumentHelp(
      "The longest to measure one size and batch, with fewer runs then, but at least one. Without it"
        + " 20, and with --iterations no limit.",
      valueName: "seconds"))
  var limit: Double?

  @Flag(help: "Time each step of the network as well, by the device's own clock.")
  var operations = false

  @Flag(
    inversion: .prefixedNo,
    help: """
      Measure what the device's arithmetic gives at most, by loops of nothing but multiply-adds (in \
      OpenCL C, and on the cores of CPU devices in C), and say what part of it is reached.
      """)
  var peak = true

  @Option(help: "How to write the figures; JSON is a line for each row of the table.")
  var format = BenchFormat.text

  @Option(
    help: ArgumentHelp("Write the figures to a file as well, as JSON.", valueName: "file"))
  var json: String?

  @Option(
    help: ArgumentHelp(
      "Say of each figure whether it is faster or slower than the one in a file that --json wrote, or"
        + " whether the spread leaves that open.",
      valueName: "file"))
  var compare: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if scenario.elements.contains(.prepare), images.isEmpty {
      throw ValidationError("--scenario prepare needs images. Name files.")
    }
    if !images.isEmpty, size != nil || scenario.elements == [.latency] {
      throw ValidationError(
        "Images are for --scenario throughput and prepare, at the model's own size.")
    }
    guard batch.elements.allSatisfy((1...4096).contains) else {
      throw ValidationError("--batch must be 1 to 4096.")
    }
    guard (1...1_000_000).contains(iterations ?? 1) else {
      throw ValidationError("--iterations must be 1 to 1000000.")
    }
    guard (0...1_000_000).contains(warmup) else {
      throw ValidationError("--warmup must be 0 to 1000000.")
    }
    guard spread > 0, spread <= 100 else {
      throw ValidationError("--spread must be more than 0 and at most 100 percent.")
    }
    guard limit.map({ $0 > 0 && $0 <= 86_400 }) ?? true else {
      throw ValidationError("--limit must be more than 0 and at most 86400 seconds.")
    }
  }

  func run() async throws {
    let console = common.console
    let file = try json.map { try OutputFile(path: $0) }
    let baseline = try compare.map { try BenchBaseline(path: $0) }
    let clock = ContinuousClock()
    var model: Model?
    // Downloads are not loading.
    try await modelOptions.download(console)
    let loading = try await clock.measure { model = try await modelOptions.open(console) }
    guard let model else { return }
    let cases = try cases(for: model)
    try baseline?.checkOverlap(with: cases.map { $0.key(of: model) })
    let smallest = cases.min { $0.input.imageCount < $1.input.imageCount }
    let prepared = try await deviceOptions.prepare(
      model, policyOptions.policy, expecting: smallest?.input.oneImage, console)
    let subject = await BenchSubject(prepared, loading: loading)
    baseline?.noteConditions(of: subject, console)

    var session = BenchSession(
      bench: self, prepared: prepared, subject: subject, baseline: baseline, file: file)
    try await session.begin()
    for entry in cases { try await session.measure(entry) }
    try session.end()
  }

  /// Every scenario with every size and batch; looked at before anything is prepared.
  private func cases(for model: Model) throws -> [BenchCase] {
    let own = try size == nil ? model.imageProcessorConfiguration().squareInputSize : nil
    let sizes = size?.elements ?? own.map { [$0] } ?? []
    guard !sizes.isEmpty else {
      throw CommandFailure(
        .usage, "\(model.name) takes images of any size. Say which with --size")
    }
    let channels = model.network.inputChannels
    let shapes = sizes.flatMap { size in
      batch.elements.map { batch in
        TensorShape(batch: batch, height: size.height, width: size.width, channels: channels)
      }
    }
    for shape in shapes { _ = try model.network.shapes(forInput: shape) }
    if scenario.elements.contains(.throughput) {
      // A stream ends in labels.
      try ImageClassifier.check(model)
    }
    return scenario.elements.flatMap { scenario in
      shapes.map { BenchCase(scenario: scenario, input: $0) }
    }
  }

  /// When a row is done.
  var stoppingRule: StoppingRule {
    StoppingRule(
      iterations: iterations, spread: spread / 100,
      limit: limit.map { .seconds($0) } ?? (iterations == nil ? StoppingRule.defaultLimit : nil))
  }
}
