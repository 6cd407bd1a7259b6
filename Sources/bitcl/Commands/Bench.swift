import ArgumentParser
import BigTransfer

/// How fast a model runs.
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model's latency and throughput on a device.",
    discussion: """
      Every run gives a batch of fixed noise to the network and takes its logits back, as \
      classifying does after images are prepared. 'bench -m random:R50x1@224' needs no download.
      """)

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var deviceOptions: DeviceOptions

  @Option(help: "Images that are computed together.")
  var batch = 1

  @Option(
    help: ArgumentHelp(
      "The input size in pixels: N, or HxW. Without it, the model's own.", valueName: "size"))
  var size: ImageSize?

  @Option(help: "Runs before the clock starts; the first one is reported alone as well.")
  var warmup = 3

  @Option(help: "Runs that are measured.")
  var iterations = 10

  @Option(help: "How to write the figures.")
  var format = ReportFormat.text

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...4096).contains(batch) else { throw ValidationError("--batch must be 1 to 4096.") }
    guard (1...1_000_000).contains(iterations) else {
      throw ValidationError("--iterations must be 1 to 1000000.")
    }
    guard (0...1_000_000).contains(warmup) else {
      throw ValidationError("--warmup must be 0 to 1000000.")
    }
  }

  func run() async throws {
    let console = common.console
    let clock = ContinuousClock()
    var model: Model?
    let loading = try clock.measure { model = try modelOptions.open(console) }
    guard let model else { return }
    let input = try input(for: model)
    let prepared = try await deviceOptions.prepare(model, console)
    var times: [Duration] = []
    for _ in 0..<(warmup + iterations) {
      try Task.checkCancellation()
      let node = model.network.logits ?? model.network.pooledFeatures
      times.append(
        try await clock.measure { _ = try await prepared.run(input, returning: [node]) })
    }
    let report = BenchReport(
      model: model.name, device: await prepared.deviceName,
      driver: await prepared.device?.driverVersion, input: input.shape, warmup: warmup,
      loading: loading, preparing: prepared.preparation.duration, times: times)
    let output = ByteSink.standardOutput
    switch format {
    case .text: try output.write(report.text)
    case .json: try output.write(try JSON.encode(report) + "\n")
    }
    try output.flush()
  }

  /// Noise, the same in every run: −1 … 1, as normalised pixels are.
  private func input(for model: Model) throws -> HostTensor {
    let size = try size ?? model.imageProcessorConfiguration().squareInputSize
    guard let size else {
      throw CommandFailure(
        .usage, "\(model.name) takes images of any size. Say which with --size")
    }
    let shape = TensorShape(
      batch: batch, height: size.height, width: size.width,
      channels: model.network.inputChannels)
    // Before a tensor of this size is made.
    _ = try model.network.shapes(forInput: shape)
    var state: UInt32 = 1
    let elements = (0..<shape.count).map { _ in
      // Knuth's linear congruential generator (The Art of Computer Programming, 3.3.4, table 1).
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) * 0x1p-23 - 1
    }
    return HostTensor(shape: shape, elements: elements)
  }
}
